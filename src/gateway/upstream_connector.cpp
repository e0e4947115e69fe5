#include "gateway/upstream_connector.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>

#include "gateway/upstream_errors.h"
#include "gateway/upstream_kind.h"
#include "protocol/login_flow.h"
#include "protocol/startup_flow.h"

namespace sluice::gateway {

namespace {
using Next = protocol::LoginStep::Next;
using Opened = Result<std::unique_ptr<net::ByteStream>>;
using Connected = Result<std::unique_ptr<UpstreamConnection>>;

constexpr std::size_t kMaxKeptKeys = 1000;

net::awaitable<Opened> dial_network(const config::UpstreamHost& host, net::AddressOrder order, net::Deadline deadline) {
  if (host.is_unix()) return net::connect_unix(host.host + "/.s.PGSQL." + std::to_string(host.port), deadline);
  return net::connect_tcp(host.host, host.port, deadline, order, host.tcp);
}

net::awaitable<Status> read_more(net::ByteStream& stream, protocol::MessageBuffer& buffer) {
  const std::span<char> room = buffer.prepare(4096);
  Result<std::size_t> size = co_await stream.read_some(room);
  if (!size.ok()) co_return std::move(size).error();
  if (*size == 0) co_return make_error(ErrorKind::upstream_unavailable, "server closed the connection unexpectedly");
  buffer.commit(*size);
  co_return Done{};
}

net::awaitable<Result<char>> read_one_byte(net::ByteStream& stream) {
  std::array<char, 1> byte{};
  Result<std::size_t> size = co_await stream.read_some(byte);
  if (!size.ok()) co_return std::move(size).error();
  if (*size == 0) co_return make_error(ErrorKind::upstream_unavailable, "server closed the connection unexpectedly");
  co_return byte[0];
}

net::awaitable<Result<protocol::LoginStep>> read_and_step(net::ByteStream& stream, protocol::MessageBuffer& buffer, protocol::LoginFlow& flow) {
  for (;;) {
    auto message = buffer.next();
    if (!message.ok()) co_return std::move(message).error();
    if (message->has_value()) co_return flow.on_message(**message);
    SLUICE_CO_CHECK(co_await read_more(stream, buffer));
  }
}

std::optional<std::string> channel_binding_of(const net::ByteStream& stream) {
  const net::PeerCertificate* certificate = stream.peer_certificate();
  if (certificate == nullptr || certificate->end_point_hash.empty()) return std::nullopt;
  return certificate->end_point_hash;
}

/// The address that a stream really leads to: of a name with several, a cancel must find the same one.
config::UpstreamHost address_of(const net::ByteStream& stream, const config::UpstreamHost& host) {
  std::string peer = stream.peer();
  const std::size_t colon = peer.rfind(':');
  if (host.is_unix() || colon == std::string::npos) return host;
  peer.resize(colon);
  if (peer.starts_with('[') && peer.ends_with(']')) peer = peer.substr(1, peer.size() - 2);
  return {std::move(peer), host.port};
}

bool asks_read_only(const protocol::StartupParameters& settings) {
  return std::any_of(settings.begin(), settings.end(), [](const auto& setting) { return setting.first == "default_transaction_read_only"; });
}

std::vector<config::UpstreamHost> in_order(const config::Upstream& upstream) {
  std::vector<config::UpstreamHost> hosts = upstream.hosts;
  if (upstream.load_balance) {
    std::random_device device;
    std::shuffle(hosts.begin(), hosts.end(), device);
  }
  return hosts;
}

/// Another server may do better.
bool worth_another_host(ErrorKind kind) {
  return kind == ErrorKind::upstream_unavailable || kind == ErrorKind::cannot_connect_now || kind == ErrorKind::timed_out;
}
}  // namespace

struct UpstreamConnector::Attempt {
  std::unique_ptr<UpstreamConnection> connection;  // null: the server is up, but not of the wanted kind
  bool standby = false;
};

struct UpstreamConnector::Target {
  UpstreamKey key;
  std::shared_ptr<const config::Upstream> upstream;
  config::UpstreamLogin login;
};

UpstreamConnector::UpstreamConnector() : dial_(dial_network) {}

Result<UpstreamKey> UpstreamConnector::key_of(const UpstreamRequest& request) {
  const auto upstream = config::upstream_of(*request.config, request.database);
  if (!upstream) return make_error(ErrorKind::unknown_database, "database \"" + request.database.text + "\" does not exist");
  return UpstreamKey{request.database, config::login_of(*upstream, request.identity).user, request.settings, request.any_encoding, request.replication};
}

void UpstreamConnector::use(const std::shared_ptr<const config::Config>& config) {
  if (config == config_) return;
  config_ = config;
  health_.forget();
  tls_.clear();
  scram_keys_.clear();
}

Result<std::shared_ptr<net::TlsClientContext>> UpstreamConnector::tls_context(const config::Upstream& upstream) {
  const bool full = upstream.tls == config::UpstreamTls::verify_full;
  const std::vector<std::string> name{full ? "full" : "none", upstream.ca_file, upstream.certificate, upstream.key};
  if (const auto found = tls_.find(name); found != tls_.end()) return found->second;
  SLUICE_TRY(context, net::TlsClientContext::make(full ? net::TlsVerification::full : net::TlsVerification::none, upstream.ca_file));
  if (!upstream.certificate.empty()) SLUICE_CHECK(context->show_certificate(upstream.certificate, upstream.key));
  context->name_protocol(std::string(protocol::kAlpnProtocol));
  tls_.emplace(name, context);
  return context;
}

std::shared_ptr<auth::ScramClientKeys> UpstreamConnector::keys_of(const UpstreamKey& key) {
  if (scram_keys_.size() > kMaxKeptKeys) scram_keys_.clear();
  auto& keys = scram_keys_[{key.database, key.user}];
  if (!keys) keys = std::make_shared<auth::ScramClientKeys>();
  return keys;
}

net::awaitable<Connected> UpstreamConnector::connect(UpstreamRequest request, net::Deadline deadline) {
  use(request.config);
  SLUICE_CO_TRY(key, key_of(request));
  auto target = std::make_shared<Target>();
  target->key = std::move(key);
  target->upstream = std::make_shared<const config::Upstream>(*config::upstream_of(*request.config, request.database));
  target->login = config::login_of(*target->upstream, request.identity);
  const std::vector<config::UpstreamHost> hosts = in_order(*target->upstream);

  std::unique_ptr<UpstreamConnection> second_best;
  Error error = unreachable();
  for (const config::UpstreamHost& host : hosts) {
    const net::Deadline now = std::chrono::steady_clock::now();
    if (now >= deadline) break;
    if (!health_.may_try(host, now)) continue;
    Result<Attempt> attempt = co_await connect_to(host, target, std::min(deadline, now + target->upstream->connect_timeout));
    const bool down = !attempt.ok() && worth_another_host(attempt.error().kind);
    down ? health_.failed(host, std::chrono::steady_clock::now()) : health_.succeeded(host);
    if (!attempt.ok()) {
      if (!down) co_return std::move(attempt).error();
      if (error.kind != ErrorKind::cannot_connect_now) error = std::move(attempt).error();
      continue;
    }
    if (attempt->connection == nullptr) {
      error = make_error(ErrorKind::upstream_unavailable, "none of the upstream servers takes sessions of the kind that the configuration wants");
    } else if (target->upstream->target != config::TargetSession::prefer_standby || attempt->standby) {
      co_return std::move(attempt->connection);
    } else if (second_best == nullptr) {
      second_best = std::move(attempt->connection);
    }
  }
  if (second_best) co_return std::move(second_best);
  co_return error;
}

net::awaitable<Result<UpstreamConnector::Attempt>> UpstreamConnector::connect_to(config::UpstreamHost host, std::shared_ptr<const Target> target,
                                                                                 net::Deadline deadline) {
  const net::AddressOrder order = target->upstream->load_balance ? net::AddressOrder::random : net::AddressOrder::as_resolved;
  Opened opened = co_await dial_(host, order, deadline);
  if (!opened.ok()) {
    spdlog::warn("database \"{}\": {}", target->key.database.text, opened.error().message);
    co_return unreachable();
  }
  (*opened)->set_deadline(deadline);
  co_return co_await log_in(std::move(*opened), host, target);
}

net::awaitable<Status> UpstreamConnector::start_tls(net::ByteStream& stream, const config::Upstream& upstream, std::string server_name) {
  SLUICE_CO_TRY(context, tls_context(upstream));
  SLUICE_CO_CHECK(co_await stream.connect_tls(*context, server_name));
  if (upstream.direct_tls && stream.application_protocol() != protocol::kAlpnProtocol) {
    co_return make_error(ErrorKind::upstream_unavailable, "direct TLS, but not with a PostgreSQL server");
  }
  co_return Done{};
}

net::awaitable<Result<UpstreamConnector::Attempt>> UpstreamConnector::log_in(std::unique_ptr<net::ByteStream> stream, config::UpstreamHost host,
                                                                             std::shared_ptr<const Target> target) {
  const config::Upstream& upstream = *target->upstream;
  const std::shared_ptr<auth::ScramClientKeys> keys = keys_of(target->key);
  const auto give_up = [&](const Error& error) {
    spdlog::warn("database \"{}\" at {}: {}", target->key.database.text, host.to_text(), error.message);
    return unreachable();
  };
  protocol::LoginRequest request;
  request.user = target->login.user;
  request.database = upstream.database;
  request.settings = target->key.settings;
  request.any_encoding = target->key.any_encoding;
  request.replication = target->key.replication;
  request.password = target->login.password;
  request.keys = keys.get();
  request.tls = upstream.tls != config::UpstreamTls::disable && !host.is_unix();
  request.direct_tls = upstream.direct_tls;
  request.use_channel_binding = upstream.channel_binding != config::ChannelBinding::disable;
  request.require_channel_binding = upstream.channel_binding == config::ChannelBinding::require && !host.is_unix();

  protocol::LoginFlow flow(std::move(request));
  protocol::MessageBuffer buffer(protocol::kMaxLoginMessageBytes);
  protocol::LoginStep step = flow.start();
  for (;;) {
    if (!step.send.empty()) {
      const Status written = co_await stream->write(step.send);
      if (!written.ok()) co_return give_up(written.error());
    }
    switch (step.next) {
      case Next::read_tls_answer: {
        auto answer = co_await read_one_byte(*stream);
        if (!answer.ok()) co_return give_up(answer.error());
        step = flow.on_tls_answer(*answer, false);
        break;
      }
      case Next::upgrade_to_tls: {
        const Status upgraded = co_await start_tls(*stream, upstream, host.host);
        if (!upgraded.ok()) co_return give_up(upgraded.error());
        step = flow.on_tls(channel_binding_of(*stream));
        break;
      }
      case Next::read_message: {
        auto next = co_await read_and_step(*stream, buffer, flow);
        if (!next.ok()) co_return give_up(next.error());
        step = std::move(*next);
        break;
      }
      case Next::ready: co_return co_await settle(std::move(stream), host, target, flow.session(), buffer);
      case Next::failed:
        spdlog::warn("database \"{}\" at {}: {}", target->key.database.text, host.to_text(), flow.log_text());
        co_return login_error(flow, target->key.database, target->login.own_name);
    }
  }
}

net::awaitable<Result<UpstreamConnector::Attempt>> UpstreamConnector::settle(std::unique_ptr<net::ByteStream> stream, config::UpstreamHost host,
                                                                             std::shared_ptr<const Target> target,
                                                                             const protocol::UpstreamSession& session,
                                                                             protocol::MessageBuffer& buffer) {
  UpstreamKind kind;
  if (target->upstream->target != config::TargetSession::any && target->key.replication.empty()) {  // a walsender cannot be asked
    auto told = co_await kind_of(*stream, buffer, session, asks_read_only(target->key.settings));
    if (!told.ok()) {
      spdlog::warn("database \"{}\" at {}: {}", target->key.database.text, host.to_text(), told.error().message);
      co_return unreachable();
    }
    kind = *told;
  }
  Attempt attempt;
  attempt.standby = kind.standby;
  UpstreamServer server{target->upstream, host, address_of(*stream, host)};
  auto connection = std::make_unique<UpstreamConnection>(std::move(stream), target->key, std::move(server), session, std::string(buffer.unread()));
  if (fits(target->upstream->target, kind)) {
    connection->stream().set_deadline(net::kNever);
    attempt.connection = std::move(connection);
  } else {
    connection->terminate();
    (void)co_await connection->flush();
  }
  co_return attempt;
}

net::awaitable<void> UpstreamConnector::cancel(UpstreamServer server, protocol::BackendKeyData key, net::Deadline deadline) {
  auto stream = co_await dial_(server.address, net::AddressOrder::as_resolved, deadline);
  if (!stream.ok()) co_return;
  (*stream)->set_deadline(deadline);
  const config::Upstream& upstream = *server.upstream;
  if (upstream.tls != config::UpstreamTls::disable && !server.host.is_unix()) {
    if (!upstream.direct_tls) {
      std::string request;
      protocol::SSLRequest{}.encode(request);
      const Status asked = co_await (*stream)->write(request);
      if (!asked.ok()) co_return;
      auto answer = co_await read_one_byte(**stream);
      if (!answer.ok() || *answer != 'S') co_return;
    }
    const Status upgraded = co_await start_tls(**stream, upstream, server.host.host);
    if (!upgraded.ok()) co_return;
  }
  std::string packet;
  protocol::CancelRequest{key.process_id, key.secret_key}.encode(packet);
  const Status written = co_await (*stream)->write(packet);
  if (!written.ok()) co_return;
  std::array<char, 1> byte{};
  (void)co_await (*stream)->read_some(byte);  // PostgreSQL closes once it has passed the signal on
}

}  // namespace sluice::gateway
