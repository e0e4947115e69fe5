#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/identity.h"
#include "auth/scram_client.h"
#include "base/result.h"
#include "config/config.h"
#include "gateway/host_health.h"
#include "gateway/upstream_connection.h"
#include "net/byte_stream.h"
#include "net/connect.h"
#include "net/tls.h"
#include "protocol/session_messages.h"
#include "protocol/startup_messages.h"

namespace sluice::gateway {

/// Whom to log in, and where.
struct UpstreamRequest {
  std::shared_ptr<const config::Config> config;
  DatabaseAlias database;
  auth::Identity identity;
  protocol::StartupParameters settings;  ///< go into the start-up packet
  bool any_encoding = false;             ///< client_encoding is what the settings say, not UTF8
  std::string replication = {};          ///< "true" or "database": a walsender; empty: none
};

/// Opens upstream connections for one worker: finds a server that is up and of the wanted kind, and logs in there.
/// Keeps TLS contexts, derived SCRAM keys and what it knows of the servers until the configuration changes.
class UpstreamConnector {
 public:
  /// How to reach a server; tests pass their own.
  using Dial = std::function<net::awaitable<Result<std::unique_ptr<net::ByteStream>>>(const config::UpstreamHost&, net::AddressOrder, net::Deadline)>;

  UpstreamConnector();
  explicit UpstreamConnector(Dial dial) : dial_(std::move(dial)) {}

  /// What a request's connection will be, without opening it. unknown_database, if there is none of this name.
  [[nodiscard]] static Result<UpstreamKey> key_of(const UpstreamRequest& request);
  /// Errors are fit for the agent: upstream_unavailable, cannot_connect_now, too_many_connections, unknown_database,
  /// invalid_authorization (its own role may not), denied; and the upstream's words about a setting.
  [[nodiscard]] net::awaitable<Result<std::unique_ptr<UpstreamConnection>>> connect(UpstreamRequest request, net::Deadline deadline);
  /// Sends a CancelRequest to this server over a connection of its own, under TLS if the upstream has it; best effort.
  [[nodiscard]] net::awaitable<void> cancel(UpstreamServer server, protocol::BackendKeyData key, net::Deadline deadline);

 private:
  struct Target;   // one request, resolved
  struct Attempt;  // what came of it at one server

  void use(const std::shared_ptr<const config::Config>& config);
  [[nodiscard]] net::awaitable<Result<Attempt>> connect_to(config::UpstreamHost host, std::shared_ptr<const Target> target, net::Deadline deadline);
  [[nodiscard]] net::awaitable<Result<Attempt>> log_in(std::unique_ptr<net::ByteStream> stream, config::UpstreamHost host,
                                                       std::shared_ptr<const Target> target);
  [[nodiscard]] net::awaitable<Result<Attempt>> settle(std::unique_ptr<net::ByteStream> stream, config::UpstreamHost host,
                                                       std::shared_ptr<const Target> target, const protocol::UpstreamSession& session,
                                                       protocol::MessageBuffer& buffer);
  [[nodiscard]] net::awaitable<Status> start_tls(net::ByteStream& stream, const config::Upstream& upstream, std::string server_name);
  [[nodiscard]] Result<std::shared_ptr<net::TlsClientContext>> tls_context(const config::Upstream& upstream);
  [[nodiscard]] std::shared_ptr<auth::ScramClientKeys> keys_of(const UpstreamKey& key);

  Dial dial_;
  std::shared_ptr<const config::Config> config_;  // what the below was learnt under
  HostHealth health_;
  std::map<std::vector<std::string>, std::shared_ptr<net::TlsClientContext>> tls_;           // by verification and files
  std::map<std::pair<DatabaseAlias, std::string>, std::shared_ptr<auth::ScramClientKeys>> scram_keys_;  // by role; flows may outlive an entry
};

}  // namespace sluice::gateway
