#include <algorithm>

#include "config/sections.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxMaskText = 200;

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xc0') != '\x80'; }));
}

std::optional<sql::MaskingFunction> decode_partial(const YamlNode& node, FindingList& findings) {
  Fields fields(node, "a partial mask", findings);
  sql::PartialMask mask;
  mask.keep_first = static_cast<std::uint16_t>(fields.number("keep_first", 0, 1000).value_or(0));
  mask.keep_last = static_cast<std::uint16_t>(fields.number("keep_last", 0, 1000).value_or(0));
  if (const auto fill = fields.text("fill")) {
    mask.fill = *fill;
    if (characters(*fill) != 1) findings.error(fields.place_of("fill"), "fill must be one character");
  }
  mask.fill_count = static_cast<std::uint16_t>(fields.number("fill_count", 1, 1000).value_or(mask.fill_count));
  if (mask.keep_first == 0 && mask.keep_last == 0 && node.kind == YamlNode::Kind::mapping) {
    findings.error(node.place, "a partial mask keeps something: give keep_first or keep_last, or use a constant");
  }
  fields.finish();
  return mask;
}

}  // namespace

std::optional<sql::MaskingFunction> decode_mask(const YamlNode& node, FindingList& findings) {
  if (node.kind == YamlNode::Kind::null || (node.kind == YamlNode::Kind::scalar && node.text == "null")) return sql::NullMask{};
  if (node.kind != YamlNode::Kind::mapping || node.fields.size() != 1) {
    findings.error(node.place, "expected \"null\", {constant: …}, {token: …} or {partial: {…}}");
    return std::nullopt;
  }
  const auto& [name, value] = node.fields.front();
  if (name.text == "partial") return decode_partial(value, findings);
  if (name.text != "constant" && name.text != "token") {
    findings.error(name.place, "unknown masking function \"" + name.text + "\": there are null, constant, token and partial");
    return std::nullopt;
  }
  const bool empty_constant = name.text == "constant" && value.kind == YamlNode::Kind::scalar && value.text.empty();
  const auto text = empty_constant ? std::optional<std::string>("") : read_text(value, findings);
  if (!text) return std::nullopt;
  if (text->size() > kMaxMaskText) {
    findings.error(value.place, "the text of a mask is at most " + std::to_string(kMaxMaskText) + " bytes long");
    return std::nullopt;
  }
  if (name.text == "constant") return sql::ConstantMask{*text};
  return sql::TokenMask{*text};
}

}  // namespace sluice::config
