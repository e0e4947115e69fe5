#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "plan/statement_plan.h"
#include "policy/upstream_role.h"
#include "store/catalog_source.h"

namespace sluice::control {

/// What the upstream roles of one database may do that they should not.
struct RoleState {
  std::vector<policy::RoleFinding> findings;  ///< none where nothing has tags
  bool refused = false;                       ///< a grave one, and the configuration does not put up with it
};

/// Who becomes this role at the upstream.
[[nodiscard]] std::vector<auth::Identity> identities_of(const config::Config& config, const config::Upstream& upstream, const std::string& role);

/// Asks the upstream about each role, over `source`. Blocks; fails with upstream_unavailable.
[[nodiscard]] Result<RoleState> check_role(store::CatalogSource& source, const config::Config& config, const DatabaseAlias& database,
                                           const plan::Snapshot& snapshot);

/// Tells the log what was not so before.
void tell_role(const DatabaseAlias& database, const RoleState& state, const RoleState& before);

}  // namespace sluice::control
