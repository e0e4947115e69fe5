#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::auth {

/// RFC 7515's base64url, strictly: no padding, no other characters, no stray bits at the end. bad_request otherwise.
[[nodiscard]] Result<std::string> from_base64url(std::string_view text);

}  // namespace sluice::auth
