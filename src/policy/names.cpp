#include "policy/names.h"

#include <algorithm>

namespace sluice::policy {
namespace {

bool is_bare(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || byte >= 0x80;
}

/// Cuts one part off the front of `rest`; empty if there is none.
std::optional<std::string> cut_part(std::string_view& rest) {
  std::string part;
  if (rest.empty() || rest.front() != '"') {
    const auto* end = std::find_if_not(rest.begin(), rest.end(), is_bare);
    part.assign(rest.begin(), end);
    rest.remove_prefix(part.size());
    return part.empty() ? std::nullopt : std::optional(std::move(part));
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      part.push_back(rest[i]);
    } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
      part.push_back('"');
      ++i;
    } else {
      rest.remove_prefix(i + 1);
      return part.empty() ? std::nullopt : std::optional(std::move(part));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string written_name(std::string_view name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), is_bare)) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string written_name(std::string_view schema, std::string_view table) {
  return written_name(schema) + "." + written_name(table);
}

std::optional<std::vector<std::string>> split_name(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    auto part = cut_part(text);
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
    if (text.empty()) return parts;
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace sluice::policy
