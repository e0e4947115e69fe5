#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

// Every column of the target that a condition or a value looks at is noted: rewrite() refuses it there if
// it is masked, for the rows that are written would depend on it.
void QueryAnalyser::merge(const MergeStmt& statement, Scope* parent) {
  const Depth deeper(depth_);
  if (!enter(-1)) return;
  const std::size_t first = relations_.size();
  Scope scope(parent);
  with_clause(statement.withClause, scope);
  FromItem* target = write_target(*statement.relation, "merge into");
  if (target == nullptr) return;

  Scope source(&scope);
  std::vector<Visible> items;
  from_item(statement.sourceRelation, source, items);
  if (failed()) return;
  note_copies(target->relation->schema, first);
  Scope joined(&scope);
  joined.place = ColumnPlace::condition;
  joined.visible.push_back({target});
  joined.visible.insert(joined.visible.end(), items.begin(), items.end());
  expression(statement.joinCondition, joined, {bit(Use::join), FlowKind::derived, nullptr});

  Scope unmatched(&scope);  // WHEN NOT MATCHED sees the source alone
  unmatched.visible = items;
  for (const MergeWhenClause* when : elements<MergeWhenClause>(statement.mergeWhenClauses)) {
    Scope& seen = when->matched ? joined : unmatched;
    expression(when->condition, seen, {bit(Use::predicate), FlowKind::derived, nullptr});
    switch (when->commandType) {
      case CMD_UPDATE:
        actions_ |= action_bit(Action::update);
        touch_target(*target, {.updates = true});
        assignments(when->targetList, *target, seen, bit(Use::write_source));
        break;
      case CMD_DELETE:
        actions_ |= action_bit(Action::delete_);
        touch_target(*target, {.deletes = true});
        sites_.relations[static_cast<std::size_t>(target->site)].deletes = true;
        break;
      case CMD_INSERT: {
        actions_ |= action_bit(Action::insert);
        touch_target(*target, {.inserts = true});
        for (const ResTarget* column : elements<ResTarget>(when->targetList)) written_column(*column, *target, true);
        if (when->targetList == nullptr) {
          for (std::size_t i = 0; i < elements(when->values).size() && i < target->relation->columns.size(); ++i) {
            note_write(*target, target->relation->columns[i], statement.relation->location, true, "insert into");
          }
        }
        if (target->written != nullptr) note_omitted(*target->written, target->site, statement.relation->location);
        expressions(when->values, seen, {bit(Use::write_source), FlowKind::derived, nullptr});
        break;
      }
      case CMD_NOTHING:
        break;
      case CMD_UNKNOWN:
      case CMD_SELECT:
      case CMD_MERGE:
      case CMD_UTILITY:
        return not_supported("this MERGE action");
    }
  }
  actions_ |= action_bit(Action::mass_write);
}

}  // namespace sluice::sql
