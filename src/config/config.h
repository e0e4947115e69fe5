#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "policy/policy.h"

namespace sluice::config {

struct Listen {
  std::string address = "127.0.0.1";  ///< IPv4, IPv6, or a path that starts with '/': a Unix socket
  std::uint16_t port = 6432;
};

enum class UpstreamTls { disable, require, verify_full };

struct Upstream {
  std::string host = "127.0.0.1";  ///< a path that starts with '/' is a directory of Unix sockets
  std::uint16_t port = 5432;
  std::string database;
  std::string user;
  Secret password;                 ///< from password_file; empty: none needed
  UpstreamTls tls = UpstreamTls::verify_full;
  std::string ca_file;             ///< verify_full: empty = the system's
};

struct IdentityEntry {
  auth::Identity identity;
  std::string scram_verifier;        ///< "SCRAM-SHA-256$…", PostgreSQL's own format; empty: cannot log in over the wire
  std::string api_token_sha256;      ///< 64 hex digits; empty: no access to the API
};

struct Limits {
  std::size_t max_statement_bytes = 1u << 20;
  int max_statement_depth = 1000;
  std::size_t max_message_bytes = 64u << 20;
  std::uint32_t max_sessions = 1000;
  std::chrono::seconds login_timeout{20};
  std::chrono::seconds shutdown_timeout{30};
};

/// The whole of sluice.yaml, decoded and checked. Relative paths are resolved against the file's folder.
struct Config {
  std::vector<Listen> listen;
  std::string tls_certificate;   ///< empty: no TLS for agents
  std::string tls_key;
  bool tls_required = false;
  std::uint32_t workers = 0;     ///< 0: one per core
  std::map<DatabaseAlias, Upstream> databases;
  std::map<IdentityId, IdentityEntry> identities;
  policy::Policy policy;
  std::string store_path;        ///< SQLite file
  std::string audit_directory;
  std::optional<Listen> admin;   ///< REST API; absent: none
  Limits limits;
};

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
