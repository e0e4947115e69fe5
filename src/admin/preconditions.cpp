#include "admin/preconditions.h"

#include <algorithm>

#include "base/digest.h"

namespace sluice::admin {

namespace {
constexpr std::size_t kMaxTags = 16;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Ours hold no commas, so a list may be cut at each of them.
Result<std::vector<std::string>> tags_of(std::string_view text) {
  std::vector<std::string> tags;
  for (;;) {
    const std::size_t comma = text.find(',');
    std::string_view tag = trimmed(text.substr(0, comma));
    const bool weak = tag.starts_with("W/");
    if (weak) tag.remove_prefix(2);
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"' || tags.size() == kMaxTags) {
      return make_error(ErrorKind::bad_request, "If-Match must be entity tags in double quotes, or *");
    }
    if (!weak) tags.emplace_back(tag);
    if (comma == std::string_view::npos) return tags;
    text.remove_prefix(comma + 1);
  }
}
}  // namespace

std::string etag_of(std::string_view body) { return "\"" + to_hex(sha256(body)).substr(0, 32) + "\""; }

Result<std::optional<std::vector<std::string>>> if_match_of(const net::HttpRequest& request) {
  using Tags = std::optional<std::vector<std::string>>;
  const bool given = std::any_of(request.fields.begin(), request.fields.end(), [](const net::HttpField& field) { return field.first == "if-match"; });
  if (!given) return Tags();
  const std::string* text = request.field("if-match");
  if (text == nullptr) return make_error(ErrorKind::bad_request, "If-Match occurs twice");
  if (trimmed(*text) == "*") return Tags();
  SLUICE_TRY(tags, tags_of(*text));
  return Tags(std::move(tags));
}

bool has_already(const net::HttpRequest& request, const std::string& etag) {
  const std::string* text = request.field("if-none-match");
  if (text == nullptr) return false;
  const auto tags = tags_of(*text);
  return tags.ok() && std::find(tags->begin(), tags->end(), etag) != tags->end();
}

}  // namespace sluice::admin
