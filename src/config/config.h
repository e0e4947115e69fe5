#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/client_certificate.h"
#include "auth/identity.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/tcp_options.h"
#include "config/channels.h"
#include "config/upstream.h"
#include "policy/policy.h"

namespace sluice::config {

struct Listen {
  std::string address = "127.0.0.1";  ///< IPv4, IPv6, or a path that starts with '/': a Unix socket
  std::uint16_t port = 6432;
  unsigned permissions = 0600;        ///< of a Unix socket's file
};

/// What one identity, and each of its sessions, may use. 0 is no limit.
struct SessionLimits {
  std::uint64_t max_sessions = 0;                        ///< of the identity, over all workers
  std::uint64_t max_message_bytes = 64u << 20;
  std::uint64_t max_prepared_statements = 10'000;        ///< of one session, as the next three
  std::uint64_t max_cursors = 1'000;
  std::uint64_t max_session_memory = 256u << 20;
  std::chrono::seconds statement_timeout{0};             ///< from the start of a statement to its end
  std::chrono::seconds idle_session_timeout{0};          ///< outside a transaction
  std::chrono::seconds idle_in_transaction_timeout{0};
  std::chrono::seconds hold_timeout{0};                  ///< how long a session waits for an approval

  friend bool operator==(const SessionLimits&, const SessionLimits&) = default;
};

/// Who may connect, and what proves it: over a Unix socket one of `peers` alone, if there are any; otherwise password
/// and certificate, whichever of them is given.
struct IdentityEntry {
  auth::Identity identity;
  std::string scram_verifier;        ///< "SCRAM-SHA-256$…", PostgreSQL's own format; empty: no password is asked for
  std::optional<auth::CertificateNames> certificate;
  std::vector<std::string> peers;    ///< operating system users, by name or number
  std::string api_token_sha256;      ///< 64 hex digits; empty: no access to the API
  SessionLimits limits;              ///< its own, else the strictest of its groups', else the common ones
};

struct Limits {
  std::size_t max_statement_bytes = 1u << 20;
  int max_statement_depth = 1000;
  std::uint32_t max_sessions = 1000;                  ///< of all identities
  std::uint32_t max_logins = 500;                     ///< connections that have not proved yet who they are
  std::uint64_t max_memory = std::uint64_t{2} << 30;  ///< bytes that all sessions hold
  std::chrono::seconds login_timeout{20};
  std::chrono::seconds write_timeout{1800};           ///< an agent takes no byte of what waits for it
  std::chrono::seconds shutdown_timeout{30};
  SessionLimits session;                              ///< of whom nothing else is said
};

/// The whole of sluice.yaml, decoded and checked. Relative paths are resolved against the file's folder.
struct Config {
  std::vector<Listen> listen;
  std::string tls_certificate;   ///< empty: no TLS for agents
  std::string tls_key;
  bool tls_required = false;
  TcpOptions tcp_agents;         ///< of connections that agents make
  std::string tls_client_ca;     ///< whose client certificates are believed; empty: none is asked for
  std::uint32_t workers = 0;     ///< 0: one per core
  std::map<DatabaseAlias, Upstream> databases;
  std::optional<Upstream> any_database;         ///< the entry "*": serves every other name, as it is
  std::map<IdentityId, IdentityEntry> identities;
  std::optional<IdentityEntry> any_identity;    ///< the entry "*": people whom the operating system vouches for
  policy::Policy policy;
  std::string store_path;        ///< SQLite file
  std::string audit_directory;
  std::optional<Listen> admin;   ///< REST API; absent: none
  Limits limits;
  Channels channels;
};

/// The name under which rules and tags speak of what the entry "*" stands for.
inline constexpr const char* kAny = "*";

/// Where `alias` leads; nothing: there is no such database. A name that "*" passes on becomes the upstream's database,
/// unless another entry governs that database under its own alias.
[[nodiscard]] std::optional<Upstream> upstream_of(const Config& config, const DatabaseAlias& alias);
[[nodiscard]] bool is_passed_on(const Config& config, const DatabaseAlias& alias);
/// The entry for a name to log in with, its own or "*"; null: unknown.
[[nodiscard]] const IdentityEntry* entry_of(const Config& config, const IdentityId& id);
/// Who logs in by this name and entry.
[[nodiscard]] auth::Identity identity_of(const IdentityEntry& entry, const IdentityId& id);

/// A mistake or a doubt, with its place.
struct Finding {
  bool error = true;
  std::string where;    ///< "file:line:col"
  std::string message;
};

struct Decoded {
  std::optional<Config> config;   ///< absent if any finding is an error
  std::vector<Finding> findings;  ///< all of them, in the order of the file
};

/// How the decoder reads a secret that the configuration names (password_file, the key of tls). Refuses a
/// file that is missing or that others may read, with a message that names the file. A test passes its own.
using FileReader = Result<std::string> (*)(const std::string& path);

/// Decodes `text`, which came from `file_name`. Reports every mistake, not only the first.
[[nodiscard]] Decoded decode_config(std::string_view text, const std::string& file_name, FileReader read_file);

}  // namespace sluice::config
