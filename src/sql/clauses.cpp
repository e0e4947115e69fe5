// GROUP BY, ORDER BY, DISTINCT ON and WINDOW: their elements may be output names and positions.

#include <algorithm>

#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

// Where an element begins that GROUP BY's own location tells; -1: unknown.
int element_location(const Node* node) {
  if (IsA(node, ColumnRef)) return as<ColumnRef>(node).location;
  if (IsA(node, A_Const)) return as<A_Const>(node).location;
  if (IsA(node, GroupingSet)) return as<GroupingSet>(node).location;
  if (IsA(node, RowExpr)) return as<RowExpr>(node).location;
  return -1;
}

bool contains(const std::vector<GroupNotes::Reference>& references, const FromItem* item, std::int16_t attribute) {
  return std::any_of(references.begin(), references.end(),
                     [&](const auto& r) { return r.item == item && (r.attribute == attribute || r.attribute == kAllColumns); });
}

}  // namespace

void QueryAnalyser::clause_element(const Node* node, Scope* scope, const DerivedColumns& targets, Use use, bool columns_first,
                                   GroupNotes* grouped) {
  const Depth deeper(depth_);
  if (!enter(-1)) return;
  const DerivedColumn* target = nullptr;
  if (IsA(node, ColumnRef)) {
    const ColumnRef& reference = as<ColumnRef>(node);
    const auto fields = elements(reference.fields);
    if (fields.size() == 1 && IsA(fields.front(), String)) {
      const std::string_view name = text_of(fields.front());
      if (columns_first && scope != nullptr) {
        if (const auto found = resolve_column(name, *scope, reference.location, true)) {
          column_reference(reference, *scope, {bit(use), FlowKind::derived, nullptr});
          if (grouped != nullptr && found->item->derived == nullptr) {
            grouped->references.push_back({found->item, found->attribute});
          } else if (grouped != nullptr) {
            const DerivedColumn& column = (*found->item->derived)[found->index];
            if (column.origin != nullptr) grouped->references.push_back({column.origin, column.attribute});
          }
          return;
        }
      }
      const auto named = std::find_if(targets.begin(), targets.end(), [&](const DerivedColumn& c) { return c.name == name; });
      if (named != targets.end()) target = &*named;
      if (target == nullptr && scope == nullptr) {
        fail(make_error(ErrorKind::undefined_column, "column \"" + std::string(name) + "\" does not exist"), reference.location);
        return;
      }
    } else if (grouped != nullptr && scope != nullptr) {
      const auto found = resolve(reference, *scope);
      if (found && found->item->derived == nullptr) grouped->references.push_back({found->item, found->attribute});
    }
  } else if (IsA(node, A_Const) && !as<A_Const>(node).isnull && nodeTag(&as<A_Const>(node).val.node) == T_Integer) {
    const int position = as<A_Const>(node).val.ival.ival;
    if (position < 1 || static_cast<std::size_t>(position) > targets.size()) {
      const char* clause = columns_first ? "GROUP BY" : use == Use::ordering ? "ORDER BY" : "SELECT DISTINCT ON";
      fail(make_error(ErrorKind::invalid_column_reference, std::string(clause) + " position " + std::to_string(position) + " is not in select list"),
           as<A_Const>(node).location);
      return;
    }
    target = &targets[static_cast<std::size_t>(position) - 1];
  }
  if (target != nullptr) {
    use_flow(target->flow, bit(use));
    if (grouped != nullptr && target->origin != nullptr) grouped->references.push_back({target->origin, target->attribute});
  } else if (scope != nullptr) {
    expression(node, *scope, {bit(use), FlowKind::derived, nullptr});
  } else {
    not_supported("ordering a set operation or VALUES by an expression");
  }
}

// `grouped` gets what all groups are grouped by: of grouping sets, what all of them have.
void QueryAnalyser::group_clause(const SelectStmt& select, Scope& scope, const DerivedColumns& targets, GroupNotes& grouped) {
  for (const Node* element : elements(select.groupClause)) group_element(element, scope, targets, grouped);
}

void QueryAnalyser::group_element(const Node* node, Scope& scope, const DerivedColumns& targets, GroupNotes& grouped) {
  const Depth deeper(depth_);
  if (!enter(-1)) return;
  if (IsA(node, GroupingSet)) {
    const GroupingSet& set = as<GroupingSet>(node);
    bool first = true;
    GroupNotes common;
    for (const Node* member : elements(set.content)) {
      GroupNotes own;
      group_element(member, scope, targets, own);
      if (first) common = std::move(own);
      else std::erase_if(common.references, [&](const auto& r) { return !contains(own.references, r.item, r.attribute); });
      first = false;
    }
    const bool holds_empty = set.kind == GROUPING_SET_EMPTY || set.kind == GROUPING_SET_ROLLUP || set.kind == GROUPING_SET_CUBE;
    if (!holds_empty) grouped.references.insert(grouped.references.end(), common.references.begin(), common.references.end());
  } else if (IsA(node, List)) {
    for (const Node* member : elements(reinterpret_cast<const List*>(node))) group_element(member, scope, targets, grouped);
  } else if (IsA(node, RowExpr) && as<RowExpr>(node).row_format == COERCE_IMPLICIT_CAST) {
    for (const Node* member : elements(as<RowExpr>(node).args)) group_element(member, scope, targets, grouped);
  } else {
    clause_element(node, &scope, targets, Use::grouping, true, &grouped);
  }
}

// Finds the tables whose whole primary key is grouped by while other columns of theirs are used.
void QueryAnalyser::note_grouping(const SelectStmt& select, const GroupNotes& grouped, const GroupNotes& used) {
  int location = -1;
  for (const Node* element : elements(select.groupClause)) {
    if (location < 0) location = element_location(element);
  }
  if (location < 0) return;
  std::vector<const FromItem*> done;
  for (const auto& reference : grouped.references) {
    const FromItem* item = reference.item;
    if (item->site < 0 || item->derived != nullptr || item->relation->primary_key.empty()) continue;
    if (std::find(done.begin(), done.end(), item) != done.end()) continue;
    done.push_back(item);
    const auto& key = item->relation->primary_key;
    if (!std::all_of(key.begin(), key.end(), [&](std::int16_t a) { return contains(grouped.references, item, a); })) continue;
    GroupSite site{location, item->site, {}};
    for (const auto& use : used.references) {
      if (use.item != item || (use.attribute <= 0 && use.attribute != kAllColumns)) continue;
      if (contains(grouped.references, item, use.attribute)) continue;
      if (std::find(site.columns.begin(), site.columns.end(), use.attribute) == site.columns.end()) {
        site.columns.push_back(use.attribute);
      }
    }
    if (!site.columns.empty()) sites_.groups.push_back(std::move(site));
  }
}

void QueryAnalyser::order_clause(const List* sort, Scope* scope, const DerivedColumns& targets, Use use) {
  for (const SortBy* element : elements<SortBy>(sort)) {
    clause_element(element->node, scope, targets, use, false, nullptr);
    if (element->sortby_dir == SORTBY_USING) check_operator(element->useOp, element->location);
  }
}

void QueryAnalyser::window(const WindowDef& definition, Scope& scope, UseBits uses) {
  expressions(definition.partitionClause, scope, {uses | bit(Use::grouping), FlowKind::derived, nullptr});
  for (const SortBy* element : elements<SortBy>(definition.orderClause)) {
    expression(element->node, scope, {uses | bit(Use::ordering), FlowKind::derived, nullptr});
    if (element->sortby_dir == SORTBY_USING) check_operator(element->useOp, element->location);
  }
  const Reading bound{bit(Use::predicate), FlowKind::derived, nullptr};
  if (definition.startOffset != nullptr) expression(definition.startOffset, scope, bound);
  if (definition.endOffset != nullptr) expression(definition.endOffset, scope, bound);
}

}  // namespace sluice::sql
