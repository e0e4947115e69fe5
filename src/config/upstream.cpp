#include "config/upstream.h"

#include <algorithm>

namespace sluice::config {
namespace {

bool serves(const UpstreamRole& role, const auth::Identity& identity) {
  if (role.identities.empty() && role.groups.empty()) return true;
  if (std::find(role.identities.begin(), role.identities.end(), identity.id) != role.identities.end()) return true;
  return std::any_of(role.groups.begin(), role.groups.end(), [&](const GroupId& group) {
    return std::binary_search(identity.groups.begin(), identity.groups.end(), group);
  });
}

}  // namespace

std::string UpstreamHost::to_text() const {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

UpstreamLogin login_of(const Upstream& upstream, const auth::Identity& identity) {
  const auto role = std::find_if(upstream.roles.begin(), upstream.roles.end(), [&](const UpstreamRole& entry) { return serves(entry, identity); });
  if (role == upstream.roles.end()) return {upstream.user, upstream.password, false};
  const bool own_name = role->user.empty();
  return {own_name ? identity.id.text : role->user, role->password, own_name};
}

bool same_place(const Upstream& a, const Upstream& b) {
  const auto same_host = [](const UpstreamHost& one, const UpstreamHost& other) { return one.host == other.host && one.port == other.port; };
  return std::equal(a.hosts.begin(), a.hosts.end(), b.hosts.begin(), b.hosts.end(), same_host) && a.target == b.target && a.database == b.database;
}

bool same_access(const Upstream& a, const Upstream& b) {
  return same_place(a, b) && a.connect_timeout == b.connect_timeout && a.user == b.user && a.password.reveal() == b.password.reveal() &&
         a.tls == b.tls && a.ca_file == b.ca_file && a.certificate == b.certificate && a.key == b.key && a.channel_binding == b.channel_binding;
}

}  // namespace sluice::config
