#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_document.h"

namespace sluice::config {

/// A value with the place where it was written.
template <class T>
struct Placed {
  T value{};
  Place place;
};

enum class Need { optional, required };

// Typed readings of one node. Empty: it is something else, and a finding says so.
[[nodiscard]] std::optional<std::string> read_text(const YamlNode& node, FindingList& findings);
[[nodiscard]] std::optional<std::uint64_t> read_number(const YamlNode& node, std::uint64_t min, std::uint64_t max, FindingList& findings);
[[nodiscard]] std::optional<bool> read_flag(const YamlNode& node, FindingList& findings);
[[nodiscard]] std::optional<std::chrono::seconds> read_duration(const YamlNode& node, std::chrono::seconds max, FindingList& findings);
/// A sequence of at least one text, all different.
[[nodiscard]] std::vector<Placed<std::string>> read_texts(const YamlNode& node, FindingList& findings);

/// Reads a mapping field by field. Whatever was not asked for by the time of finish() is an unknown key.
class Fields {
 public:
  /// `what` names the mapping in findings: "a rule". A node that is no mapping is an error and has no fields.
  Fields(const YamlNode& node, std::string what, FindingList& findings);

  [[nodiscard]] const YamlNode* node(std::string_view key, Need need = Need::optional);
  [[nodiscard]] std::optional<std::string> text(std::string_view key, Need need = Need::optional);
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view key, std::uint64_t min, std::uint64_t max, Need need = Need::optional);
  [[nodiscard]] std::optional<bool> flag(std::string_view key);
  [[nodiscard]] std::optional<std::chrono::seconds> duration(std::string_view key, std::chrono::seconds max);
  [[nodiscard]] std::vector<Placed<std::string>> texts(std::string_view key, Need need = Need::optional);
  /// One of `choices`; another text is an error that lists them.
  [[nodiscard]] std::optional<std::string> choice(std::string_view key, const std::vector<std::string_view>& choices,
                                                  Need need = Need::optional);

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] Place place() const { return node_.place; }
  [[nodiscard]] Place place_of(std::string_view key) const;  ///< of its value; of the mapping if it is absent
  /// The key exists but has no business here: says why.
  void refuse(std::string_view key, const std::string& why);
  void finish();

 private:
  const YamlNode& node_;
  std::string what_;
  FindingList& findings_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace sluice::config
