#include "approvals/plain_text.h"

#include "base/utf8.h"

namespace sluice::approvals {
namespace {

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029; }

bool is_invisible(char32_t code) {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         code == 0xFEFF || code == 0x061C || code == 0x00AD || (code >= 0xE0000 && code <= 0xE0FFF);
}

}  // namespace

Result<std::string> plain_text(std::string_view text, std::size_t max_characters) {
  std::string clean;
  std::size_t characters = 0;
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = front_code_point(text, code);
    if (length == 0) return make_error(ErrorKind::bad_request, "text is not valid UTF-8");
    if (!is_invisible(code) && characters < max_characters) {
      if (is_control(code)) {
        clean.push_back(' ');
      } else {
        clean.append(text.substr(0, length));
      }
      ++characters;
    }
    text.remove_prefix(length);
  }
  return clean;
}

}  // namespace sluice::approvals
