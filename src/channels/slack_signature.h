#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "net/http.h"

namespace sluice::channels {

/// How old, or how far in the future, a signed request may be.
inline constexpr std::chrono::seconds kSlackWindow{300};

/// Whether Slack signed the request, by one of `secrets`, within the window: "v0=" HMAC-SHA256 of "v0:<time>:<body>". The body is that
/// which came, byte for byte. invalid_credentials for whatever is wrong.
[[nodiscard]] Status check_slack_signature(const net::HttpRequest& request, const std::vector<Secret>& secrets, Timestamp now);

}  // namespace sluice::channels
