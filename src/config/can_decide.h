#pragma once

#include "config/config.h"

namespace sluice::config {

/// Has this identity a way to decide on approval requests: a token for the API, or an account of a chat service that stands for
/// it by its address? Accounts that were linked are known to the store alone.
[[nodiscard]] bool can_decide(const Config& config, const IdentityEntry& entry);

}  // namespace sluice::config
