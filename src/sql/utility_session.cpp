// Cursors, prepared statements, notifications.

#include <cstdint>

#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

UtilityAnalysis session(StatementKind kind, SessionChange change) {
  UtilityAnalysis result = utility_analysis(kind, {Action::session});
  result.analysis.session_change = std::move(change);
  return result;
}

std::string copy_of(const char* name) { return std::string(text_of(name)); }

UtilityAnalysis declare_cursor(const DeclareCursorStmt& statement) {
  UtilityAnalysis result =
      session(StatementKind::declare_cursor, CursorUse{copy_of(statement.portalname), (statement.options & CURSOR_OPT_HOLD) != 0,
                                                                (statement.options & CURSOR_OPT_BINARY) != 0});
  result.query = statement.query;
  return result;
}

UtilityAnalysis fetch(const FetchStmt& statement) {
  UtilityAnalysis result = session(StatementKind::fetch, CursorUse{copy_of(statement.portalname), false});
  result.analysis.returns_rows = !statement.ismove;
  if (statement.ismove) return result;
  const bool one = statement.direction == FETCH_ABSOLUTE || statement.direction == FETCH_RELATIVE;
  if (one) {
    result.analysis.max_rows = 1;
  } else if (statement.howMany != FETCH_ALL) {
    const auto count = static_cast<std::uint64_t>(statement.howMany);
    result.analysis.max_rows = statement.howMany < 0 ? 0 - count : statement.howMany == 0 ? 1 : count;
  }
  return result;
}

UtilityAnalysis prepare(const PrepareStmt& statement) {
  UtilityAnalysis result = session(StatementKind::prepare, PreparedUse{copy_of(statement.name)});
  result.query = statement.query;
  return result;
}

UtilityAnalysis execute(const ExecuteStmt& statement) {
  UtilityAnalysis result = session(StatementKind::execute, PreparedUse{copy_of(statement.name), true});
  result.expressions = statement.params;
  result.analysis.returns_rows = true;
  return result;
}

}  // namespace

UtilityAnswer session_statement(const Node* node, const UtilityInput&) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_DeclareCursorStmt: return declare_cursor(as<DeclareCursorStmt>(node));
    case T_FetchStmt: return fetch(as<FetchStmt>(node));
    case T_ClosePortalStmt: return session(StatementKind::close_cursor, CursorUse{copy_of(as<ClosePortalStmt>(node).portalname), false});
    case T_PrepareStmt: return prepare(as<PrepareStmt>(node));
    case T_ExecuteStmt: return execute(as<ExecuteStmt>(node));
    case T_DeallocateStmt: return session(StatementKind::deallocate, PreparedUse{copy_of(as<DeallocateStmt>(node).name)});
    // Whether what others and triggers send may be heard is the plan's business: nobody can mask a payload.
    case T_ListenStmt: return utility_analysis(StatementKind::listen, {Action::session});
    case T_UnlistenStmt: return utility_analysis(StatementKind::unlisten, {Action::session});
    case T_NotifyStmt: return utility_analysis(StatementKind::notify, {Action::session});
  }
  return std::nullopt;
}

}  // namespace sluice::sql
