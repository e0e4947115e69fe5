// BEGIN … ROLLBACK PREPARED, SET CONSTRAINTS.

#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

Result<UtilityAnalysis> transaction(const TransactionStmt& statement) {
  const auto of_kind = [](StatementKind kind) { return utility_analysis(kind, {Action::transaction}); };
  switch (statement.kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START: return of_kind(StatementKind::begin);
    case TRANS_STMT_COMMIT: return of_kind(StatementKind::commit);
    case TRANS_STMT_ROLLBACK: return of_kind(StatementKind::rollback);
    case TRANS_STMT_SAVEPOINT: return of_kind(StatementKind::savepoint);
    case TRANS_STMT_RELEASE: return of_kind(StatementKind::release_savepoint);
    case TRANS_STMT_ROLLBACK_TO: return of_kind(StatementKind::rollback_to_savepoint);
    case TRANS_STMT_PREPARE:
    case TRANS_STMT_COMMIT_PREPARED:
    case TRANS_STMT_ROLLBACK_PREPARED: return unsupported("two-phase commit", "end the transaction with COMMIT or ROLLBACK");
  }
  return unsupported("this transaction command");
}

}  // namespace

UtilityAnswer transaction_statement(const Node* node, const UtilityInput&) {
  if (IsA(node, TransactionStmt)) return transaction(as<TransactionStmt>(node));
  if (IsA(node, ConstraintsSetStmt)) return utility_analysis(StatementKind::set_setting, {Action::transaction});
  return std::nullopt;
}

}  // namespace sluice::sql
