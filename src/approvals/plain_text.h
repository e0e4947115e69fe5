#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::approvals {

inline constexpr std::size_t kMaxReasonCharacters = 500;

/// What a person wrote, fit to be shown to others: valid UTF-8 (bad_request otherwise), control characters
/// as blanks, invisible and direction-changing characters removed, cut at `max_characters`.
[[nodiscard]] Result<std::string> plain_text(std::string_view text, std::size_t max_characters);

}  // namespace sluice::approvals
