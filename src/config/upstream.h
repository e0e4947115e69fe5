#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.h"
#include "base/ids.h"
#include "base/secret.h"
#include "base/tcp_options.h"

namespace sluice::config {

struct UpstreamHost {
  std::string host = "127.0.0.1";  ///< a name, an address, or a directory of Unix sockets: a path that starts with '/'
  std::uint16_t port = 5432;
  TcpOptions tcp = {};

  [[nodiscard]] bool is_unix() const { return host.starts_with('/'); }
  [[nodiscard]] std::string to_text() const;  ///< "db:5432", "[::1]:5432", "/run/postgresql:5432"
  friend bool operator==(const UpstreamHost&, const UpstreamHost&) = default;
};

/// Which of several servers will do: libpq's target_session_attrs.
enum class TargetSession { any, read_write, read_only, primary, standby, prefer_standby };
enum class UpstreamTls { disable, require, verify_full };
enum class ChannelBinding { disable, prefer, require };

/// The upstream role of some identities, instead of the database's own `user`.
struct UpstreamRole {
  std::vector<IdentityId> identities;  ///< these,
  std::vector<GroupId> groups;         ///< and those in one of these groups; both empty: everybody
  std::string user;                    ///< empty: the identity's own name
  Secret password;                     ///< empty: none needed
};

/// Where an upstream database is, and how to log in there.
struct Upstream {
  std::vector<UpstreamHost> hosts{UpstreamHost{}};  ///< tried in this order; all of one cluster
  TargetSession target = TargetSession::any;
  bool load_balance = false;                 ///< tried in random order
  std::chrono::seconds connect_timeout{5};   ///< for each host
  std::string database;
  std::string user;                          ///< reads the catalog, and serves whom no entry of `roles` does
  Secret password;                           ///< empty: none needed
  std::vector<UpstreamRole> roles;           ///< the first that fits counts
  UpstreamTls tls = UpstreamTls::verify_full;
  bool direct_tls = false;                   ///< TLS from the first byte on
  std::string ca_file;                       ///< verify_full: empty = the system's
  std::string certificate;                   ///< shown to servers that ask; empty: none
  std::string key;
  ChannelBinding channel_binding = ChannelBinding::prefer;
  bool show_identity = false;                ///< begin application_name with the identity's name
  bool refuse_privileges = true;             ///< serve nobody while a role may see masked values by itself
};

/// Whom a session becomes at the upstream.
struct UpstreamLogin {
  std::string user;
  Secret password;
  bool own_name = false;  ///< the role has the identity's name, so the agent may hear of it
};
[[nodiscard]] UpstreamLogin login_of(const Upstream& upstream, const auth::Identity& identity);

/// True if both name the same servers and database: what was read of its catalog is still true then.
[[nodiscard]] bool same_place(const Upstream& a, const Upstream& b);
/// True if also role, secrets and TLS for the gateway's own connections are the same.
[[nodiscard]] bool same_access(const Upstream& a, const Upstream& b);

}  // namespace sluice::config
