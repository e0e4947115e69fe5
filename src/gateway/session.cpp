#include "gateway/session.h"

#include <chrono>
#include <utility>

#include "gateway/admin_session.h"
#include "gateway/session_catalog.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

namespace {
constexpr std::size_t kReadBytes = 1024;  // at the least: the buffer gives all the room it has
constexpr std::chrono::seconds kRefreshEvery{1};
constexpr std::size_t kMaxBuffered = 64 * 1024;
constexpr std::size_t kMaxLoginBytes = protocol::kMaxLoginMessageBytes;

Error shutdown_error() { return make_error(ErrorKind::shutting_down, "terminating connection due to administrator command"); }

// A name that the catalog does not know may have come into being since it was read.
bool may_be_out_of_date(ErrorKind kind) {
  return kind == ErrorKind::undefined_table || kind == ErrorKind::undefined_column || kind == ErrorKind::undefined_function ||
         kind == ErrorKind::undefined_object;
}
}  // namespace

Session::Session(WorkerContext& worker, std::unique_ptr<net::ByteStream> agent, std::uint64_t id)
    : worker_(worker),
      agent_(std::move(agent)),
      to_agent_(std::make_unique<AgentWriter>(*agent_, worker.executor, worker.metrics.bytes_to_agents)),
      from_agent_(kMaxLoginBytes),
      from_upstream_(protocol::FrameWalker::Source::upstream, 16u << 20),
      id_(id),
      config_(worker.gateway.board.config()),
      limits_(&config_->limits.session),
      alarm_(worker.executor),
      progress_(worker.executor),
      hold_(worker.executor) {
  worker_.gateway.sessions.fetch_add(1, std::memory_order_relaxed);
  worker_.metrics.sessions[static_cast<std::size_t>(doing_)].add();
  ++worker_.logins;
}

Session::~Session() {
  worker_.gateway.sessions.fetch_sub(1, std::memory_order_relaxed);
  worker_.metrics.sessions[static_cast<std::size_t>(doing_)].subtract();
  worker_.gateway.memory.fetch_sub(claimed_memory_, std::memory_order_relaxed);
  if (logging_in_) --worker_.logins;
  if (counted_) worker_.gateway.counts.leave(identity_.id);
  if (registered_) worker_.gateway.cancels.remove(process_id_, cancel_key_);
}

net::awaitable<void> Session::run() {
  const std::shared_ptr<Session> self = shared_from_this();  // watchers may outlive the loops
  const Status logged_in = co_await log_in();
  if (logged_in.ok() && admin_) {
    co_await serve_admin();
  } else if (logged_in.ok()) {
    co_await net::both(serve_agent(), relay());
  }
  agent_->close();
  co_await record_unfinished();
  if (opened_) {
    Status recorded = worker_.recorder.session_closed(id_, worker_.gateway.clock.now());
    if (!recorded.ok() && (co_await worker_.recorder.wait_for_room()).ok()) {
      recorded = worker_.recorder.session_closed(id_, worker_.gateway.clock.now());
    }
  }
}

void Session::close() noexcept {
  over_ = true;
  hold_canceled_ = true;
  agent_->close();
  if (upstream_) upstream_->stream().close();
  progress_.notify();
  hold_.notify();
}

void Session::drain() {
  draining_ = true;
  if (admin_ && opened_) return end_admin(shutdown_error());
  if (holding_) {
    hold_canceled_ = true;
    hold_.notify();
  }
  if (!registered_) {  // not let in yet
    ending_ = make_error(ErrorKind::cannot_connect_now, "the database system is shutting down");
    if (logging_in_) agent_->set_deadline(std::chrono::steady_clock::now());
    return;
  }
  if (!holding_ && ledger_.empty() && transaction_ == protocol::TransactionStatus::idle && !extended_open_) {
    end_idle(shutdown_error());
  }
}

net::awaitable<void> Session::serve_agent() {
  while (!over_) {
    auto message = from_agent_.next();
    if (!message.ok()) {
      if (message.error().kind == ErrorKind::message_too_large) worker_.metrics.hit(Limit::max_message_bytes);
      worker_.metrics.refused(message.error().kind);
      std::string fatal;
      protocol::fatal_response(message.error()).encode(fatal);
      (void)co_await to_agent_->write(fatal);
      break;
    }
    if (message->has_value()) {
      const protocol::MessageView view = **message;
      if (ends_idle_) {  // it came just before the end: it is no longer idle, so it goes on
        ends_idle_ = false;
        ending_.reset();
        agent_->set_deadline(net::kNever);
      }
      Status handled = co_await on_message(view);
      if (handled.ok() && ledger_.size() >= kMaxOwed) handled = co_await bound_pipeline();
      if (handled.ok()) continue;
      if (!over_ && !fatal_forwarded_) {
        worker_.metrics.refused(handled.error().kind);
        std::string fatal;
        protocol::fatal_response(handled.error()).encode(fatal);
        (void)co_await to_agent_->write(fatal);
      }
      break;
    }
    const Status sent = co_await flush_upstream();
    if (!sent.ok()) break;
    note_activity();
    const bool more = co_await fill();
    if (!more) break;
  }
  if (ending_ && !over_ && !fatal_forwarded_ && !from_upstream_.inside_bulk()) {
    worker_.metrics.refused(ending_->kind);
    agent_->set_deadline(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    std::string fatal;
    protocol::fatal_response(*ending_).encode(fatal);
    (void)co_await to_agent_->write(fatal);
  }
  // An agent that only shut its sending side still gets what it is owed.
  if (agent_gone_ && !over_ && (co_await flush_upstream()).ok()) (void)co_await settle();
  if (!over_) {
    upstream_->terminate();
    (void)co_await flush_upstream();
  }
  close();
}

net::awaitable<bool> Session::fill() {
  if (reading_agent_) {
    // A read that began while a statement was held is still under way: its bytes are the next ones.
    while (reading_agent_) (void)co_await hold_.wait();
    co_return !agent_gone_;
  }
  if (agent_gone_) co_return false;
  const std::span<char> room = from_agent_.prepare(kReadBytes);
  if (const Status enough = check_memory(); !enough.ok()) {
    ending_ = enough.error();
    co_return false;
  }
  Result<std::size_t> size = co_await agent_->read_some(room);
  if (!size.ok()) {
    // Nobody is left to read the answer: what runs for it may stop. (An agent that merely ended its
    // sending side is still there, and is told apart by an orderly end.)
    note_stuck_write(size.error());
    if (!ledger_.empty() && !over_ && !draining_) cancel();
    co_return false;
  }
  if (*size == 0) {
    agent_gone_ = true;
    co_return false;
  }
  worker_.metrics.bytes_from_agents.add(*size);
  from_agent_.commit(*size);
  co_return true;
}

net::awaitable<Status> Session::on_message(const protocol::MessageView& message) {
  if (upstream_->buffered() > kMaxBuffered) SLUICE_CO_CHECK(co_await flush_upstream());
  if (replication_ && message.type != protocol::Terminate::kType) co_return co_await replication_message(message);
  if (audit_only() && message.type != protocol::Terminate::kType) co_return co_await record_message(message);
  switch (message.type) {
    case 'Q': co_return co_await on_query(message);
    case 'P': co_return co_await on_parse(message);
    case 'B': co_return co_await on_bind(message);
    case 'D': co_return co_await on_describe(message);
    case 'E': co_return co_await on_execute(message);
    case 'C': co_return co_await on_close(message);
    case 'S': co_return co_await on_sync(message);
    case 'H':
      if (!skip_to_sync_) upstream_->pass(message);
      co_return Done{};
    case 'd':
      upstream_->pass(message);
      co_return Done{};
    case 'c':
    case 'f':
      upstream_->pass(message);
      ledger_.copy_ended();
      co_return Done{};
    case 'F':
      if (skips()) co_return Done{};
      SLUICE_CO_CHECK(co_await record_refusal(0, ErrorKind::not_supported, message.body));
      co_return co_await refuse_function_call(make_error(ErrorKind::not_supported, "function calls of the protocol are not supported",
                                                         "call the function in a SELECT statement"));
    case 'X':
      agent_gone_ = false;
      over_ = true;
      upstream_->terminate();
      (void)co_await flush_upstream();
      co_return make_error(ErrorKind::canceled, "terminated");
    default:
      co_return make_error(ErrorKind::protocol_violation, "invalid frontend message type " + std::to_string(static_cast<unsigned char>(message.type)));
  }
}

Status Session::look_at_snapshot() {
  const std::uint64_t generation = worker_.gateway.board.generation();
  if (generation == generation_ && snapshot_) return Done{};
  SLUICE_TRY(snapshot, worker_.gateway.board.snapshot(database_));
  use_published(std::move(snapshot));
  config_ = worker_.gateway.board.config();
  limits_ = &config_->limits.session;
  generation_ = generation;
  // Who was removed from the configuration, or changed in it, goes no further under the old one.
  const config::IdentityEntry* entry = config::entry_of(*config_, identity_.id);
  if (entry == nullptr || !(config_->databases.contains(database_) || config::is_passed_on(*config_, database_))) {
    return make_error(ErrorKind::shutting_down, "terminating connection because the configuration no longer admits it");
  }
  identity_ = config::identity_of(*entry, identity_.id);
  const policy::Grade grade = policy::grade_of(*published_->policy, identity_, database_).grade;
  if (opened_ && grade != grade_) {
    // What the session has made of itself so far was not looked at with the other grade's eyes.
    return make_error(ErrorKind::shutting_down, "terminating connection because the configuration changed");
  }
  grade_ = grade;
  limits_ = &entry->limits;
  from_agent_.set_limit(limits_->max_message_bytes);
  return Done{};
}

void Session::use_published(std::shared_ptr<const plan::Snapshot> published) {
  if (snapshot_ != published_) names_.mark_stale();  // our own tables go on top anew
  published_ = std::move(published);
  snapshot_ = published_;
}

net::awaitable<Status> Session::ask_names(protocol::Fate fate) {
  SLUICE_CO_CHECK(co_await settle());
  auto answer = co_await ask(audit_only() ? SessionNames::kQuietQuestion : SessionNames::kQuestion, nullptr, nullptr, fate);
  if (!answer.ok()) co_return std::move(answer).error();
  const auto& rows = (*answer)->rows;
  if ((*answer)->failed || rows.size() != 1) co_return make_error(ErrorKind::internal, "could not read the search path of the session");
  if (audit_only() && rows.front().front().empty()) co_return Done{};  // it cannot be told yet
  names_.answered(rows.front(), config_->policy.allowed_functions);
  snapshot_ = published_;
  if (names_.current().temporary_schema.empty() && !in_transaction()) co_return Done{};

  auto own = co_await ask(kSessionRelationsQuestion, nullptr, nullptr, fate);
  if (!own.ok()) co_return std::move(own).error();
  if ((*own)->failed) co_return make_error(ErrorKind::internal, "could not read the session's own tables");
  SLUICE_CO_TRY(relations, session_relations((*own)->rows));
  snapshot_ = overlay(published_, std::move(relations), database_, worker_.gateway.next_overlay_version++);
  co_return Done{};
}

net::awaitable<Status> Session::prepare_names() {
  if (settle_first_) {
    SLUICE_CO_CHECK(co_await settle());
    settle_first_ = false;
    if (ledger_.skipping()) co_return Done{};  // an error has made void what comes now
  }
  if (catalog_stale_ && (!in_transaction() || ended_in_pipeline_)) {
    catalog_stale_ = false;
    ended_in_pipeline_ = false;
    auto refreshed = co_await worker_.gateway.board.refresh(database_);
    if (!refreshed.ok()) co_return std::move(refreshed).error();
  }
  SLUICE_CO_CHECK(look_at_snapshot());
  // In a failed transaction nothing but its end can run, whatever names mean.
  if (names_.stale() && transaction_ != protocol::TransactionStatus::failed) SLUICE_CO_CHECK(co_await ask_names());
  co_return Done{};
}

Result<std::shared_ptr<const PlannedText>> Session::plan_now(std::string_view text, const sql::NameContext& names) {
  const sql::ParseLimits limits{config_->limits.max_statement_bytes, config_->limits.max_statement_depth};
  if (!scope_ || !(scope_->names() == names) || !(scope_->identity() == identity_) || scope_->reading() != reading_) {
    scope_.emplace(identity_, database_, names, reading_);
  }
  const std::uint64_t hits = worker_.plans.hits();
  auto planned = worker_.plans.plan(text, *scope_, *snapshot_, limits);
  (worker_.plans.hits() != hits ? worker_.metrics.plan_hits : worker_.metrics.plan_misses).add();
  return planned;
}

net::awaitable<Result<std::shared_ptr<const PlannedText>>> Session::plan(std::string_view text, const sql::NameContext& names) {
  auto planned = plan_now(text, names);
  if (planned.ok()) co_return planned;
  if (planned.error().kind == ErrorKind::audit_unavailable) {
    SLUICE_CO_CHECK(co_await worker_.recorder.wait_for_room());
    co_return plan_now(text, names);
  }
  // Names that do not exist must not let an agent keep the upstream busy with questions about its catalog.
  const auto now = std::chrono::steady_clock::now();
  if (!may_be_out_of_date(planned.error().kind) || now < next_refresh_) co_return planned;
  next_refresh_ = now + kRefreshEvery;
  auto refreshed = co_await worker_.gateway.board.refresh(database_);
  if (!refreshed.ok() || (*refreshed)->versions == published_->versions) co_return planned;
  use_published(std::move(*refreshed));
  if (names_.stale() && transaction_ != protocol::TransactionStatus::failed) SLUICE_CO_CHECK(co_await ask_names());
  co_return plan_now(text, names);
}

void Session::send_flags(const PlannedText& text) {
  for (const plan::StatementPlan& statement : text.plan->statements) {
    const sql::Analysis& analysis = statement.analysis;
    if (!std::holds_alternative<std::monostate>(analysis.session_change) || analysis.changes_catalog ||
        analysis.kind == sql::StatementKind::create_temporary) {
      settle_first_ = true;
    }
    // What a transaction changed goes with it.
    const bool undoes = analysis.kind == sql::StatementKind::commit || analysis.kind == sql::StatementKind::rollback ||
                        analysis.kind == sql::StatementKind::rollback_to_savepoint;
    if (undoes && (names_.changed_in_transaction() || transaction_ == protocol::TransactionStatus::failed)) settle_first_ = true;
  }
}

}  // namespace sluice::gateway
