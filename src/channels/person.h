#pragma once

#include <optional>
#include <string>

#include "auth/identity.h"
#include "channels/backend.h"

namespace sluice::channels {

/// The person whom a linked account stands for, with the groups of the configuration as it is now. Empty: nobody is linked,
/// or the identity is gone or is no person's any more.
[[nodiscard]] net::awaitable<Result<std::optional<auth::Identity>>> person_behind(Backend backend, std::string channel, std::string account);

/// The identity of a person by its id, as configured now.
[[nodiscard]] std::optional<auth::Identity> configured_person(const config::Config& config, const IdentityId& id);

}  // namespace sluice::channels
