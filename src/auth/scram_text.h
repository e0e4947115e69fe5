#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace sluice::auth {

// What both sides of a SCRAM exchange share: attributes `x=value` put together with commas.

inline constexpr std::string_view kChannelBindingType = "tls-server-end-point";

/// Cuts `name=value` off the front, with the comma behind it; nullopt if another attribute, or none,
/// comes next. Values hold no comma.
[[nodiscard]] std::optional<std::string_view> take_attribute(std::string_view& rest, char name);

/// RFC 5802's nonce: at least one character, all printable ASCII but the comma.
[[nodiscard]] bool is_nonce(std::string_view text) noexcept;
/// 18 random bytes in base64, as PostgreSQL makes them.
[[nodiscard]] std::string make_nonce();

[[nodiscard]] std::string base64_of(std::string_view bytes);
[[nodiscard]] Digest exclusive_or(const Digest& a, const Digest& b) noexcept;

}  // namespace sluice::auth
