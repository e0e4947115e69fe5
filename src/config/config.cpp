#include "config/config.h"

#include <algorithm>

#include "base/utf8.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxNameBytes = 63;

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t size = front_code_point(text, code);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

/// A name that may stand in logs and at the upstream.
bool is_plain_name(const std::string& name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !name.empty() && name.size() <= kMaxNameBytes && is_utf8(name) && std::none_of(name.begin(), name.end(), is_control);
}

}  // namespace

bool is_passed_on(const Config& config, const DatabaseAlias& alias) {
  if (!config.any_database || config.databases.contains(alias) || !is_plain_name(alias.text)) return false;
  // Else the tags and rules of that entry could be walked around.
  const auto governs = [&](const auto& entry) { return entry.second.database == alias.text; };
  return std::none_of(config.databases.begin(), config.databases.end(), governs);
}

std::optional<Upstream> upstream_of(const Config& config, const DatabaseAlias& alias) {
  if (const auto found = config.databases.find(alias); found != config.databases.end()) return found->second;
  if (!is_passed_on(config, alias)) return std::nullopt;
  Upstream upstream = *config.any_database;
  upstream.database = alias.text;
  return upstream;
}

const IdentityEntry* entry_of(const Config& config, const IdentityId& id) {
  if (const auto found = config.identities.find(id); found != config.identities.end()) return &found->second;
  return config.any_identity && is_plain_name(id.text) ? &*config.any_identity : nullptr;
}

auth::Identity identity_of(const IdentityEntry& entry, const IdentityId& id) {
  auth::Identity identity = entry.identity;
  identity.id = id;
  return identity;
}

}  // namespace sluice::config
