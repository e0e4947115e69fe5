// From accept to the first ReadyForQuery.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "gateway/admin_command.h"
#include "gateway/login_proof.h"
#include "gateway/session.h"
#include "protocol/authentication_messages.h"
#include "protocol/sqlstate.h"
#include "protocol/startup_options.h"
#include "sql/settings.h"

namespace sluice::gateway {

using Next = protocol::StartupStep::Next;

namespace {
constexpr std::chrono::seconds kCancelPatience{10};
constexpr std::size_t kShortKeyBytes = 4;
constexpr std::size_t kLongKeyBytes = 32;  // as PostgreSQL 18 for protocol 3.2

// PostgreSQL cuts application_name to 63 bytes; who acts comes first so that it is never cut away.
void show_identity(protocol::StartupParameters& settings, const auth::Identity& identity) {
  const auto is_name = [](const auto& setting) { return setting.first == "application_name"; };
  const auto given = std::find_if(settings.rbegin(), settings.rend(), is_name);
  std::string name = identity.id.text;
  if (given != settings.rend() && !given->second.empty()) name += "/" + given->second;
  std::erase_if(settings, is_name);
  settings.emplace_back("application_name", std::move(name));
}

Error too_many_clients() { return make_error(ErrorKind::too_many_connections, "sorry, too many clients already"); }
Error no_more_logins() { return make_error(ErrorKind::cannot_connect_now, "the database system is shutting down"); }

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
  const std::shared_ptr<net::TlsServerContext> tls = worker_.gateway.board.tls();
  rules.tls_available = tls != nullptr && !agent_->peer_user_id();  // none over Unix sockets, as in PostgreSQL
  rules.tls_required = config_->tls_required && !agent_->peer_user_id();
  rules.mock_secret = worker_.gateway.mock_secret;
  protocol::StartupFlow flow(rules);
  protocol::StartupStep step = flow.start();
  for (;;) {
    if (!step.send.empty() && step.next != Next::authenticated) SLUICE_CO_CHECK(co_await agent_->write(step.send));
    if (step.next == Next::authenticated) break;
    if (step.next == Next::cancel) {
      co_await pass_cancel_on(flow.cancel_request());
      co_return make_error(ErrorKind::canceled, "a cancel request");
    }
    if (step.next == Next::close) {
      if (!flow.user().empty()) (void)worker_.recorder.login_failed(flow.user(), agent_->peer(), worker_.gateway.clock.now(), flow.error().kind);
      worker_.metrics.login_failures.add();
      worker_.metrics.refused(flow.error().kind);
      co_return flow.error();
    }
    auto next = co_await advance_startup(flow, std::move(step), tls.get());
    if (!next.ok()) co_return co_await give_up_login(flow, std::move(next).error());
    step = std::move(*next);
  }
  logging_in_ = false;
  --worker_.logins;
  const Status admitted = co_await admit(flow);
  if (!admitted.ok()) {
    (void)worker_.recorder.login_failed(flow.user(), agent_->peer(), worker_.gateway.clock.now(), admitted.error().kind);
    worker_.metrics.login_failures.add();
    co_return co_await refuse_login(admitted.error(), step.send);
  }
  if (admin_) co_return co_await begin_admin(std::move(step.send));
  if (!upstream_) {
    const Status connected = co_await connect_upstream(flow);
    if (!connected.ok()) co_return co_await refuse_login(connected.error(), step.send);
  }
  if (draining_) co_return co_await refuse_login(no_more_logins(), step.send);
  process_id_ = static_cast<std::uint32_t>(upstream_->session().key.process_id);
  const Status recorded = co_await record_opened();
  if (!recorded.ok()) co_return co_await refuse_login(recorded.error(), step.send);
  worker_.metrics.sessions_opened.add();
  agent_->set_write_timeout(config_->limits.write_timeout);
  SLUICE_CO_CHECK(co_await agent_->write(step.send + welcome(flow.version())));
  agent_->set_deadline(net::kNever);
  ending_.reset();
  if (draining_) drain();
  co_return Done{};
}

void Session::end_login() {
  worker_.metrics.hit(Limit::max_logins);
  ending_ = too_many_clients();
  agent_->set_deadline(std::chrono::steady_clock::now());
}

// The agent was too slow, is gone, or the gateway wants no more of it. PostgreSQL too speaks only to those who
// have said what they want.
net::awaitable<Status> Session::give_up_login(const protocol::StartupFlow& flow, Error why) {
  worker_.metrics.login_failures.add();
  if (ending_) {
    why = *ending_;
  } else if (why.kind == ErrorKind::timed_out) {
    worker_.metrics.hit(Limit::login_timeout);
    why = make_error(ErrorKind::timed_out, "canceling authentication due to timeout");
  } else {
    co_return why;
  }
  if (flow.user().empty()) co_return why;
  agent_->set_deadline(std::chrono::steady_clock::now() + std::chrono::seconds(1));
  co_return co_await refuse_login(std::move(why));
}

// As PostgreSQL does it, the connection ends when the cancel has been delivered: the agent may send its next
// statement then, and that one is not meant.
net::awaitable<void> Session::pass_cancel_on(protocol::CancelRequest request) {
  const auto delivered = std::make_shared<net::Event>(worker_.executor);
  std::function<void()> done = [weak = std::weak_ptr(delivered), executor = worker_.executor] {
    net::post(executor, [weak] {
      if (const auto event = weak.lock()) event->notify();
    });
  };
  const bool known = worker_.gateway.cancels.cancel(static_cast<std::uint32_t>(request.process_id), request.secret_key, std::move(done));
  if (known) (void)co_await delivered->wait(std::chrono::steady_clock::now() + kCancelPatience);
}

net::awaitable<Result<protocol::StartupStep>> Session::advance_startup(protocol::StartupFlow& flow, protocol::StartupStep step,
                                                                     net::TlsServerContext* tls) {
  switch (step.next) {
    case Next::read_packet:
      for (;;) {
        if (from_agent_.unread().starts_with(protocol::kTlsHandshakeByte)) co_return flow.on_direct_tls();
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
      // Direct TLS: the handshake's first bytes were read as a start-up packet's.
      const std::string read_ahead(from_agent_.take_unread());
      SLUICE_CO_CHECK(co_await agent_->accept_tls(*tls, read_ahead));
      const std::string& binding = tls->end_point_binding();
      co_return flow.on_tls(binding.empty() ? std::nullopt : std::optional<std::string>(binding), agent_->application_protocol());
    }
    case Next::look_up_identity: {
      if (worker_.gateway.counts.total() >= config_->limits.max_sessions) {  // before anything costly
        worker_.metrics.hit(Limit::max_sessions);
        co_return flow.on_failure(too_many_clients());
      }
      LoginProof proof = proof_of(config::entry_of(*config_, IdentityId{flow.user()}), *agent_);
      if (!proof.doubt.empty()) spdlog::info("login of \"{}\" from {}: {}", flow.user(), agent_->peer(), proof.doubt);
      co_return proof.proven ? flow.on_proven() : flow.on_verifier(proof.verifier);
    }
    case Next::authenticated:
    case Next::cancel:
    case Next::close: break;
  }
  co_return make_error(ErrorKind::internal, "unexpected step of the start-up");
}

net::awaitable<Status> Session::admit(const protocol::StartupFlow& flow) {
  const IdentityId id{flow.user()};
  identity_ = config::identity_of(*config::entry_of(*config_, id), id);
  database_ = DatabaseAlias{flow.database()};
  const policy::Grade grade = grade_ = policy::grade_of(config_->policy, identity_, database_).grade;
  const bool admin = database_.text == kAdminDatabase;
  if (admin) SLUICE_CO_CHECK(admit_admin());
  if (!admin && !config::upstream_of(*config_, database_)) {
    co_return make_error(ErrorKind::unknown_database, "database \"" + database_.text + "\" does not exist");
  }
  const config::SessionLimits& own = config::entry_of(*config_, id)->limits;
  switch (worker_.gateway.counts.enter(id, config_->limits.max_sessions, own.max_sessions)) {
    case SessionCounts::Entry::admitted: break;
    case SessionCounts::Entry::too_many:
      worker_.metrics.hit(Limit::max_sessions);
      co_return too_many_clients();
    case SessionCounts::Entry::too_many_of_identity:
      worker_.metrics.hit(Limit::max_sessions_per_identity);
      co_return make_error(ErrorKind::too_many_connections, "too many connections for role \"" + id.text + "\"");
  }
  counted_ = true;
  if (admin) co_return Done{};
  // Only a name that the upstream knows may have its catalog read.
  if (config::is_passed_on(*config_, database_)) SLUICE_CO_CHECK(co_await connect_upstream(flow));
  auto use = co_await worker_.gateway.board.open(database_);
  if (!use.ok()) co_return std::move(use).error();
  database_use_ = std::move(*use);
  SLUICE_CO_CHECK(look_at_snapshot());
  if (upstream_ && grade_ != grade) {  // it was logged in with the settings of another grade
    co_return make_error(ErrorKind::shutting_down, "terminating connection because the configuration changed");
  }
  replication_ = !flow.replication().empty();
  if (replication_) SLUICE_CO_CHECK(co_await admit_replication());
  co_return Done{};
}

net::awaitable<Status> Session::record_opened() {
  const auto record = [this] {
    return worker_.recorder.session_opened(id_, identity_, database_, agent_->peer(), process_id_, worker_.gateway.clock.now());
  };
  if (!record().ok()) {
    SLUICE_CO_CHECK(co_await worker_.recorder.wait_for_room());
    SLUICE_CO_CHECK(record());
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
  if (!audit_only()) {
    for (auto& [name, value] : settings) SLUICE_CO_CHECK(sql::check_setting(name, value));
    std::erase_if(settings, [](const auto& setting) { return setting.first == "client_encoding"; });
    if (config::upstream_of(*config_, database_)->show_identity) show_identity(settings, identity_);
  }
  UpstreamRequest request{config_, database_, identity_, std::move(settings), audit_only() || !flow.replication().empty(), flow.replication()};
  const net::Deadline deadline = std::chrono::steady_clock::now() + config_->limits.login_timeout;
  auto connected = co_await worker_.connector.connect(std::move(request), deadline);
  (connected.ok() ? worker_.metrics.upstream_connects : worker_.metrics.upstream_failures).add();
  if (!connected.ok()) co_return std::move(connected).error();
  upstream_ = std::move(*connected);
  for (const protocol::ParameterStatus& setting : upstream_->session().parameters) note_setting(setting);
  co_return Done{};
}

net::awaitable<Status> Session::refuse_login(Error error, std::string before) {
  worker_.metrics.refused(error.kind);
  std::string fatal = std::move(before);
  protocol::fatal_response(error).encode(fatal);
  (void)co_await agent_->write(fatal);
  agent_->shutdown_send();
  co_return error;
}

// What PostgreSQL says between AuthenticationOk and the first statement.
std::string Session::welcome(std::uint32_t version) {
  std::string bytes;
  for (const protocol::ParameterStatus& setting : upstream_->session().parameters) setting.encode(bytes);
  // The server's process id, so that NOTIFY and pg_backend_pid() agree with it; a key of our own, since
  // the server's would let the agent cancel behind our back.
  std::array<std::uint8_t, kLongKeyBytes> key{};
  fill_random(key);
  cancel_key_.assign(reinterpret_cast<const char*>(key.data()), version >= protocol::kProtocol32 ? kLongKeyBytes : kShortKeyBytes);
  const std::weak_ptr<Session> self = weak_from_this();
  worker_.gateway.cancels.add(process_id_, cancel_key_, [self, executor = worker_.executor](std::function<void()> done) {
    net::post(executor, [self, done = std::move(done)] {
      const std::shared_ptr<Session> session = self.lock();
      session ? session->cancel(done) : done();
    });
  });
  registered_ = true;
  protocol::BackendKeyData{upstream_->session().key.process_id, cancel_key_}.encode(bytes);
  protocol::ReadyForQuery{protocol::TransactionStatus::idle}.encode(bytes);
  return bytes;
}

void Session::cancel(std::function<void()> done) {
  const bool upstream = !holding_ && !asking_;
  if (holding_ && !over_) {
    hold_canceled_ = true;
    hold_.notify();
  }
  if (asking_ && !over_) cancel_requested_ = true;
  if (over_ || !upstream_ || !upstream) {
    if (done) done();
    return;
  }
  worker_.metrics.cancels.add();
  net::spawn(worker_.executor, cancel_upstream(shared_from_this(), std::move(done)));
}

net::awaitable<void> Session::cancel_upstream(std::shared_ptr<Session> self, std::function<void()> done) {
  UpstreamConnection& upstream = *self->upstream_;
  const net::Deadline deadline = std::chrono::steady_clock::now() + kCancelPatience;
  net::awaitable<void> canceling = self->worker_.connector.cancel(upstream.server(), upstream.session().key, deadline);
  co_await std::move(canceling);
  if (done) done();
}

}  // namespace sluice::gateway
