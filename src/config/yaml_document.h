#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"

namespace sluice::config {

/// A place in the file; both count from 1.
struct Place {
  int line = 1;
  int column = 1;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// Collects findings and gives them back in the order of the file.
class FindingList {
 public:
  explicit FindingList(std::string file_name) : file_name_(std::move(file_name)) {}

  void error(Place place, std::string message) { found_.push_back({place, true, std::move(message)}); }
  void warning(Place place, std::string message) { found_.push_back({place, false, std::move(message)}); }
  [[nodiscard]] bool any_error() const;
  [[nodiscard]] std::vector<Finding> in_file_order() const;

 private:
  struct Found {
    Place place;
    bool error = true;
    std::string message;
  };
  std::string file_name_;
  std::vector<Found> found_;
};

/// One node of a YAML document. A value; nests at most kMaxYamlDepth deep.
struct YamlNode {
  enum class Kind { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  Place place;
  std::string text;                                     ///< scalar
  bool quoted = false;                                  ///< scalar: written in quotes, or as a block
  std::vector<YamlNode> items;                          ///< sequence
  std::vector<std::pair<YamlNode, YamlNode>> fields;    ///< mapping, in file order; keys are scalars, all different
};

inline constexpr int kMaxYamlDepth = 16;

/// Parses the one document of `text`. Empty after a mistake from which reading on makes no sense.
[[nodiscard]] std::optional<YamlNode> parse_yaml(std::string_view text, FindingList& findings);

}  // namespace sluice::config
