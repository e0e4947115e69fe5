#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"

namespace sluice {

/// Parses JSON that a stranger wrote: at most 64 levels deep, no duplicate keys, valid UTF-8, nothing
/// after the value. Errors are of kind bad_request and never quote the input.
[[nodiscard]] Result<nlohmann::json> parse_untrusted(std::string_view text);

}  // namespace sluice
