#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"

namespace sluice::approvals {

/// `prefix` and 26 characters of Crockford's base 32: 48 bits of milliseconds, then 80 random bits. Later ids sort after
/// earlier ones, and nobody can guess one. "AR": approval requests, "SA": standing approvals, "DG": delegations.
[[nodiscard]] std::string make_sorted_id(std::string_view prefix, Timestamp at, const std::array<std::uint8_t, 10>& random);
[[nodiscard]] bool is_sorted_id(std::string_view prefix, std::string_view text);

[[nodiscard]] RequestId make_request_id(Timestamp at, const std::array<std::uint8_t, 10>& random);

/// Has the shape of an id; says nothing about whether it exists.
[[nodiscard]] bool is_request_id(std::string_view text);

}  // namespace sluice::approvals
