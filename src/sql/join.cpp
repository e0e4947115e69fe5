#include <algorithm>

#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

// A column that an arm of a join offers without a table's name.
struct ArmColumn {
  const FromItem* item = nullptr;
  std::size_t index = 0;
  [[nodiscard]] std::string_view name() const { return item->column_name(index); }
};

std::vector<ArmColumn> arm_columns(const std::vector<Visible>& arm) {
  std::vector<ArmColumn> out;
  for (const Visible& visible : arm) {
    if (!visible.by_column) continue;
    for (std::size_t i = 0; i < visible.item->size(); ++i) out.push_back({visible.item, i});
  }
  return out;
}

DerivedColumn derived(const ArmColumn& column) {
  DerivedColumn out{column.name(), {}, nullptr, 0};
  out.plain = column.item->plain_column(column.index);
  column.item->add_flow(column.index, FlowKind::copied, out.flow);
  if (column.item->derived == nullptr) {
    out.origin = column.item;
    out.attribute = column.item->relation->columns[column.index].attribute;
  } else {
    out.origin = (*column.item->derived)[column.index].origin;
    out.attribute = (*column.item->derived)[column.index].attribute;
  }
  return out;
}

const Column* column_of(const Catalog& catalog, const ArmColumn& column) {
  const ColumnId plain = column.item->plain_column(column.index);
  const Relation* relation = plain.relation == 0 ? nullptr : catalog.relation(plain.relation);
  return relation == nullptr ? nullptr : relation->column(plain.attribute);
}

bool same_type(const Catalog& catalog, const ArmColumn& left, const ArmColumn& right) {
  const Column* l = column_of(catalog, left);
  const Column* r = column_of(catalog, right);
  return l != nullptr && r != nullptr && l->type == r->type && l->type_modifier == r->type_modifier;
}

}  // namespace

void QueryAnalyser::join(const JoinExpr& join, Scope& scope, std::vector<Visible>& out) {
  std::vector<Visible> left;
  std::vector<Visible> right;
  from_item(join.larg, scope, left);
  {
    // The right arm may look at the left one, if it is LATERAL.
    const std::size_t outer = scope.visible.size();
    for (Visible visible : left) {
      visible.lateral_only = true;
      scope.visible.push_back(visible);
    }
    work_ += left.size();
    from_item(join.rarg, scope, right);
    scope.visible.resize(outer);
  }
  if (!enter(-1)) return;

  std::vector<Visible> joined;
  if (join.isNatural || join.usingClause != nullptr) {
    merge_columns(join, left, right, joined);
  } else {
    joined = std::move(left);
    joined.insert(joined.end(), right.begin(), right.end());
    work_ += joined.size();
    if (join.quals != nullptr) {
      // ON sees the two arms and the enclosing levels, nothing else of this FROM.
      std::vector<Visible> kept = joined;
      std::swap(scope.visible, kept);
      expression(join.quals, scope, {bit(Use::join), FlowKind::derived, nullptr});
      std::swap(scope.visible, kept);
    }
  }
  if (failed()) return;
  if (join.alias == nullptr) {
    out = std::move(joined);
    return;
  }
  for (const Visible& visible : joined) note_star(*visible.item);
  // An alias of the join hides what is in it.
  DerivedColumns& columns = new_columns();
  for (const ArmColumn& column : arm_columns(joined)) columns.push_back(derived(column));
  work_ += columns.size();
  FromItem& item = new_item();
  item.derived = &columns;
  apply_alias(item, join.alias);
  out.push_back({&item});
}

// USING and NATURAL: the merged columns come first, once each, then the rest of both arms.
void QueryAnalyser::merge_columns(const JoinExpr& join, std::vector<Visible>& left, std::vector<Visible>& right,
                                  std::vector<Visible>& out) {
  check_implied_equality(-1);
  const std::vector<ArmColumn> left_columns = arm_columns(left);
  const std::vector<ArmColumn> right_columns = arm_columns(right);
  work_ += left_columns.size() + right_columns.size();
  const auto find = [](const std::vector<ArmColumn>& columns, std::string_view name) {
    return std::find_if(columns.begin(), columns.end(), [&](const ArmColumn& c) { return c.name() == name; });
  };

  std::vector<std::string_view> names;
  if (join.isNatural) {
    work_ += left_columns.size() * right_columns.size();
    if (!enter(-1)) return;
    for (const std::vector<Visible>* arm : {&left, &right}) {
      for (const Visible& visible : *arm) note_star(*visible.item);
    }
    for (const ArmColumn& column : left_columns) {
      if (find(right_columns, column.name()) != right_columns.end()) names.push_back(column.name());
    }
  } else {
    for (const Node* name : elements(join.usingClause)) names.push_back(text_of(name));
    work_ += names.size() * (left_columns.size() + right_columns.size());
    if (!enter(-1)) return;
  }

  DerivedColumns& columns = new_columns();
  for (const std::string_view name : names) {
    const auto l = find(left_columns, name);
    const auto r = find(right_columns, name);
    if (l == left_columns.end() || r == right_columns.end()) {
      const char* arm = l == left_columns.end() ? "left" : "right";
      fail(make_error(ErrorKind::undefined_column, "column \"" + std::string(name) + "\" specified in USING clause does not exist in " +
                                                       arm + " table"));
      return;
    }
    if (std::count_if(left_columns.begin(), left_columns.end(), [&](const ArmColumn& c) { return c.name() == name; }) > 1 ||
        std::count_if(right_columns.begin(), right_columns.end(), [&](const ArmColumn& c) { return c.name() == name; }) > 1) {
      fail(make_error(ErrorKind::ambiguous_column, "common column name \"" + std::string(name) + "\" appears more than once"));
      return;
    }
    const Reading reading{bit(Use::join), FlowKind::derived, nullptr};
    read_column(*l->item, l->index, reading);
    read_column(*r->item, r->index, reading);
    if (join.jointype == JOIN_FULL) {
      DerivedColumn& merged = columns.emplace_back(DerivedColumn{name, {}, nullptr, 0});
      l->item->add_flow(l->index, FlowKind::derived, merged.flow);
      r->item->add_flow(r->index, FlowKind::derived, merged.flow);
      normalise(merged.flow);
    } else {
      DerivedColumn& merged = columns.emplace_back(derived(join.jointype == JOIN_RIGHT ? *r : *l));
      if (!same_type(catalog_, *l, *r)) merged.plain = {};  // it may be a cast to the type that they have in common
    }
  }

  const auto is_merged = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  DerivedColumns& all = new_columns();
  all = columns;
  for (const ArmColumn& column : left_columns) {
    if (!is_merged(column.name())) all.push_back(derived(column));
  }
  for (const ArmColumn& column : right_columns) {
    if (!is_merged(column.name())) all.push_back(derived(column));
  }

  for (std::vector<Visible>* arm : {&left, &right}) {
    for (Visible& visible : *arm) {
      visible.by_column = false;
      out.push_back(visible);
    }
  }
  FromItem& item = new_item();
  item.derived = &all;
  out.push_back({&item, false, true, false});
  if (join.join_using_alias != nullptr) {
    FromItem& merged = new_item();
    merged.derived = &columns;
    merged.name = text_of(join.join_using_alias->aliasname);
    merged.aliased = true;
    out.push_back({&merged, true, false, false});
  }
}

}  // namespace sluice::sql
