#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "control/statement_recorder.h"
#include "gateway/planned_text.h"
#include "plan/plan_cache.h"
#include "plan/plan_statement.h"

namespace sluice::gateway {

/// Plans of one worker: from its cache, or made anew and described to the audit log.
class WorkerPlans {
 public:
  explicit WorkerPlans(control::StatementRecorder& recorder) : recorder_(recorder) {}

  /// Errors are those of plan_statement(), or audit_unavailable.
  [[nodiscard]] Result<std::shared_ptr<const PlannedText>> plan(std::string_view text, const plan::PlanScope& scope,
                                                                const plan::Snapshot& snapshot, const sql::ParseLimits& limits);
  /// How many plans were known.
  [[nodiscard]] std::uint64_t hits() const noexcept { return cache_.hits(); }

  /// Describes a plan that was made elsewhere.
  [[nodiscard]] Result<std::shared_ptr<const PlannedText>> describe(std::shared_ptr<const plan::TextPlan> plan, const plan::PlanScope& scope,
                                                                    const plan::Snapshot& snapshot);
  /// Of what is no SQL text (plan::plan_opaque). Not kept: the caller does.
  [[nodiscard]] Result<std::shared_ptr<const PlannedText>> plan_opaque(sql::StatementKind kind, std::string_view text,
                                                                       const plan::PlanScope& scope, const plan::Snapshot& snapshot);

 private:
  static constexpr std::size_t kMaxPlans = 10'000;
  static constexpr std::size_t kMaxPlanBytes = 64u << 20;

  control::StatementRecorder& recorder_;
  plan::PlanCache cache_{kMaxPlans, kMaxPlanBytes};
  std::unordered_map<const plan::TextPlan*, std::shared_ptr<const PlannedText>> described_;  // keeps its keys alive
};

}  // namespace sluice::gateway
