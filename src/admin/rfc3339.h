#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sluice::admin {

/// "2026-01-31T23:59:59.000001Z"
[[nodiscard]] std::string to_rfc3339(Timestamp time);

/// Reads "2026-01-31" (its beginning, UTC) and "2026-01-31T23:59:59[.ffffff]Z" or with an offset "+01:00".
[[nodiscard]] std::optional<Timestamp> timestamp_from_text(std::string_view text);

}  // namespace sluice::admin
