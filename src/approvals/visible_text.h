#pragma once

#include <string>
#include <string_view>

namespace sluice::approvals {

/// Text that a stranger wrote, fit for a terminal and for human eyes: control, invisible and
/// direction-changing characters become "<U+202E>", bytes that are not UTF-8 "<0xFF>". Line ends stay,
/// tabs become four blanks.
[[nodiscard]] std::string visible_text(std::string_view text);
/// The same on one line: line ends and tabs become one blank. At most `max_characters`, then "…".
[[nodiscard]] std::string visible_line(std::string_view text, std::size_t max_characters);

}  // namespace sluice::approvals
