#include "config/can_decide.h"

namespace sluice::config {

bool can_decide(const Config& config, const IdentityEntry& entry) {
  if (entry.identity.kind != auth::IdentityKind::person) return false;
  if (!entry.api_token_sha256.empty()) return true;
  const std::string& name = entry.identity.id.text;
  const std::size_t at = name.rfind('@');
  return config.channels.slack && at != std::string::npos && config.channels.slack->email_domains.contains(name.substr(at + 1));
}

}  // namespace sluice::config
