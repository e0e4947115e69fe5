#pragma once

#include <string_view>

namespace sluice::protocol {

/// An SQLSTATE that PostgreSQL itself uses and a text for it that depends on nothing else. Both point to
/// constants.
struct SanitisedMessage {
  std::string_view code;
  std::string_view message;
};

/// Unknown codes, which stored code may make up (RAISE … USING ERRCODE = …), become P0001.
[[nodiscard]] SanitisedMessage sanitised_message(std::string_view sqlstate) noexcept;

}  // namespace sluice::protocol
