#pragma once

#include "audit/statement_facts.h"
#include "auth/identity.h"
#include "plan/statement_plan.h"

namespace sluice::control {

/// What the audit log is told of one statement of a plan. `snapshot` is the one that the plan was made from.
[[nodiscard]] audit::StatementFacts facts_of(const plan::TextPlan& plan, std::size_t statement, const auth::Identity& identity,
                                             const DatabaseAlias& database, const plan::Snapshot& snapshot);

}  // namespace sluice::control
