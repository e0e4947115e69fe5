#pragma once

#include <memory>
#include <string_view>

#include "auth/identity.h"
#include "base/result.h"
#include "plan/statement_plan.h"

namespace sluice::plan {

/// How the upstream reads the texts of a session. It never changes but under Grade::audit_only.
struct TextReading {
  bool utf8 = true;              ///< client_encoding is UTF8
  bool standard_strings = true;  ///< standard_conforming_strings is on
  friend bool operator==(const TextReading&, const TextReading&) = default;
};

/// Everything that decides what happens to a statement, but for its parameters.
struct PlanInput {
  std::string_view text;  ///< as the agent wrote it; valid UTF-8 if it is understood
  const auth::Identity& identity;
  DatabaseAlias database;
  const sql::NameContext& names;  ///< the functions it allows do not count: those of the policy do
  const Snapshot& snapshot;
  sql::ParseLimits limits;
  TextReading reading{};
};

/// The product in one pure function: analyse -> decide -> rewrite. The live path, `sluice explain` and
/// all tests call this one. An error means that the statement was not understood and must be refused; a
/// plan whose verdict is deny was understood, and denial_of() says what the agent is told. Where the grade is
/// audit_only there is always a plan: a text that is not understood is one statement of kind `unknown`.
[[nodiscard]] Result<std::shared_ptr<const TextPlan>> plan_statement(const PlanInput& input);

/// The plan of something that is no SQL text, or whose text is not known: `kind` is unknown, function_call or
/// replication. `input.text` is taken for its digest alone.
[[nodiscard]] std::shared_ptr<const TextPlan> plan_opaque(const PlanInput& input, sql::StatementKind kind);

/// The error for an agent whose plan's verdict is deny.
[[nodiscard]] Error denial_of(const TextPlan& plan);

}  // namespace sluice::plan
