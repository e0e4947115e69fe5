// From accept to the first ReadyForQuery.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "auth/scram.h"
#include "gateway/session.h"
#include "protocol/authentication_messages.h"
#include "protocol/sqlstate.h"
#include "protocol/startup_options.h"
#include "sql/settings.h"

namespace sluice::gateway {

using Next = protocol::StartupStep::Next;

namespace {
// PostgreSQL cuts application_name to 63 bytes; who acts comes first so that it is never cut away.
std::string upstream_application_name(const auth::Identity& identity, const std::string& application_name) {
  std::string name = identity.id.text;
  if (!application_name.empty()) name += "/" + application_name;
  return name;
}

net::awaitable<Status> read_more(net::ByteStream& agent, protocol::MessageBuffer& buffer) {
  const std::span<char> room = buffer.prepare(2048);
  Result<std::size_t> size = co_await agent.read_some(room);
  if (!size.ok()) co_return std::move(size).error();
  if (*size == 0) co_return make_error(ErrorKind::canceled, "the agent closed the connection");
  buffer.commit(*size);
  co_return Done{};
}
}  // namespace

net::awaitable<Status> Session::log_in() {
  agent_->set_deadline(std::chrono::steady_clock::now() + config_->limits.login_timeout);
  protocol::StartupRules rules;
  rules.tls_available = worker_.gateway.tls != nullptr;
  rules.tls_required = config_->tls_required;
  rules.mock_secret = worker_.gateway.mock_secret;
  protocol::StartupFlow flow(rules);
  protocol::StartupStep step = flow.start();
  for (;;) {
    if (!step.send.empty() && step.next != Next::authenticated) SLUICE_CO_CHECK(co_await agent_->write(step.send));
    if (step.next == Next::authenticated) break;
    if (step.next == Next::cancel) {
      const protocol::CancelRequest& request = flow.cancel_request();
      worker_.gateway.cancels.cancel(static_cast<std::uint32_t>(request.process_id), request.secret_key);
      co_return make_error(ErrorKind::canceled, "a cancel request");
    }
    if (step.next == Next::close) {
      if (!flow.user().empty()) (void)worker_.recorder.login_failed(flow.user(), agent_->peer(), worker_.gateway.clock.now(), flow.error().kind);
      co_return flow.error();
    }
    auto next = co_await advance_startup(flow, std::move(step));
    if (!next.ok()) co_return std::move(next).error();
    step = std::move(*next);
  }
  from_agent_.set_limit(config_->limits.max_message_bytes);
  const Status admitted = co_await admit(flow);
  if (!admitted.ok()) {
    (void)worker_.recorder.login_failed(flow.user(), agent_->peer(), worker_.gateway.clock.now(), admitted.error().kind);
    co_return co_await refuse_login(admitted.error());
  }
  const Status connected = co_await connect_upstream(flow);
  if (!connected.ok()) co_return co_await refuse_login(connected.error());
  SLUICE_CO_CHECK(co_await agent_->write(step.send + welcome()));
  agent_->set_deadline(net::kNever);
  co_return Done{};
}

net::awaitable<Result<protocol::StartupStep>> Session::advance_startup(protocol::StartupFlow& flow, protocol::StartupStep step) {
  switch (step.next) {
    case Next::read_packet:
      for (;;) {
        auto packet = from_agent_.next_startup();
        if (!packet.ok()) co_return flow.on_failure(packet.error());
        if (packet->has_value()) co_return flow.on_packet(**packet, !from_agent_.unread().empty());
        SLUICE_CO_CHECK(co_await read_more(*agent_, from_agent_));
      }
    case Next::read_message:
      for (;;) {
        auto message = from_agent_.next();
        if (!message.ok()) co_return flow.on_failure(message.error());
        if (message->has_value()) co_return flow.on_message(**message);
        SLUICE_CO_CHECK(co_await read_more(*agent_, from_agent_));
      }
    case Next::upgrade_to_tls: {
      SLUICE_CO_CHECK(co_await agent_->accept_tls(*worker_.gateway.tls));
      const std::string& binding = worker_.gateway.tls->end_point_binding();
      co_return flow.on_tls(binding.empty() ? std::nullopt : std::optional<std::string>(binding));
    }
    case Next::look_up_verifier: {
      const auto entry = config_->identities.find(IdentityId{flow.user()});
      if (entry == config_->identities.end() || entry->second.scram_verifier.empty()) co_return flow.on_verifier(std::nullopt);
      auto verifier = auth::ScramVerifier::parse(entry->second.scram_verifier);
      if (!verifier.ok()) co_return flow.on_verifier(std::nullopt);
      co_return flow.on_verifier(*verifier);
    }
    case Next::authenticated:
    case Next::cancel:
    case Next::close: break;
  }
  co_return make_error(ErrorKind::internal, "unexpected step of the start-up");
}

net::awaitable<Status> Session::admit(const protocol::StartupFlow& flow) {
  identity_ = config_->identities.at(IdentityId{flow.user()}).identity;
  database_ = DatabaseAlias{flow.database()};
  if (!config_->databases.contains(database_)) {
    co_return make_error(ErrorKind::unknown_database, "database \"" + database_.text + "\" does not exist");
  }
  if (worker_.gateway.sessions.load(std::memory_order_relaxed) > config_->limits.max_sessions) {
    co_return make_error(ErrorKind::too_many_connections, "sorry, too many clients already");
  }
  SLUICE_CO_CHECK(look_at_snapshot());
  replication_ = !flow.replication().empty();
  if (replication_) SLUICE_CO_CHECK(co_await admit_replication());
  Status recorded = worker_.recorder.session_opened(id_, identity_, database_, agent_->peer(), worker_.gateway.clock.now());
  if (!recorded.ok()) {
    SLUICE_CO_CHECK(co_await worker_.recorder.wait_for_room());
    SLUICE_CO_CHECK(worker_.recorder.session_opened(id_, identity_, database_, agent_->peer(), worker_.gateway.clock.now()));
  }
  opened_ = true;
  co_return Done{};
}

net::awaitable<Status> Session::connect_upstream(const protocol::StartupFlow& flow) {
  protocol::StartupParameters settings;
  for (const auto& [name, value] : flow.settings()) {
    if (name != "options" || audit_only()) {
      settings.emplace_back(name, value);
      continue;
    }
    SLUICE_CO_TRY(options, protocol::parse_startup_options(value));
    settings.insert(settings.end(), options.begin(), options.end());
  }
  std::string application_name;
  for (auto& [name, value] : settings) {
    if (!audit_only()) SLUICE_CO_CHECK(sql::check_setting(name, value));
    if (name == "application_name") application_name = value;
  }
  application_name_ = application_name;
  if (!audit_only()) {
    std::erase_if(settings, [](const auto& setting) { return setting.first == "application_name" || setting.first == "client_encoding"; });
    settings.emplace_back("application_name", upstream_application_name(identity_, application_name));
  }

  SessionStart start;
  start.any_encoding = audit_only() || replication_;
  start.replication = flow.replication();
  const net::Deadline deadline = std::chrono::steady_clock::now() + config_->limits.login_timeout;
  auto connected = co_await worker_.connector.connect(database_, config_->databases.at(database_), std::move(settings), std::move(start), deadline);
  if (!connected.ok()) co_return std::move(connected).error();
  upstream_ = std::move(*connected);
  for (const protocol::ParameterStatus& setting : upstream_->session().parameters) note_setting(setting);
  co_return Done{};
}

net::awaitable<Status> Session::refuse_login(Error error) {
  std::string fatal;
  protocol::fatal_response(error).encode(fatal);
  (void)co_await agent_->write(fatal);
  agent_->shutdown_send();
  co_return error;
}

// What PostgreSQL says between AuthenticationOk and the first statement.
std::string Session::welcome() {
  std::string bytes;
  for (const protocol::ParameterStatus& setting : upstream_->session().parameters) {
    protocol::ParameterStatus shown = setting;
    if (shown.name == "application_name" && !audit_only()) shown.value = application_name_;
    shown.encode(bytes);
  }
  // The server's process id, so that NOTIFY and pg_backend_pid() agree with it; a key of our own, since
  // the server's would let the agent cancel behind our back.
  process_id_ = static_cast<std::uint32_t>(upstream_->session().key.process_id);
  std::array<std::uint8_t, 4> key{};
  fill_random(key);
  cancel_key_.assign(reinterpret_cast<const char*>(key.data()), key.size());
  const std::weak_ptr<Session> self = weak_from_this();
  worker_.gateway.cancels.add(process_id_, cancel_key_, [self, executor = worker_.executor] {
    net::post(executor, [self] {
      if (const std::shared_ptr<Session> session = self.lock()) session->cancel();
    });
  });
  registered_ = true;
  protocol::BackendKeyData{upstream_->session().key.process_id, cancel_key_}.encode(bytes);
  protocol::ReadyForQuery{protocol::TransactionStatus::idle}.encode(bytes);
  return bytes;
}

void Session::cancel() {
  if (over_ || !upstream_) return;
  if (holding_) {
    hold_canceled_ = true;
    hold_.notify();
    return;
  }
  if (asking_) {
    cancel_requested_ = true;
    return;
  }
  const auto entry = config_->databases.find(database_);
  if (entry == config_->databases.end()) return;
  net::spawn(worker_.executor, worker_.connector.cancel(entry->second, upstream_->session().key,
                                                        std::chrono::steady_clock::now() + std::chrono::seconds(10)));
}

}  // namespace sluice::gateway
