#pragma once

#include <optional>
#include <vector>

#include "policy/policy.h"
#include "policy/touched.h"

namespace sluice::policy {

/// What the allow rules say of one statement.
struct Grants {
  std::optional<MissingGrant> missing;      ///< absent: everything that the statement does is granted
  std::vector<const Rule*> granting;        ///< for each need the first rule of the file that grants it; sorted, no duplicates
};

/// `allow_rules`: those that concern the identity, in the order of the file.
[[nodiscard]] Grants grants_for(const std::vector<const Rule*>& allow_rules, const TouchedThings& things);

}  // namespace sluice::policy
