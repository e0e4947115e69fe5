#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

QueryResult QueryAnalyser::update(const UpdateStmt& statement, Scope* parent) {
  const Depth deeper(depth_);
  if (!enter(-1)) return {};
  actions_ |= action_bit(Action::update);
  const std::size_t first = relations_.size();
  Scope scope(parent);
  with_clause(statement.withClause, scope);
  FromItem* target = write_target(*statement.relation, "update");
  if (target == nullptr) return {};
  note_copies(target->relation->schema, first);
  touch_target(*target, {.updates = true});
  scope.place = ColumnPlace::condition;
  scope.visible.push_back({target, true, true, true});
  const std::size_t first_of_source = relations_.size();
  from_clause(statement.fromClause, scope);
  note_copies(target->relation->schema, first_of_source);
  expression(statement.whereClause, scope, {bit(Use::predicate), FlowKind::derived, nullptr});
  const std::size_t first_of_values = relations_.size();
  assignments(statement.targetList, *target, scope, bit(Use::write_source));
  note_copies(target->relation->schema, first_of_values);
  return written_rows(statement.whereClause, statement.returningList, *target, scope);
}

QueryResult QueryAnalyser::delete_(const DeleteStmt& statement, Scope* parent) {
  const Depth deeper(depth_);
  if (!enter(-1)) return {};
  actions_ |= action_bit(Action::delete_);
  Scope scope(parent);
  with_clause(statement.withClause, scope);
  FromItem* target = write_target(*statement.relation, "delete from");
  if (target == nullptr) return {};
  touch_target(*target, {.deletes = true});
  sites_.relations[static_cast<std::size_t>(target->site)].deletes = true;
  scope.place = ColumnPlace::condition;
  scope.visible.push_back({target, true, true, true});
  from_clause(statement.usingClause, scope);
  expression(statement.whereClause, scope, {bit(Use::predicate), FlowKind::derived, nullptr});
  return written_rows(statement.whereClause, statement.returningList, *target, scope);
}

// RETURNING, and whether a key bounds the rows that are written.
QueryResult QueryAnalyser::written_rows(const Node* where, const List* returning_list, const FromItem& target, Scope& scope) {
  if (failed()) return {};
  const bool current_row = where != nullptr && IsA(where, CurrentOfExpr);
  const auto rows = current_row ? std::optional<std::uint64_t>(1) : rows_by_key(where, target, scope);
  const bool own = !names_.temporary_schema.empty() && target.relation->schema == names_.temporary_schema;
  if (!rows && !own) actions_ |= action_bit(Action::mass_write);
  QueryResult result = returning(returning_list, target, scope);
  result.max_rows = rows;
  return result;
}

}  // namespace sluice::sql
