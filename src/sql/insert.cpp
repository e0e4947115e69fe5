#include <algorithm>

#include "sql/column_label.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

QueryResult QueryAnalyser::insert(const InsertStmt& statement, Scope* parent) {
  const Depth deeper(depth_);
  if (!enter(-1)) return {};
  actions_ |= 1u << static_cast<unsigned>(Action::insert);
  Scope scope(parent);
  with_clause(statement.withClause, scope);
  FromItem* target = write_target(*statement.relation, "insert into");
  if (target == nullptr) return {};
  touch_target(*target, {.inserts = true});

  std::optional<std::uint64_t> rows = 1;  // DEFAULT VALUES
  std::size_t width = 0;
  if (statement.selectStmt != nullptr) {
    const QueryResult source = query(statement.selectStmt, &scope, bit(Use::write_source));
    rows = source.max_rows;
    width = source.columns.size();
  }
  if (failed()) return {};
  const auto columns = elements<ResTarget>(statement.cols);
  for (const ResTarget* column : columns) written_column(*column, *target, true);
  if (columns.empty()) {
    const auto& all = target->relation->columns;
    if (width > all.size()) {
      fail(make_error(ErrorKind::syntax_error, "INSERT has more expressions than target columns"), statement.relation->location);
      return {};
    }
    for (std::size_t i = 0; i < width; ++i) note_write(*target, all[i], statement.relation->location, true, "insert into");
  }
  if (statement.onConflictClause != nullptr) on_conflict(statement, *target, scope);
  QueryResult result = returning(statement.returningList, *target, scope);
  result.max_rows = rows;
  return result;
}

// The relation that a statement writes; what it does not name of it stays as it is.
FromItem* QueryAnalyser::write_target(const RangeVar& range, std::string_view verb) {
  const Relation* relation = require_relation(range);
  if (relation == nullptr) return nullptr;
  if (relation->system) {
    fail(make_error(ErrorKind::denied, "permission denied for relation " + relation->name), range.location);
    return nullptr;
  }
  FromItem& item = new_item();
  RelationSite site;
  switch (relation->kind) {
    case RelationKind::table:
    case RelationKind::partitioned_table:
    case RelationKind::foreign_table:
      item.written = relation;
      break;
    case RelationKind::view:
      written_view(*relation, verb, item, site.view);
      break;
    case RelationKind::materialized_view:
    case RelationKind::sequence:
    case RelationKind::composite_type:
    case RelationKind::toast:
    case RelationKind::index:
    case RelationKind::partitioned_index: {
      const char* what = relation->kind == RelationKind::sequence ? "sequence" : "materialized view";
      fail(make_error(ErrorKind::not_supported, std::string("cannot change ") + what + " \"" + relation->name + "\""));
      return nullptr;
    }
  }
  if (failed()) return nullptr;
  item.relation = relation;
  item.name = text_of(range.alias != nullptr ? range.alias->aliasname : range.relname);
  item.aliased = range.alias != nullptr;
  item.site = static_cast<int>(sites_.relations.size());
  item.is_target = true;
  item.may_repeat = relation->kind != RelationKind::partitioned_table && range.inh && !catalog_.children(item.written == nullptr ? 0 : item.written->oid).empty();
  site.relation = relation->oid;
  site.location = range.location;
  site.role = RelationRole::target;
  site.alias = item.name;
  site.aliased = item.aliased;
  site.only = !range.inh;
  site.statement = statement_;
  sites_.relations.push_back(std::move(site));
  return &item;
}

// A row of the view is a row of the one table behind it, or goes to the view's own triggers and rules.
void QueryAnalyser::written_view(const Relation& view, std::string_view verb, FromItem& item, int& view_index) {
  if (verb == "merge into") {
    return fail(make_error(ErrorKind::not_supported, "cannot execute MERGE on relation \"" + view.name + "\"", "This operation is not supported for views."));
  }
  item.derived = view_columns(view, view_index);
  if (failed()) return;
  const ViewText& text = *sites_.views[static_cast<std::size_t>(view_index)];
  if (view.has_user_triggers || view.has_user_rules || text.runs_code) return;
  item.written = catalog_.relation(text.table);
  if (item.written == nullptr) {
    return fail(make_error(ErrorKind::not_supported, "cannot " + std::string(verb) + " view \"" + view.name + "\"",
                           "Views that do not select from a single table or view are not automatically updatable."));
  }
  for (const OutputColumn& output : text.analysis.outputs) {
    const bool plain = output.flow.size() == 1 && output.flow.front().kind == FlowKind::copied && output.flow.front().column.relation == item.written->oid;
    item.written_columns.push_back(plain ? output.flow.front().column.attribute : std::int16_t{0});
  }
}

void QueryAnalyser::touch_target(const FromItem& target, RelationAccess access) {
  const auto touch_one = [&](const Relation& relation) {
    touch(relation, access);
    if (access.inserts) set_off(relation, CodeEvent::insert);
    if (access.updates) set_off(relation, CodeEvent::update);
    if (access.deletes) set_off(relation, CodeEvent::delete_);
  };
  touch_one(*target.relation);
  if (const int view = sites_.relations[static_cast<std::size_t>(target.site)].view; view >= 0) {
    for (const Oid between : sites_.views[static_cast<std::size_t>(view)]->between) {
      if (const Relation* inner = catalog_.relation(between)) touch_one(*inner);
    }
  }
  if (target.written != nullptr && target.written != target.relation) touch_one(*target.written);
}

void QueryAnalyser::written_column(const ResTarget& column, const FromItem& target, bool insert) {
  const Column* found = target.relation->column(text_of(column.name));
  if (found == nullptr) {
    return fail(make_error(ErrorKind::undefined_column, "column \"" + std::string(text_of(column.name)) + "\" of relation \"" +
                                                            target.relation->name + "\" does not exist"),
                column.location);
  }
  note_write(target, *found, column.location, insert && column.indirection == nullptr, insert ? "insert into" : "update");
}

void QueryAnalyser::note_write(const FromItem& target, const Column& column, int location, bool insert, const char* verb) {
  const auto note = [&](const Relation& relation, std::int16_t attribute) {
    uses_.push_back({{relation.oid, attribute}, Use::write_target});
    sites_.writes.push_back({location, target.site, relation.oid, attribute, insert});
  };
  note(*target.relation, column.attribute);
  if (target.written == nullptr || target.written == target.relation) return;
  const auto index = static_cast<std::size_t>(&column - target.relation->columns.data());
  if (target.written_columns[index] == 0) {
    return fail(make_error(ErrorKind::not_supported,
                           std::string("cannot ") + verb + " column \"" + column.name + "\" of view \"" + target.relation->name + "\"",
                           "View columns that are not columns of their base relation are not updatable."));
  }
  note(*target.written, target.written_columns[index]);
}

// The conflicting row is visible under the target's name, the proposed one as "excluded".
void QueryAnalyser::on_conflict(const InsertStmt& statement, FromItem& target, Scope& outer) {
  const OnConflictClause& clause = *statement.onConflictClause;
  Scope scope(&outer);
  scope.place = ColumnPlace::condition;
  scope.visible.push_back({&target});
  const Reading condition{bit(Use::predicate), FlowKind::derived, nullptr};
  if (clause.infer != nullptr) {
    for (const IndexElem* element : elements<IndexElem>(clause.infer->indexElems)) {
      if (element->expr != nullptr) {
        expression(element->expr, scope, condition);
        continue;
      }
      const Column* column = target.relation->column(text_of(element->name));
      if (column == nullptr) {
        return fail(make_error(ErrorKind::undefined_column, "column \"" + std::string(text_of(element->name)) + "\" does not exist"),
                    clause.infer->location);
      }
      uses_.push_back({{target.relation->oid, column->attribute}, Use::predicate});
      sites_.columns.push_back({clause.infer->location, target.site, column->attribute, 1, ColumnPlace::condition});
    }
    expression(clause.infer->whereClause, scope, condition);
  }
  if (clause.action != ONCONFLICT_UPDATE) return;
  actions_ |= 1u << static_cast<unsigned>(Action::update);
  touch_target(target, {.updates = true});
  DerivedColumns& proposed = new_columns();
  for (const Column& column : target.relation->columns) proposed.push_back({column.name, {}, nullptr, 0});
  FromItem& excluded = new_item();
  excluded.name = "excluded";
  excluded.derived = &proposed;
  scope.visible.push_back({&excluded, true, true, false});
  assignments(clause.targetList, target, scope, bit(Use::write_source));
  scope.place = ColumnPlace::condition;
  expression(clause.whereClause, scope, condition);
}

void QueryAnalyser::assignments(const List* targets, const FromItem& target, Scope& scope, UseBits source_uses) {
  const ColumnPlace enclosing = scope.place;
  scope.place = ColumnPlace::value;
  for (const ResTarget* assignment : elements<ResTarget>(targets)) {
    if (failed()) return;
    written_column(*assignment, target, false);
    expression(assignment->val, scope, {source_uses, FlowKind::derived, nullptr});
    for (const Node* step : elements(assignment->indirection)) {
      if (!IsA(step, A_Indices)) continue;
      expression(as<A_Indices>(step).lidx, scope, {source_uses, FlowKind::derived, nullptr});
      expression(as<A_Indices>(step).uidx, scope, {source_uses, FlowKind::derived, nullptr});
    }
  }
  scope.place = enclosing;
}

QueryResult QueryAnalyser::returning(const List* list, const FromItem& target, Scope& outer) {
  QueryResult result;
  if (list == nullptr || failed()) return result;
  Scope scope(outer.parent);
  scope.common_tables = outer.common_tables;
  scope.visible = outer.visible;
  if (scope.visible.empty()) scope.visible.push_back({&target});
  scope.place = ColumnPlace::returning;
  result.columns = target_list(list, scope, bit(Use::output));
  if (failed()) return result;
  for (const ResTarget* element : elements<ResTarget>(list)) {
    if (IsA(element->val, ColumnRef)) {
      const ColumnRef& reference = as<ColumnRef>(element->val);
      const auto fields = elements(reference.fields);
      if (IsA(fields.back(), A_Star)) {
        if (fields.size() > 1) continue;
        ReturningStar star{reference.location, target.site, {}, true};
        for (const Visible& visible : scope.visible) {
          if (!visible.by_column) {
            star.expandable = false;
          } else if (visible.item != &target) {
            star.others.emplace_back(visible.item->name);
            if (visible.item->name.empty() || !visible.by_name) star.expandable = false;
          }
        }
        sites_.returning_stars.push_back(std::move(star));
        continue;
      }
    }
    if (element->name == nullptr) {
      sites_.returnings.push_back({element->location, std::string(column_label(element->val, sublink_names_))});
    }
  }
  return result;
}

}  // namespace sluice::sql
