#include "plan/plan_execution.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "policy/policy.h"

namespace sluice::plan {
namespace {

std::vector<policy::MaskColumn> masks_of(const policy::Decision& decision) {
  std::vector<policy::MaskColumn> masks;
  for (const policy::Obligation& obligation : decision.obligations) {
    if (const auto* mask = std::get_if<policy::MaskColumn>(&obligation)) masks.push_back(*mask);
  }
  return masks;
}

// What EXECUTE finds is a query; anything else under the name was prepared by the protocol and may itself run
// what is known to the session alone.
bool is_query(sql::StatementKind kind) {
  return kind == sql::StatementKind::prepare || kind == sql::StatementKind::select || kind == sql::StatementKind::insert ||
         kind == sql::StatementKind::update || kind == sql::StatementKind::delete_ || kind == sql::StatementKind::merge;
}

template <class T>
void add_sorted(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

}  // namespace

Result<std::shared_ptr<const TextPlan>> plan_execution(const TextPlan& execute, const TextPlan& prepared, const auth::Identity& identity,
                                                       const DatabaseAlias& database, const Snapshot& snapshot) {
  const auto* use = execute.statements.size() == 1 ? std::get_if<sql::PreparedUse>(&execute.statements[0].analysis.session_change) : nullptr;
  if (use == nullptr || prepared.statements.size() != 1 || !is_query(prepared.statements[0].analysis.kind)) {
    return make_error(ErrorKind::not_supported, "EXECUTE of this statement is not supported", "Run the statement itself.");
  }
  const StatementPlan& inner = prepared.statements[0];
  if (use->shows_costs && !masks_of(inner.decision).empty()) {
    return make_error(ErrorKind::denied, "permission denied: EXPLAIN with these options on a relation with masked columns",
                      "Use EXPLAIN (COSTS OFF) EXECUTE: it shows the plan without costs.");
  }
  const std::vector<policy::MaskColumn> masks = masks_of(inner.decision);
  const bool keyed = std::any_of(masks.begin(), masks.end(), [](const auto& mask) { return std::holds_alternative<sql::PseudonymMask>(mask.function); });
  if (use->explains && keyed) {
    return make_error(ErrorKind::denied, "permission denied: EXPLAIN on a relation whose columns are masked by pseudonyms",
                      "It would show the key of the pseudonyms.");
  }
  StatementPlan merged = execute.statements[0];
  sql::Analysis& analysis = merged.analysis;
  std::vector<sql::RelationAccess> relations = inner.analysis.relations;
  if (use->explains) {
    for (sql::RelationAccess& access : relations) access = {access.relation, true, false, false, false};
  } else {
    add_sorted(analysis.actions, inner.analysis.actions);
  }
  if (analysis.relations.empty()) analysis.relations = std::move(relations);
  else add_sorted(analysis.relations, relations);
  add_sorted(analysis.uses, inner.analysis.uses);
  if (analysis.kind != sql::StatementKind::explain) {
    analysis.outputs = inner.analysis.outputs;
    analysis.max_rows = inner.analysis.max_rows;
    merged.row = inner.row;
  }
  if (execute.grade == policy::Grade::audit_only) {
    auto recorded = std::make_shared<TextPlan>(execute);
    recorded->statements = {std::move(merged)};
    return std::shared_ptr<const TextPlan>(std::move(recorded));
  }
  merged.decision = policy::decide(*snapshot.policy, identity, database, analysis, *snapshot.catalog, snapshot.tags);
  if (merged.decision.verdict != policy::Verdict::deny && masks_of(merged.decision) != masks_of(inner.decision)) {
    return make_error(ErrorKind::not_supported, "cached plan must not change result type",
                      "the policy or the schema changed: prepare the statement again");
  }
  auto plan = std::make_shared<TextPlan>(execute);
  plan->statements = {std::move(merged)};
  plan->versions = snapshot.versions;
  return std::shared_ptr<const TextPlan>(std::move(plan));
}

std::shared_ptr<const TextPlan> cursor_query(const TextPlan& declare) {
  auto plan = std::make_shared<TextPlan>(declare);
  for (StatementPlan& statement : plan->statements) {
    statement.analysis.kind = sql::StatementKind::select;
    statement.analysis.session_change = {};
    statement.analysis.returns_rows = true;
  }
  plan->upstream.reset();
  return plan;
}

}  // namespace sluice::plan
