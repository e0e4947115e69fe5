// Grade::audit_only: every message goes upstream as it came, and what runs is recorded.
#include <chrono>
#include <utility>

#include "gateway/session.h"
#include "protocol/statement_messages.h"

namespace sluice::gateway {

using protocol::Fate;
using protocol::NamedObject;
using protocol::Owed;

namespace {
constexpr std::chrono::seconds kRefreshEvery{1};

// As PostgreSQL reads a string of a message; what is malformed is for the upstream to say.
std::string_view text_of(std::string_view body) { return body.substr(0, body.find('\0')); }
}  // namespace

net::awaitable<Status> Session::record_message(const protocol::MessageView& message) {
  // The upstream ignores these: they run nothing, and there is nothing to record.
  if (skips() && message.type != protocol::Sync::kType) co_return Done{};
  switch (message.type) {
    case 'Q': co_return co_await record_query(message);
    case 'P': co_return co_await record_parse(message);
    case 'B': co_return co_await record_bind(message);
    case 'E': co_return co_await record_execute(message);
    case 'F': co_return co_await record_function_call(message);
    case 'S': co_return co_await on_sync(message);
    case 'D':
    case 'C':
    case 'H':
    case 'd':
    case 'c':
    case 'f':
      pass_other(message);
      co_return Done{};
    default:
      co_return make_error(ErrorKind::protocol_violation, "invalid frontend message type " + std::to_string(static_cast<unsigned char>(message.type)));
  }
}

void Session::pass_other(const protocol::MessageView& message) {
  upstream_->pass(message);
  if (message.type == 'D') {
    const auto describe = protocol::DescribeView::decode(message.body);
    const bool portal = describe.ok() && describe->object == NamedObject::portal;
    extended_open_ = true;
    ledger_.expect({portal ? Owed::describe_portal : Owed::describe_statement, Fate::forward, {}});
  }
  if (message.type == 'C') {
    ReplyContext context;
    if (const auto close = protocol::CloseView::decode(message.body); close.ok()) {
      context.change = close->object == NamedObject::portal ? ReplyContext::Change::drop_portal : ReplyContext::Change::drop_statement;
      context.name.assign(close->name);
    }
    extended_open_ = true;
    ledger_.expect({Owed::close, Fate::forward, std::move(context)});
  }
  if (message.type == 'c' || message.type == 'f') ledger_.copy_ended();
}

net::awaitable<Status> Session::record_query(const protocol::MessageView& message) {
  const Status named = co_await record_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_query(named.error());
  if (!named.ok()) co_return named.error();
  SLUICE_CO_TRY(text, co_await plan(text_of(message.body), recorded_names()));
  // What EXECUTE and FETCH run is recorded as what they run, if the session knows it.
  if (is_indirect(*text)) {
    auto resolved = co_await resolve_indirect(text);
    if (resolved.ok()) text = std::move(resolved->text);
  }
  RequestId by_rule;  // nobody approved it: a rule lets it pass
  SLUICE_CO_TRY(permit, co_await obtain_permit(worker_.recorder, text, id_, next_statement_, by_rule, worker_.gateway.clock));
  next_statement_ += text->facts.size();
  note_definition(*permit.running(), text_of(message.body), recorded_names());
  count_statements(*text->plan);
  upstream_->query(permit, message);
  ReplyContext context;
  context.running = permit.running();
  context.change = ReplyContext::Change::drop_statement;  // a Query ends the unnamed statement
  ledger_.expect({Owed::query, Fate::forward, std::move(context)});
  send_flags(*text);
  co_return Done{};
}

net::awaitable<Status> Session::record_parse(const protocol::MessageView& message) {
  const Status named = co_await record_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_extended(named.error());
  if (!named.ok()) co_return named.error();
  ReplyContext context;
  if (const auto parse = protocol::ParseView::decode(message.body); parse.ok()) {
    auto statement = std::make_shared<PreparedStatement>();
    SLUICE_CO_TRY(text, co_await plan(parse->query, recorded_names()));
    statement->text = std::move(text);
    statement->source.assign(parse->query);
    statement->names = recorded_names();
    statement->published = published_->versions;
    context.change = ReplyContext::Change::define_statement;
    context.name.assign(parse->statement);
    context.statement = std::move(statement);
  }
  upstream_->pass(message);
  extended_open_ = true;
  ledger_.expect({Owed::parse, Fate::forward, std::move(context)});
  co_return Done{};
}

// What was prepared or opened by something that was not understood, or is not there at all.
net::awaitable<Result<std::shared_ptr<const PlannedText>>> Session::unread_text() {
  if (!unread_ || unread_->plan->versions != snapshot_->versions) {
    SLUICE_CO_TRY(unread, co_await plan_opaque(sql::StatementKind::unknown, {}));
    unread_ = std::move(unread);
  }
  co_return unread_;
}

net::awaitable<Status> Session::record_bind(const protocol::MessageView& message) {
  SLUICE_CO_CHECK(look_at_snapshot());
  ReplyContext context;
  if (const auto bind = protocol::BindView::decode(message.body); bind.ok()) {
    auto portal = std::make_shared<Portal>();
    const auto statement = objects_.statement(bind->statement, ledger_);
    context.change = ReplyContext::Change::define_portal;
    context.name.assign(bind->portal);
    SLUICE_CO_TRY(unread, co_await unread_text());
    portal->text = statement ? statement->text : std::move(unread);  // as it was read when it was prepared
    portal->statement = statement;
    context.portal = std::move(portal);
  }
  upstream_->pass(message);
  extended_open_ = true;
  ledger_.expect({Owed::bind, Fate::forward, std::move(context)});
  co_return Done{};
}

net::awaitable<Status> Session::record_execute(const protocol::MessageView& message) {
  SLUICE_CO_CHECK(look_at_snapshot());
  std::shared_ptr<const PlannedText> text;
  std::shared_ptr<const PreparedStatement> prepared;
  if (const auto execute = protocol::ExecuteView::decode(message.body); execute.ok()) {
    if (const auto portal = objects_.portal(execute->portal, ledger_)) {
      text = portal->text;
      prepared = portal->statement;
    }
  }
  if (!text) {
    SLUICE_CO_TRY(unread, co_await unread_text());
    text = std::move(unread);
  }
  if (is_indirect(*text)) {
    auto resolved = co_await resolve_indirect(text);
    if (resolved.ok()) text = std::move(resolved->text);
  }
  RequestId by_rule;  // nobody approved it: a rule lets it pass
  SLUICE_CO_TRY(permit, co_await obtain_permit(worker_.recorder, text, id_, next_statement_, by_rule, worker_.gateway.clock));
  next_statement_ += text->facts.size();
  if (prepared) note_definition(*permit.running(), prepared->source, prepared->names);
  count_statements(*text->plan);
  upstream_->execute(permit, message);
  extended_open_ = true;
  ReplyContext context;
  context.running = permit.running();
  ledger_.expect({Owed::execute, Fate::forward, std::move(context)});
  send_flags(*text);
  co_return Done{};
}

net::awaitable<Status> Session::record_function_call(const protocol::MessageView& message) {
  SLUICE_CO_CHECK(look_at_snapshot());
  const auto call = protocol::FunctionCallView::decode(message.body);
  const std::string function = call.ok() ? std::to_string(call->function) : std::string();
  SLUICE_CO_TRY(text, co_await plan_opaque(sql::StatementKind::function_call, function));
  RequestId by_rule;  // nobody approved it: a rule lets it pass
  SLUICE_CO_TRY(permit, co_await obtain_permit(worker_.recorder, text, id_, next_statement_, by_rule, worker_.gateway.clock));
  next_statement_ += text->facts.size();
  count_statements(*text->plan);
  upstream_->function_call(permit, message);
  ReplyContext context;
  context.running = permit.running();
  ledger_.expect({Owed::function_call, Fate::forward, std::move(context)});
  settle_first_ = true;  // nobody knows what it changes
  co_return Done{};
}

// Brings up to date what names mean, where that can be done without being felt: not inside a transaction (a question
// would take its snapshot), a pipeline or COPY data. Elsewhere the record says less (recorded_names()).
net::awaitable<Status> Session::record_names() {
  const bool alone = !replication_ && !extended_open_ && !ledger_.copying_in();
  if (!alone || !(settle_first_ || catalog_stale_ || names_.stale())) co_return look_at_snapshot();
  const Status settled = co_await settle();
  if (over_ || ledger_.copying_in()) co_return over_ ? settled : look_at_snapshot();
  settle_first_ = false;
  SLUICE_CO_CHECK(look_at_snapshot());
  if (transaction_ != protocol::TransactionStatus::idle) co_return Done{};
  const auto now = std::chrono::steady_clock::now();
  if (catalog_stale_ && now >= next_refresh_) {
    catalog_stale_ = false;
    next_refresh_ = now + kRefreshEvery;
    (void)co_await worker_.gateway.board.refresh(database_);
    SLUICE_CO_CHECK(look_at_snapshot());
  }
  if (!names_.stale()) co_return Done{};
  const Status asked = co_await ask_names(Fate::swallow_all);
  if (!asked.ok() && (over_ || asked.error().kind == ErrorKind::canceled)) co_return asked.error();
  co_return Done{};  // no answer: the names stay unsure
}

// Names that may mean anything are not resolved at all: better no record of a table than one of another.
const sql::NameContext& Session::recorded_names() const noexcept {
  static const sql::NameContext kUnknown{{}, {}, {}};
  return settle_first_ || names_.unsure() ? kUnknown : names_.current();
}

net::awaitable<Result<std::shared_ptr<const PlannedText>>> Session::plan_opaque(sql::StatementKind kind, std::string_view text) {
  if (!scope_) scope_.emplace(identity_, database_, recorded_names(), reading_);
  auto planned = worker_.plans.plan_opaque(kind, text, *scope_, *snapshot_);
  if (planned.ok() || planned.error().kind != ErrorKind::audit_unavailable) co_return planned;
  SLUICE_CO_CHECK(co_await worker_.recorder.wait_for_room());
  co_return worker_.plans.plan_opaque(kind, text, *scope_, *snapshot_);
}

void Session::note_setting(const protocol::ParameterStatus& setting) {
  if (setting.name == "client_encoding") reading_.utf8 = setting.value == "UTF8";
  if (setting.name == "standard_conforming_strings") reading_.standard_strings = setting.value == "on";
}

}  // namespace sluice::gateway
