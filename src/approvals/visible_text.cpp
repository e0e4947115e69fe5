#include "approvals/visible_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/utf8.h"

namespace sluice::approvals {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode's control and format characters, fillers, odd blanks and variation selectors, in order.
constexpr Range kHidden[] = {
    {0x0000, 0x001F}, {0x007F, 0x00A0}, {0x00AD, 0x00AD}, {0x034F, 0x034F},   {0x0600, 0x0605},   {0x061C, 0x061C},
    {0x06DD, 0x06DD}, {0x070F, 0x070F}, {0x0890, 0x0891}, {0x08E2, 0x08E2},   {0x115F, 0x1160},   {0x1680, 0x1680},
    {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F}, {0x2028, 0x202F},   {0x205F, 0x206F},   {0x2800, 0x2800},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xD800, 0xF8FF}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x13455}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0x10FFFF},
};

bool is_hidden(char32_t code) {
  const auto* after = std::upper_bound(std::begin(kHidden), std::end(kHidden), code, [](char32_t c, const Range& range) { return c < range.first; });
  return after != std::begin(kHidden) && code <= std::prev(after)->last;
}

// Cuts one character off the front of `rest` and returns how it is shown.
std::string show_front(std::string_view& rest) {
  char32_t code = 0;
  const std::size_t length = front_code_point(rest, code);
  const std::string_view bytes = rest.substr(0, std::max<std::size_t>(length, 1));
  rest.remove_prefix(bytes.size());
  if (length == 0) return fmt::format("<0x{:02X}>", static_cast<unsigned char>(bytes[0]));
  if (is_hidden(code)) return fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(code));
  return std::string(bytes);
}

}  // namespace

std::string visible_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    if (text[0] == '\n' || text[0] == '\t') {
      out += text[0] == '\n' ? "\n" : "    ";
      text.remove_prefix(1);
    } else {
      out += show_front(text);
    }
  }
  return out;
}

std::string visible_line(std::string_view text, std::size_t max_characters) {
  std::string out;
  for (std::size_t shown = 0; !text.empty(); ++shown) {
    if (shown == max_characters) return out + "\xE2\x80\xA6";
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    if (text[0] == '\n' || text[0] == '\t') {
      out += ' ';
      text.remove_prefix(1);
    } else {
      out += show_front(text);
    }
  }
  return out;
}

}  // namespace sluice::approvals
