#pragma once

#include <memory>
#include <string_view>

#include "auth/identity.h"
#include "base/result.h"
#include "plan/statement_plan.h"

namespace sluice::plan {

/// Everything that decides what happens to a statement, but for its parameters.
struct PlanInput {
  std::string_view text;  ///< as the agent wrote it, valid UTF-8
  const auth::Identity& identity;
  DatabaseAlias database;
  const sql::NameContext& names;  ///< the functions it allows do not count: those of the policy do
  const Snapshot& snapshot;
  sql::ParseLimits limits;
};

/// The product in one pure function: analyse -> decide -> rewrite. The live path, `sluice explain` and
/// all tests call this one. An error means that the statement was not understood and must be refused; a
/// plan whose verdict is deny was understood, and denial_of() says what the agent is told.
[[nodiscard]] Result<std::shared_ptr<const TextPlan>> plan_statement(const PlanInput& input);

/// The error for an agent whose plan's verdict is deny.
[[nodiscard]] Error denial_of(const TextPlan& plan);

}  // namespace sluice::plan
