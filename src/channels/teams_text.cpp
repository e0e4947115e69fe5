#include "channels/teams_text.h"

#include <algorithm>

namespace sluice::channels {
namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

/// Clients show many blanks as one and none at the ends of a line; those that no break is allowed at stay. Every blank that
/// stands at an end or after another one becomes such.
std::string keep_blanks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool kept = text[i] == ' ' && (i == 0 || i + 1 == text.size() || text[i - 1] == ' ');
    if (kept) {
      out += kNoBreakSpace;
    } else {
      out += text[i];
    }
  }
  return out;
}

CardJson text_run(std::string text, const TextStyle& style) {
  CardJson run{{"type", "TextRun"}, {"text", std::move(text)}};
  if (style.bold) run["weight"] = "Bolder";
  if (style.large) run["size"] = "Large";
  if (style.monospace) run["fontType"] = "Monospace";
  if (!style.color.empty()) run["color"] = style.color;
  return run;
}

/// Where the next run must begin, after `from`: a function of the card's begins with "{{" and a letter, and no run has all of it.
std::size_t end_of_run(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("{{", from); at != std::string_view::npos; at = text.find("{{", at + 1)) {
    if (at + 2 < text.size() && text[at + 2] != '{') return at + 1;
  }
  return text.size();
}

void add_runs(CardJson& inlines, std::string_view text, const TextStyle& style) {
  const std::string kept = text.empty() ? std::string(kNoBreakSpace) : keep_blanks(text);
  for (std::size_t start = 0; start < kept.size();) {
    const std::size_t end = end_of_run(kept, start);
    inlines.push_back(text_run(kept.substr(start, end - start), style));
    start = end;
  }
}

CardJson block() { return CardJson{{"type", "RichTextBlock"}, {"spacing", "None"}, {"inlines", CardJson::array()}}; }

}  // namespace

std::string to_text(const CardJson& json) { return json.dump(-1, ' ', false, CardJson::error_handler_t::replace); }

CardJson text_line(std::string_view text, const TextStyle& style) {
  CardJson line = block();
  add_runs(line["inlines"], text, style);
  return line;
}

CardJson labelled_line(std::string_view label, std::string_view value) {
  CardJson line = block();
  line["inlines"].push_back(text_run(std::string(label) + ": ", {.bold = true}));
  add_runs(line["inlines"], value, {});
  return line;
}

CardJson text_box(std::string_view text) {
  CardJson box{{"type", "Container"}, {"style", "emphasis"}, {"spacing", "Small"}, {"items", CardJson::array()}};
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    box["items"].push_back(text_line(text.substr(start, end - start), {.monospace = true}));
    start = end + 1;
  }
  return box;
}

}  // namespace sluice::channels
