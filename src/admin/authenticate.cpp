#include "admin/authenticate.h"

#include <algorithm>

#include "base/digest.h"

namespace sluice::admin {

namespace {
constexpr std::size_t kMaxTokenBytes = 512;

Error refused() { return make_error(ErrorKind::invalid_credentials, "the request has no valid API token"); }

// The token of "Bearer <token>"; empty if that is not what the header says.
std::string_view bearer_token(std::string_view header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size() || header.size() > kScheme.size() + kMaxTokenBytes) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i] >= 'A' && header[i] <= 'Z' ? static_cast<char>(header[i] - 'A' + 'a') : header[i];
    if (c != kScheme[i]) return {};
  }
  const std::string_view token = header.substr(kScheme.size());
  const bool visible = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return visible ? token : std::string_view();
}
}  // namespace

Result<auth::Identity> authenticate(const net::HttpRequest& request, const config::Config& config) {
  const std::string* header = request.field("authorization");
  const std::string_view token = header == nullptr ? std::string_view() : bearer_token(*header);
  if (token.empty()) return refused();
  const std::string presented = to_hex(sha256(token));
  const config::IdentityEntry* found = nullptr;
  for (const auto& [id, entry] : config.identities) {
    // Comparing against all of them, also after a match.
    const bool same = equal_constant_time(presented, entry.api_token_sha256);
    if (same && found == nullptr) found = &entry;
  }
  if (found == nullptr) return refused();
  return found->identity;
}

}  // namespace sluice::admin
