#include "approvals/shown_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "approvals/lookalikes.h"
#include "approvals/visible_text.h"
#include "base/utf8.h"

namespace sluice::approvals {
namespace {

class Shower {
 public:
  Shower(std::string_view text, const ShownLimits& limits, bool one_line) : rest_(text), limits_(limits), one_line_(one_line) {}

  ShownText run() {
    while (!rest_.empty()) step();
    return std::move(shown_);
  }

 private:
  void step() {
    if (rest_.starts_with("\r\n") && !one_line_) rest_.remove_prefix(1);
    const char c = rest_[0];
    if (c == '\n' && !one_line_) return lines();
    if (c == ' ' || (c == '\t' && !one_line_)) return blanks();
    char32_t code = 0;
    const std::size_t length = front_code_point(rest_, code);
    if (length == 0) return mark(fmt::format("<0x{:02X}>", static_cast<unsigned char>(c)), 1);
    if (!is_word_part(code)) return character(rest_.substr(0, length), code, false);
    word();
  }

  void mark(const std::string& text, std::size_t bytes) {
    shown_.text += text;
    shown_.altered = true;
    rest_.remove_prefix(bytes);
  }

  void character(std::string_view bytes, char32_t code, bool word_passes_for_latin) {
    if (misleads(code) || (word_passes_for_latin && is_of_similar_script(code))) {
      return mark(fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(code)), bytes.size());
    }
    const std::string visible = visible_line(bytes, 1);
    if (code < 0x20) return mark(fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(code)), bytes.size());
    if (visible != bytes) return mark(visible, bytes.size());
    shown_.text += bytes;
    rest_.remove_prefix(bytes.size());
  }

  void word() {
    std::size_t end = 0;
    for (char32_t code = 0; end < rest_.size(); ) {
      const std::size_t length = front_code_point(rest_.substr(end), code);
      if (length == 0 || !is_word_part(code)) break;
      end += length;
    }
    const bool passes = passes_for_latin(rest_.substr(0, end));
    const std::size_t left = rest_.size() - end;
    while (rest_.size() > left) {
      char32_t code = 0;
      const std::size_t length = front_code_point(rest_, code);
      character(rest_.substr(0, length), code, passes);
    }
  }

  void blanks() {
    const std::size_t end = std::min(rest_.find_first_not_of(one_line_ ? " " : " \t"), rest_.size());
    std::string as_blanks;
    for (const char c : rest_.substr(0, end)) as_blanks += c == '\t' ? "    " : " ";
    if (as_blanks.size() > limits_.blanks) return mark(fmt::format("<{} blanks>", as_blanks.size()), end);
    shown_.text += as_blanks;
    rest_.remove_prefix(end);
  }

  // A line end and the blank lines after it. Blanks that begin a line with text belong to that line.
  void lines() {
    std::size_t count = 0;
    std::size_t end = 0;
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      if (rest_[at] == '\n') {
        ++count;
        end = at + 1;
      } else if (rest_[at] != ' ' && rest_[at] != '\t' && !(rest_[at] == '\r' && rest_.substr(at).starts_with("\r\n"))) {
        break;
      }
    }
    if (count > limits_.blank_lines + 1) return mark(fmt::format("\n<{} blank lines>\n", count - 1), end);
    shown_.text += '\n';
    rest_.remove_prefix(1);
  }

  std::string_view rest_;
  const ShownLimits& limits_;
  const bool one_line_;
  ShownText shown_;
};

}  // namespace

ShownText shown_text(std::string_view text, const ShownLimits& limits) { return Shower(text, limits, false).run(); }

ShownText shown_line(std::string_view text, const ShownLimits& limits) { return Shower(text, limits, true).run(); }

}  // namespace sluice::approvals
