#include "gateway/login_proof.h"

#include <pwd.h>

#include <algorithm>
#include <array>

namespace sluice::gateway {

namespace {
std::string user_name(std::uint32_t user_id) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(user_id, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_name;
}

bool vouches(const std::vector<std::string>& peers, std::uint32_t user_id) {
  const auto is_in = [&](const std::string& name) { return std::find(peers.begin(), peers.end(), name) != peers.end(); };
  if (is_in(std::to_string(user_id))) return true;
  const std::string name = user_name(user_id);
  return !name.empty() && is_in(name);
}

LoginProof in_vain(std::string doubt) { return {false, std::nullopt, std::move(doubt)}; }
}  // namespace

LoginProof proof_of(const config::IdentityEntry* entry, const net::ByteStream& agent) {
  if (entry == nullptr) return in_vain({});
  if (const auto user_id = agent.peer_user_id(); user_id && !entry->peers.empty()) {
    if (vouches(entry->peers, *user_id)) return {true, std::nullopt, {}};
    return in_vain("operating system user " + std::to_string(*user_id) + " is not one of its peers");
  }
  if (entry->certificate) {
    const net::PeerCertificate* shown = agent.peer_certificate();
    if (shown == nullptr || !shown->verified) return in_vain("it showed no client certificate");
    if (!auth::proves(shown->names, *entry->certificate)) return in_vain("its client certificate is another one's");
    if (entry->scram_verifier.empty()) return {true, std::nullopt, {}};
  }
  if (entry->scram_verifier.empty()) return in_vain("it has no way to prove itself on this connection");
  auto verifier = auth::ScramVerifier::parse(entry->scram_verifier);
  if (!verifier.ok()) return in_vain("its scram_verifier cannot be read");
  return {false, std::move(*verifier), {}};
}

}  // namespace sluice::gateway
