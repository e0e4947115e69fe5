// VACUUM and its kin, LOCK, TRUNCATE, and code of the server: DO, CALL, LOAD.

#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

using Missing = NamedRelations::Missing;

UtilityAnalysis maintenance() { return utility_analysis(StatementKind::maintenance, {Action::maintenance}); }

Result<UtilityAnalysis> vacuum(const VacuumStmt& statement, NamedRelations relations) {
  for (const auto* target : elements<VacuumRelation>(statement.rels)) relations.touch(target->relation);
  return std::move(relations).finish(maintenance());
}

Result<UtilityAnalysis> reindex(const ReindexStmt& statement, NamedRelations relations) {
  relations.touch(statement.relation, {}, statement.kind == REINDEX_OBJECT_TABLE ? Missing::fails : Missing::is_fine);
  return std::move(relations).finish(maintenance());
}

Result<UtilityAnalysis> one_relation(const RangeVar* relation, RelationAccess how, NamedRelations relations) {
  relations.touch(relation, how);
  return std::move(relations).finish(maintenance());
}

Result<UtilityAnalysis> truncate(const TruncateStmt& statement, NamedRelations relations) {
  relations.touch_all(statement.relations, {.deletes = true});
  return std::move(relations).finish(utility_analysis(StatementKind::truncate, {Action::truncate}));
}

Result<UtilityAnalysis> lock(const LockStmt& statement, NamedRelations relations) {
  relations.touch_all(statement.relations);
  return std::move(relations).finish(utility_analysis(StatementKind::lock_table, {Action::lock}));
}

/// What only the session itself sees is its own business.
Result<UtilityAnalysis> own_if_temporary(Result<UtilityAnalysis> result, std::size_t named, const UtilityInput& input) {
  if (result.ok() && only_temporary(result.value().analysis, named, input.catalog, input.names)) result.value().analysis.actions = {Action::temporary};
  return result;
}

UtilityAnalysis call() {
  UtilityAnalysis result = utility_analysis(StatementKind::code, {Action::code});
  result.analysis.returns_rows = true;  // if the procedure has OUT parameters
  return result;
}

}  // namespace

UtilityAnswer maintenance_statement(const Node* node, const UtilityInput& input) {
  const NamedRelations relations(input.text, input.catalog, input.names);
  switch (static_cast<int>(nodeTag(node))) {
    case T_VacuumStmt: return own_if_temporary(vacuum(as<VacuumStmt>(node), relations), elements(as<VacuumStmt>(node).rels).size(), input);
    case T_ReindexStmt: return reindex(as<ReindexStmt>(node), relations);
    case T_ClusterStmt: return one_relation(as<ClusterStmt>(node).relation, {}, relations);
    case T_RefreshMatViewStmt: return one_relation(as<RefreshMatViewStmt>(node).relation, {}, relations);
    case T_CheckPointStmt: return maintenance();
    case T_TruncateStmt: return own_if_temporary(truncate(as<TruncateStmt>(node), relations), elements(as<TruncateStmt>(node).relations).size(), input);
    case T_LockStmt: return own_if_temporary(lock(as<LockStmt>(node), relations), elements(as<LockStmt>(node).relations).size(), input);
    case T_DoStmt: {
      UtilityAnalysis block = utility_analysis(StatementKind::code, {Action::code});
      block.analysis.unknown_code = {"a DO block"};
      return block;
    }
    case T_CallStmt: return call();
    case T_LoadStmt: return unsupported("LOAD");
  }
  return std::nullopt;
}

}  // namespace sluice::sql
