#pragma once

#include "auth/identity.h"
#include "base/result.h"
#include "config/config.h"
#include "net/http.h"

namespace sluice::admin {

/// Who the bearer token of the request belongs to; invalid_credentials for whatever is wrong with it.
/// The time it takes tells nothing about the tokens that exist.
[[nodiscard]] Result<auth::Identity> authenticate(const net::HttpRequest& request, const config::Config& config);

}  // namespace sluice::admin
