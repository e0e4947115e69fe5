#include "gateway/worker_plans.h"

#include <utility>

#include "control/statement_facts_of.h"

namespace sluice::gateway {

Result<std::shared_ptr<const PlannedText>> WorkerPlans::plan(std::string_view text, const plan::PlanScope& scope, const plan::Snapshot& snapshot,
                                                             const sql::ParseLimits& limits) {
  if (const auto* cached = cache_.find(text, scope, snapshot.versions)) {
    if (const auto found = described_.find(cached->get()); found != described_.end()) return found->second;
    return describe(*cached, scope, snapshot);
  }
  SLUICE_TRY(planned, plan::plan_statement({text, scope.identity(), scope.database(), scope.names(), snapshot, limits, scope.reading()}));
  cache_.insert(text, scope, planned);
  return describe(std::move(planned), scope, snapshot);
}

Result<std::shared_ptr<const PlannedText>> WorkerPlans::plan_opaque(sql::StatementKind kind, std::string_view text, const plan::PlanScope& scope,
                                                                    const plan::Snapshot& snapshot) {
  return describe(plan::plan_opaque({text, scope.identity(), scope.database(), scope.names(), snapshot, {}}, kind), scope, snapshot);
}

Result<std::shared_ptr<const PlannedText>> WorkerPlans::describe(std::shared_ptr<const plan::TextPlan> plan, const plan::PlanScope& scope,
                                                                 const plan::Snapshot& snapshot) {
  auto described = std::make_shared<PlannedText>();
  for (std::size_t i = 0; i < plan->statements.size(); ++i) {
    SLUICE_TRY(reference, recorder_.describe(control::facts_of(*plan, i, scope.identity(), scope.database(), snapshot)));
    described->facts.push_back(reference);
  }
  if (described_.size() > 2 * kMaxPlans) described_.clear();
  const plan::TextPlan* key = plan.get();
  described->plan = std::move(plan);
  return described_.insert_or_assign(key, std::move(described)).first->second;
}

}  // namespace sluice::gateway
