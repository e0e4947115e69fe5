#include "config/fields.h"

#include <algorithm>
#include <charconv>

namespace sluice::config {
namespace {

std::string_view kind_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return "a text";
    case YamlNode::Kind::sequence: return "a list";
    case YamlNode::Kind::mapping: return "a mapping";
  }
  return "nothing";
}

std::string expected(std::string_view what, const YamlNode& node) {
  std::string found(kind_of(node));
  if (node.kind == YamlNode::Kind::scalar) found = "\"" + node.text + "\"";
  return "expected " + std::string(what) + ", found " + found;
}

/// How many single-letter edits turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string> read_text(const YamlNode& node, FindingList& findings) {
  if (node.kind != YamlNode::Kind::scalar) {
    findings.error(node.place, expected("a text", node));
    return std::nullopt;
  }
  const bool control = std::any_of(node.text.begin(), node.text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (node.text.empty() || control) {
    findings.error(node.place, node.text.empty() ? "the text is empty" : "the text holds a control character");
    return std::nullopt;
  }
  return node.text;
}

std::optional<std::uint64_t> read_number(const YamlNode& node, std::uint64_t min, std::uint64_t max, FindingList& findings) {
  std::uint64_t number = 0;
  const char* end = node.text.data() + node.text.size();
  const bool plain = node.kind == YamlNode::Kind::scalar && !node.quoted && !node.text.empty();
  const auto [stop, status] = std::from_chars(node.text.data(), end, number);
  if (!plain || stop != end || status == std::errc::invalid_argument) {
    findings.error(node.place, expected("a whole number", node));
    return std::nullopt;
  }
  if (status != std::errc{} || number < min || number > max) {
    findings.error(node.place, "out of range: " + node.text + " is not between " + std::to_string(min) + " and " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::optional<bool> read_flag(const YamlNode& node, FindingList& findings) {
  if (node.kind == YamlNode::Kind::scalar && !node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
  findings.error(node.place, expected("true or false", node));
  return std::nullopt;
}

std::optional<std::chrono::seconds> read_duration(const YamlNode& node, std::chrono::seconds max, FindingList& findings) {
  std::uint64_t number = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, status] = std::from_chars(node.text.data(), end, number);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  const std::uint64_t factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
  if (node.kind != YamlNode::Kind::scalar || status == std::errc::invalid_argument || factor == 0) {
    findings.error(node.place, expected("a duration such as 30s, 15m or 2h", node));
    return std::nullopt;
  }
  const auto limit = static_cast<std::uint64_t>(max.count());
  if (status != std::errc{} || number == 0 || number > limit / factor) {
    findings.error(node.place, "out of range: " + node.text + " is not between 1s and " + std::to_string(limit) + "s");
    return std::nullopt;
  }
  return std::chrono::seconds(static_cast<std::int64_t>(number * factor));
}

std::vector<Placed<std::string>> read_texts(const YamlNode& node, FindingList& findings) {
  std::vector<Placed<std::string>> texts;
  if (node.kind != YamlNode::Kind::sequence) {
    findings.error(node.place, expected("a list such as [one, two]", node));
    return texts;
  }
  // An empty list in a rule would mean "any", which is seldom what its writer meant.
  if (node.items.empty()) findings.error(node.place, "the list is empty: leave the key out, or name something");
  std::set<std::string> seen;
  for (const YamlNode& item : node.items) {
    auto text = read_text(item, findings);
    if (!text) continue;
    if (!seen.insert(*text).second) {
      findings.error(item.place, "\"" + *text + "\" is in the list twice");
      continue;
    }
    texts.push_back({std::move(*text), item.place});
  }
  return texts;
}

Fields::Fields(const YamlNode& node, std::string what, FindingList& findings)
    : node_(node), what_(std::move(what)), findings_(findings) {
  if (node_.kind != YamlNode::Kind::mapping) findings_.error(node_.place, expected(what_ + " (a mapping)", node_));
}

const YamlNode* Fields::node(std::string_view key, Need need) {
  asked_.emplace(key);
  for (const auto& [name, value] : node_.fields) {
    if (name.text == key) return &value;
  }
  if (need == Need::required && node_.kind == YamlNode::Kind::mapping) {
    findings_.error(node_.place, what_ + " needs the key \"" + std::string(key) + "\"");
  }
  return nullptr;
}

std::optional<std::string> Fields::text(std::string_view key, Need need) {
  const YamlNode* value = node(key, need);
  return value == nullptr ? std::nullopt : read_text(*value, findings_);
}

std::optional<std::uint64_t> Fields::number(std::string_view key, std::uint64_t min, std::uint64_t max, Need need) {
  const YamlNode* value = node(key, need);
  return value == nullptr ? std::nullopt : read_number(*value, min, max, findings_);
}

std::optional<bool> Fields::flag(std::string_view key) {
  const YamlNode* value = node(key);
  return value == nullptr ? std::nullopt : read_flag(*value, findings_);
}

std::optional<std::chrono::seconds> Fields::duration(std::string_view key, std::chrono::seconds max) {
  const YamlNode* value = node(key);
  return value == nullptr ? std::nullopt : read_duration(*value, max, findings_);
}

std::vector<Placed<std::string>> Fields::texts(std::string_view key, Need need) {
  const YamlNode* value = node(key, need);
  return value == nullptr ? std::vector<Placed<std::string>>{} : read_texts(*value, findings_);
}

std::optional<std::string> Fields::choice(std::string_view key, const std::vector<std::string_view>& choices, Need need) {
  auto chosen = text(key, need);
  if (!chosen || std::find(choices.begin(), choices.end(), *chosen) != choices.end()) return chosen;
  std::string list;
  for (const std::string_view each : choices) list += (list.empty() ? "" : ", ") + std::string(each);
  findings_.error(place_of(key), "\"" + *chosen + "\" is not one of: " + list);
  return std::nullopt;
}

bool Fields::has(std::string_view key) const {
  return std::any_of(node_.fields.begin(), node_.fields.end(), [&](const auto& field) { return field.first.text == key; });
}

Place Fields::place_of(std::string_view key) const {
  for (const auto& [name, value] : node_.fields) {
    if (name.text == key) return value.place;
  }
  return node_.place;
}

void Fields::refuse(std::string_view key, const std::string& why) {
  asked_.emplace(key);
  for (const auto& [name, value] : node_.fields) {
    if (name.text == key) findings_.error(name.place, "\"" + std::string(key) + "\" does not belong here: " + why);
  }
}

void Fields::finish() {
  for (const auto& [name, value] : node_.fields) {
    if (asked_.contains(name.text)) continue;
    std::string message = "unknown key \"" + name.text + "\" in " + what_;
    const auto close = std::find_if(asked_.begin(), asked_.end(), [&](const std::string& known) {
      return edit_distance(known, name.text) <= 2 && !has(known);
    });
    if (close != asked_.end()) message += "; did you mean \"" + *close + "\"?";
    findings_.error(name.place, message);
  }
}

}  // namespace sluice::config
