#pragma once

#include <vector>

#include "auth/identity.h"
#include "base/ids.h"
#include "policy/policy.h"

namespace sluice::policy {

/// How far the policy reaches into a session.
enum class Grade {
  governed,    ///< each statement is decided: nothing passes without a grant
  audit_only,  ///< everything passes as it is, understood or not, and is recorded
};

struct Grading {
  Grade grade = Grade::governed;
  std::vector<RuleId> rules;  ///< those that make it audit_only, in the order of the file
};

/// The grade of an identity in a database. No other rule has a say where it is audit_only.
[[nodiscard]] Grading grade_of(const Policy& policy, const auth::Identity& identity, const DatabaseAlias& database);

}  // namespace sluice::policy
