#include <algorithm>
#include <filesystem>

#include "config/config.h"
#include "config/sections.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // what PostgreSQL keeps of a name

bool is_word(std::string_view text, std::string_view further, bool capitals) {
  if (text.empty() || text.size() > kMaxNameBytes) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (capitals && c >= 'A' && c <= 'Z') ||
           further.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool is_tag(std::string_view text) { return is_word(text, "_.:-", false); }
bool is_identifier(std::string_view text) { return is_word(text, "_.@+-", true); }

Place Decoding::section(std::string_view key) const {
  const auto found = sections.find(key);
  return found == sections.end() ? Place{} : found->second;
}

std::string Decoding::resolve(const std::string& path) const {
  const std::filesystem::path whole(path);
  return whole.is_absolute() ? path : (std::filesystem::path(folder) / whole).lexically_normal().string();
}

std::string Decoding::secret_from(const std::string& path, Place place) {
  Result<std::string> content = read_file(resolve(path));
  if (!content.ok()) {
    findings.error(place, content.error().message);
    return {};
  }
  std::string secret = std::move(content).value();
  if (secret.ends_with('\n')) secret.pop_back();
  if (secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) findings.error(place, "file \"" + path + "\" is empty");
  return secret;
}

Decoded decode_config(std::string_view text, const std::string& file_name, FileReader read_file) {
  Decoding decoding(file_name);
  decoding.read_file = read_file;
  decoding.folder = std::filesystem::path(file_name).parent_path().string();
  if (const std::optional<YamlNode> document = parse_yaml(text, decoding.findings)) {
    Fields fields(*document, "the configuration", decoding.findings);
    const auto section = [&](std::string_view key, Need need, void (*decode)(const YamlNode&, Decoding&)) {
      const YamlNode* node = fields.node(key, need);
      if (node == nullptr) return;
      decoding.sections.emplace(key, node->place);
      decode(*node, decoding);
    };
    section("listen", Need::required, decode_listen);
    section("tls", Need::optional, decode_tls);
    section("tcp", Need::optional, decode_tcp);
    section("admin", Need::optional, decode_admin);
    section("store", Need::required, decode_store);
    section("audit", Need::required, decode_audit);
    section("limits", Need::optional, decode_limits);
    decoding.config.workers = static_cast<std::uint32_t>(fields.number("workers", 0, 1024).value_or(0));
    section("databases", Need::required, decode_databases);
    section("identities", Need::required, decode_identities);
    section("tags", Need::optional, decode_tags);
    section("rules", Need::required, decode_rules);
    section("functions", Need::optional, decode_functions);
    section("channels", Need::optional, decode_channels);
    fields.finish();
    check_roles(decoding);
    if (!decoding.findings.any_error()) check_across(decoding);
  }
  Decoded decoded;
  decoded.findings = decoding.findings.in_file_order();
  if (!decoding.findings.any_error()) decoded.config = std::move(decoding.config);
  return decoded;
}

}  // namespace sluice::config
