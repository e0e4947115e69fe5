#include <algorithm>

#include "base/digest.h"
#include "config/sections.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxMaskText = 200;
constexpr const char* kMasks =
    ": there are \"null\", email, year, month, {constant: …}, {token: …}, {partial: {…}}, {bucket: …} and {pseudonym: {…}}";

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

// The file's content never leaves the process: what the upstream sees is derived from it.
std::optional<sql::MaskingFunction> decode_pseudonym(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "a pseudonym", decoding.findings);
  sql::PseudonymMask mask;
  if (const auto file = fields.text("key_file", Need::required)) {
    const std::string secret = decoding.secret_from(*file, fields.place_of("key_file"));
    if (!secret.empty() && secret.size() < 32) decoding.findings.error(fields.place_of("key_file"), "the key must be 32 bytes long or more");
    mask.key = to_hex(sha256("sluice pseudonym\n" + secret));
  }
  if (const auto prefix = fields.text("prefix")) mask.prefix = *prefix;
  if (mask.prefix.size() > kMaxMaskText) decoding.findings.error(fields.place_of("prefix"), "the prefix is too long");
  fields.finish();
  return mask;
}

std::optional<sql::MaskingFunction> decode_word(const YamlNode& node, FindingList& findings) {
  if (node.text == "null") return sql::NullMask{};
  if (node.text == "email") return sql::EmailMask{};
  if (node.text == "year") return sql::DateMask{sql::DateMask::Unit::year};
  if (node.text == "month") return sql::DateMask{sql::DateMask::Unit::month};
  findings.error(node.place, "unknown masking function \"" + node.text + "\"" + kMasks);
  return std::nullopt;
}

}  // namespace

std::optional<sql::MaskingFunction> decode_mask(const YamlNode& node, Decoding& decoding) {
  FindingList& findings = decoding.findings;
  if (node.kind == YamlNode::Kind::null) return sql::NullMask{};
  if (node.kind == YamlNode::Kind::scalar) return decode_word(node, findings);
  if (node.kind != YamlNode::Kind::mapping || node.fields.size() != 1) {
    findings.error(node.place, std::string("expected one masking function") + kMasks);
    return std::nullopt;
  }
  const auto& [name, value] = node.fields.front();
  if (name.text == "partial") return decode_partial(value, findings);
  if (name.text == "pseudonym") return decode_pseudonym(value, decoding);
  if (name.text == "bucket") {
    const auto width = read_number(value, 1, 1'000'000'000'000'000, findings);
    return width ? std::optional<sql::MaskingFunction>(sql::BucketMask{*width}) : std::nullopt;
  }
  if (name.text != "constant" && name.text != "token") {
    findings.error(name.place, "unknown masking function \"" + name.text + "\"" + kMasks);
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
