#pragma once

#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "protocol/login_flow.h"

namespace sluice::gateway {

/// What an agent is told of a login that failed at the upstream: PostgreSQL's own words where they concern the agent (its
/// settings, its database, a server that is full or starting), without names that are the gateway's business alone.
/// `own_name`: the role that was refused has the agent's own name.
[[nodiscard]] Error login_error(const protocol::LoginFlow& flow, const DatabaseAlias& database, bool own_name);

/// The server cannot be reached, for whatever reason.
[[nodiscard]] Error unreachable();

}  // namespace sluice::gateway
