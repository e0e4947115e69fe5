#pragma once

#include "plan/plan_statement.h"

namespace sluice::plan {

/// A text of which no more is known than its kind. It may have changed everything that names mean.
[[nodiscard]] sql::Analysis opaque_analysis(sql::StatementKind kind);

/// The plan under Grade::audit_only: understood if that is possible, and passing in any case.
[[nodiscard]] std::shared_ptr<const TextPlan> plan_for_the_record(const PlanInput& input, const policy::Grading& grading);

}  // namespace sluice::plan
