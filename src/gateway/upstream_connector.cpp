#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "gateway/upstream_connection.h"
#include "net/connect.h"
#include "net/tls.h"
#include "protocol/notice.h"

namespace sluice::gateway {

namespace {
using Next = protocol::LoginStep::Next;

std::string socket_path(const config::Upstream& upstream) { return upstream.host + "/.s.PGSQL." + std::to_string(upstream.port); }

bool is_unix(const config::Upstream& upstream) { return upstream.host.starts_with('/'); }

// A setting that the upstream does not take is the agent's own mistake; all else is nobody's business but the operator's.
Error agent_error(const protocol::LoginFlow& flow) {
  const protocol::NoticeFields* said = flow.upstream_error();
  if (said != nullptr && flow.authenticated()) {
    if (said->code.starts_with("22")) return make_error(ErrorKind::invalid_parameter_value, said->message);
    if (said->code == "42704") return make_error(ErrorKind::undefined_object, said->message);
  }
  return flow.error();
}

net::awaitable<Result<std::unique_ptr<net::ByteStream>>> dial_network(const config::Upstream& upstream, net::Deadline deadline) {
  if (is_unix(upstream)) return net::connect_unix(socket_path(upstream), deadline);
  return net::connect_tcp(upstream.host, upstream.port, deadline);
}

net::awaitable<Result<Done>> read_more(net::ByteStream& stream, protocol::MessageBuffer& buffer) {
  const std::span<char> room = buffer.prepare(4096);
  Result<std::size_t> size = co_await stream.read_some(room);
  if (!size.ok()) co_return std::move(size).error();
  if (*size == 0) co_return make_error(ErrorKind::upstream_unavailable, "upstream server closed the connection");
  buffer.commit(*size);
  co_return Done{};
}

net::awaitable<Result<char>> read_one_byte(net::ByteStream& stream) {
  std::array<char, 1> byte{};
  Result<std::size_t> size = co_await stream.read_some(byte);
  if (!size.ok()) co_return std::move(size).error();
  if (*size == 0) co_return make_error(ErrorKind::upstream_unavailable, "upstream server closed the connection");
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
}  // namespace

UpstreamConnector::UpstreamConnector() : dial_(dial_network) {}

Result<std::shared_ptr<net::TlsClientContext>> UpstreamConnector::tls_context(const config::Upstream& upstream) {
  const bool full = upstream.tls == config::UpstreamTls::verify_full;
  const std::string key = (full ? "full:" : "none:") + upstream.ca_file;
  if (const auto found = tls_.find(key); found != tls_.end()) return found->second;
  SLUICE_TRY(context, net::TlsClientContext::make(full ? net::TlsVerification::full : net::TlsVerification::none, upstream.ca_file));
  tls_.emplace(key, context);
  return context;
}

net::awaitable<Result<std::unique_ptr<UpstreamConnection>>> UpstreamConnector::connect(DatabaseAlias alias, config::Upstream upstream,
                                                                                       protocol::StartupParameters settings,
                                                                                       SessionStart start, net::Deadline deadline) {
  auto opened = co_await dial_(upstream, deadline);
  if (!opened.ok()) {
    spdlog::warn("database \"{}\": {}", alias.text, opened.error().message);
    co_return make_error(ErrorKind::upstream_unavailable, "could not connect to the upstream server");
  }
  std::unique_ptr<net::ByteStream> stream = std::move(*opened);
  stream->set_deadline(deadline);

  auto& cached_keys = scram_keys_[alias];
  if (!cached_keys) cached_keys = std::make_shared<auth::ScramClientKeys>();
  const std::shared_ptr<auth::ScramClientKeys> keys = cached_keys;
  protocol::LoginRequest request;
  request.user = upstream.user;
  request.database = upstream.database;
  request.settings = std::move(settings);
  request.any_encoding = start.any_encoding;
  request.replication = std::move(start.replication);
  request.password = upstream.password;
  request.keys = keys.get();
  request.tls = upstream.tls != config::UpstreamTls::disable && !is_unix(upstream);

  protocol::LoginFlow flow(std::move(request));
  protocol::MessageBuffer buffer(protocol::kMaxLoginMessageBytes);
  protocol::LoginStep step = flow.start();
  for (;;) {
    if (!step.send.empty()) SLUICE_CO_CHECK(co_await stream->write(step.send));
    switch (step.next) {
      case Next::read_tls_answer: {
        auto answer = co_await read_one_byte(*stream);
        if (!answer.ok()) co_return std::move(answer).error();
        step = flow.on_tls_answer(*answer, false);
        break;
      }
      case Next::upgrade_to_tls: {
        auto context = tls_context(upstream);
        if (!context.ok()) co_return std::move(context).error();
        const Status upgraded = co_await stream->connect_tls(**context, upstream.host);
        if (!upgraded.ok()) {
          spdlog::warn("database \"{}\": {}", alias.text, upgraded.error().message);
          co_return make_error(ErrorKind::upstream_unavailable, "could not connect to the upstream server");
        }
        step = flow.on_tls(std::nullopt);
        break;
      }
      case Next::read_message: {
        auto next = co_await read_and_step(*stream, buffer, flow);
        if (!next.ok()) co_return std::move(next).error();
        step = std::move(*next);
        break;
      }
      case Next::ready:
        stream->set_deadline(net::kNever);
        co_return std::make_unique<UpstreamConnection>(std::move(stream), flow.session(), std::string(buffer.unread()));
      case Next::failed:
        spdlog::warn("database \"{}\": {}", alias.text, flow.log_text());
        co_return agent_error(flow);
    }
  }
}

net::awaitable<void> UpstreamConnector::cancel(config::Upstream upstream, protocol::BackendKeyData key, net::Deadline deadline) {
  // In clear, as libpq did until version 17: the key opens nothing but this cancel.
  auto stream = co_await dial_(upstream, deadline);
  if (!stream.ok()) co_return;
  (*stream)->set_deadline(deadline);
  std::string packet;
  protocol::CancelRequest{key.process_id, key.secret_key}.encode(packet);
  const Status written = co_await (*stream)->write(packet);
  if (!written.ok()) co_return;
  std::array<char, 1> byte{};
  (void)co_await (*stream)->read_some(byte);  // PostgreSQL closes once it has passed the signal on
}

}  // namespace sluice::gateway
