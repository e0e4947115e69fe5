#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::approvals {

/// A stranger's text as a card shows it.
struct ShownText {
  std::string text;
  bool altered = false;  ///< it does not look as it was written: whoever reads it has not seen all of it
};

struct ShownLimits {
  std::size_t blanks = 40;       ///< a longer run of blanks becomes "<123 blanks>"
  std::size_t blank_lines = 3;   ///< more in a row become "<12 blank lines>"
};

/// Besides what visible_text() shows, characters that look like others become "<U+0430>": letters of other scripts within
/// Latin words or in words that could pass for Latin ones, forms and punctuation that resemble ASCII's, marks that are drawn
/// over their neighbours, and letters that are written from right to left, since these reorder what stands beside them.
/// Long runs of blanks and of blank lines become counts. Tabs as four blanks and "\r\n" as a line end are no alteration.
[[nodiscard]] ShownText shown_text(std::string_view text, const ShownLimits& limits = {});
/// The same on one line: line ends and tabs become "<U+000A>".
[[nodiscard]] ShownText shown_line(std::string_view text, const ShownLimits& limits = {});

}  // namespace sluice::approvals
