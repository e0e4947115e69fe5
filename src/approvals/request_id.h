#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "base/ids.h"

namespace sluice::approvals {

/// "AR" and 26 characters of Crockford's base 32: 48 bits of milliseconds, then 80 random bits. Later ids
/// sort after earlier ones, and nobody can guess one.
[[nodiscard]] RequestId make_request_id(Timestamp at, const std::array<std::uint8_t, 10>& random);

/// Has the shape of an id; says nothing about whether it exists.
[[nodiscard]] bool is_request_id(std::string_view text);

}  // namespace sluice::approvals
