#include <algorithm>
#include <nlohmann/json.hpp>

#include "plan/plan_statement.h"

namespace sluice::plan {
namespace {

using nlohmann::ordered_json;

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

Error missing_grant(const policy::MissingGrant& missing) {
  const std::string action(sql::to_text(missing.action));
  Error error;
  error.kind = ErrorKind::denied;
  ordered_json detail{{"action", action}};
  if (missing.relation.empty()) {
    error.message = "permission denied for action \"" + action + "\"";
    error.hint = "No rule allows you to do this in this database. Ask whoever manages the gateway's policy for it.";
  } else {
    error.message = "permission denied for table " + missing.relation;
    error.hint = "No rule allows you \"" + action + "\" on this table. Ask whoever manages the gateway's policy for it.";
    detail["table"] = missing.relation;
  }
  error.detail = dump(detail);
  return error;
}

Error unknown_code(const std::string& name) {
  return make_error(ErrorKind::denied, "permission denied: the statement would set off " + name,
                    "What it does cannot be told from its definition, and the policy does not list it.");
}

Error denied_by(const std::vector<RuleId>& rules) {
  Error error;
  error.kind = ErrorKind::denied;
  error.message = "permission denied by policy";
  error.hint = "A rule forbids this statement, and nobody can approve it. Leave out what the rule speaks of.";
  if (!rules.empty()) error.detail = dump(ordered_json{{"rule", rules.front().text}});
  return error;
}

}  // namespace

Error denial_of(const TextPlan& plan) {
  const auto denied = std::find_if(plan.statements.begin(), plan.statements.end(), [](const StatementPlan& statement) {
    return statement.decision.verdict == policy::Verdict::deny;
  });
  if (denied == plan.statements.end()) return make_error(ErrorKind::internal, "a statement was refused that no rule denies");
  if (!denied->decision.unknown_code.empty()) return unknown_code(denied->decision.unknown_code);
  return denied->decision.missing ? missing_grant(*denied->decision.missing) : denied_by(denied->decision.reasons);
}

}  // namespace sluice::plan
