// SET, RESET, SHOW, DISCARD.

#include <algorithm>

#include "sql/relation_names.h"
#include "sql/settings.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

/// The text of a literal as SET takes it; nothing for what is no literal.
std::optional<std::string> literal(const Node* node) {
  if (IsA(node, TypeCast)) return literal(as<TypeCast>(node).arg);  // SET TIME ZONE INTERVAL '1' HOUR
  if (!IsA(node, A_Const) || as<A_Const>(node).isnull) return std::nullopt;
  const auto& value = as<A_Const>(node).val;
  switch (static_cast<int>(nodeTag(&value.node))) {
    case T_String: return std::string(text_of(value.sval.sval));
    case T_Integer: return std::to_string(value.ival.ival);
    case T_Float: return std::string(text_of(value.fval.fval));
    case T_Boolean: return value.boolval.boolval ? "true" : "false";
  }
  return std::nullopt;
}

Result<UtilityAnalysis> set_role() {
  return make_error(ErrorKind::denied, "the role of a session cannot be changed", "connect with another identity");
}

bool names_role(std::string_view setting) { return setting == "role" || setting == "session_authorization"; }

/// SET ROLE NONE, RESET ROLE and their like: nobody can have changed it, so they leave it as it is.
UtilityAnalysis keep_role(StatementKind kind) { return utility_analysis(kind, {Action::session}); }

// SET TRANSACTION, SET SESSION CHARACTERISTICS AS TRANSACTION, SET TRANSACTION SNAPSHOT.
Result<UtilityAnalysis> set_several(const VariableSetStmt& statement) {
  const std::string_view what = text_of(statement.name);
  if (what == "TRANSACTION") return utility_analysis(StatementKind::set_setting, {Action::transaction});
  if (what == "SESSION CHARACTERISTICS") return utility_analysis(StatementKind::set_setting, {Action::session});
  return unsupported("importing a snapshot");
}

Result<UtilityAnalysis> set_value(const VariableSetStmt& statement) {
  SettingChange change{lower(text_of(statement.name)), {}, statement.is_local};
  const auto arguments = elements(statement.args);
  if (change.name == "role" && arguments.size() == 1 && literal(arguments.front()) == "none") return keep_role(StatementKind::set_setting);
  if (names_role(change.name)) return set_role();
  for (const Node* argument : elements(statement.args)) {
    auto value = literal(argument);
    if (!value) return unsupported("this value of parameter \"" + change.name + "\"", "write it as a literal");
    change.values.push_back(std::move(*value));
  }
  const std::string_view first = change.values.empty() ? std::string_view() : std::string_view(change.values.front());
  SLUICE_CHECK(check_setting(change.name, first));
  UtilityAnalysis result = utility_analysis(StatementKind::set_setting, {Action::session});
  result.analysis.session_change = std::move(change);
  return result;
}

Result<UtilityAnalysis> to_default(const VariableSetStmt& statement, StatementKind kind) {
  SettingChange change{lower(text_of(statement.name)), {}, statement.is_local};
  if (names_role(change.name)) return keep_role(kind);
  if (!change.name.empty()) SLUICE_CHECK(check_setting(change.name, {}));
  UtilityAnalysis result = utility_analysis(kind, {Action::session});
  result.analysis.session_change = std::move(change);
  return result;
}

Result<UtilityAnalysis> set(const VariableSetStmt& statement) {
  switch (statement.kind) {
    case VAR_SET_VALUE: return set_value(statement);
    case VAR_SET_DEFAULT: return to_default(statement, StatementKind::set_setting);
    case VAR_SET_MULTI: return set_several(statement);
    case VAR_RESET:
    case VAR_RESET_ALL: return to_default(statement, StatementKind::reset_setting);
    case VAR_SET_CURRENT: break;
  }
  return unsupported("this form of SET");
}

UtilityAnalysis show(const VariableShowStmt& statement) {
  UtilityAnalysis result = utility_analysis(StatementKind::show_setting, {Action::session});
  result.analysis.returns_rows = true;
  const std::string_view name = text_of(statement.name);
  if (name == "all") {
    result.analysis.outputs = {{"name", {}}, {"setting", {}}, {"description", {}}};
  } else {
    result.analysis.outputs = {{std::string(name), {}}};
    result.analysis.max_rows = 1;
  }
  return result;
}

UtilityAnalysis discard(const DiscardStmt& statement) {
  UtilityAnalysis result = utility_analysis(StatementKind::discard, {Action::session});
  result.analysis.session_change = DiscardChange{statement.target == DISCARD_ALL, statement.target == DISCARD_TEMP};
  return result;
}

}  // namespace

UtilityAnswer setting_statement(const Node* node, const UtilityInput&) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_VariableSetStmt: return set(as<VariableSetStmt>(node));
    case T_VariableShowStmt: return show(as<VariableShowStmt>(node));
    case T_DiscardStmt: return discard(as<DiscardStmt>(node));
  }
  return std::nullopt;
}

}  // namespace sluice::sql
