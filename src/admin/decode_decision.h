#pragma once

#include <string>

#include "base/result.h"
#include "net/http.h"

namespace sluice::admin {

/// The reason in the body of a decision, which is empty or {"reason": "…"} of type application/json and
/// nothing else. Cleaned by approvals::plain_text(); more than its limit is an error.
[[nodiscard]] Result<std::string> decode_decision(const net::HttpRequest& request);

}  // namespace sluice::admin
