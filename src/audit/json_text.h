#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"

namespace sluice::audit {

/// Appends `text` in double quotes. Bytes that are not UTF-8 become U+FFFD, so that the line is always JSON.
void append_json_string(std::string& out, std::string_view text);
void append_number(std::string& out, std::uint64_t value);
/// "2026-11-21T21:20:00.123456Z", always 27 characters for the years 0 to 9999.
void append_time(std::string& out, Timestamp at);
void append_hex(std::string& out, const Digest& digest);
/// The inverse of append_time().
[[nodiscard]] std::optional<Timestamp> time_from_text(std::string_view text);

}  // namespace sluice::audit
