#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace sluice::channels {

/// Adaptive Cards as they are built here: members in the order in which they were added.
using CardJson = nlohmann::ordered_json;

/// As UTF-8; never throws.
[[nodiscard]] std::string to_text(const CardJson& json);

struct TextStyle {
  bool bold = false;
  bool monospace = false;
  bool large = false;
  std::string color = {};  ///< "Good", "Attention", "Warning", "Accent"; empty: the default
};

/// One line of text in which nothing is markup: a RichTextBlock, whose TextRuns know no Markdown. Blanks stay as many as they are, and
/// the date functions of cards ("{{DATE(…)}}"), which TextRuns do know, stay text. `text` is valid UTF-8 on one line.
[[nodiscard]] CardJson text_line(std::string_view text, const TextStyle& style = {});
/// "Label: value", the label in bold.
[[nodiscard]] CardJson labelled_line(std::string_view label, std::string_view value);
/// The lines of `text`, monospaced, in a box of their own.
[[nodiscard]] CardJson text_box(std::string_view text);

}  // namespace sluice::channels
