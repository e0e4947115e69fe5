// The extended query protocol: Parse, Bind, Describe, Execute, Close, Sync (manual section 55.2.3).
#include <algorithm>
#include <utility>

#include "gateway/session.h"
#include "plan/plan_statement.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using protocol::Fate;
using protocol::NamedObject;
using protocol::Owed;

namespace {
Error no_such_statement(std::string_view name) {
  if (name.empty()) return make_error(ErrorKind::undefined_prepared_statement, "unnamed prepared statement does not exist");
  return make_error(ErrorKind::undefined_prepared_statement, "prepared statement \"" + std::string(name) + "\" does not exist");
}
Error no_such_portal(std::string_view name) {
  return make_error(ErrorKind::undefined_cursor, "portal \"" + std::string(name) + "\" does not exist");
}
std::vector<approvals::Parameter> parameters_of(const protocol::BindView& bind, const std::vector<Oid>& types) {
  std::vector<approvals::Parameter> parameters;
  for (const auto& value : bind.parameters) {
    const std::size_t index = parameters.size();
    approvals::Parameter parameter;
    parameter.null = !value.has_value();
    parameter.binary = bind.parameter_format(index) == 1;
    if (value) parameter.value.assign(*value);
    parameter.type = index < types.size() ? types[index] : 0;
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

// A value of such a type runs code of the database when Bind makes it of a parameter.
Status check_parameter_types(const protocol::ParseView& parse, const plan::Snapshot& snapshot) {
  for (std::size_t i = 0; i < parse.parameter_types.size(); ++i) {
    for (const sql::Routine* routine : snapshot.catalog->code().of_type(parse.parameter_types[i])) {
      const auto& allowed = snapshot.policy->allowed_functions;
      if (std::find(allowed.begin(), allowed.end(), routine->full_name()) != allowed.end()) continue;
      return make_error(ErrorKind::denied, "permission denied for the type of parameter $" + std::to_string(i + 1) + ": its values could run code of the database",
                        "Leave the type to PostgreSQL, or declare the parameter as text.");
    }
  }
  return Done{};
}
}  // namespace

net::awaitable<Status> Session::on_parse(const protocol::MessageView& message) {
  if (skips()) co_return Done{};
  const auto parse = protocol::ParseView::decode(message.body);
  if (!parse.ok()) co_return co_await refuse_extended(parse.error());
  const Status named = co_await prepare_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_extended(named.error());
  if (!named.ok()) co_return named.error();
  if (skips()) co_return Done{};

  auto planned = co_await plan(parse->query, names_.current());
  // PostgreSQL forgets the unnamed statement before it looks at the new one.
  if (parse->statement.empty() && !planned.ok()) objects_.drop_statement({});
  const bool several = planned.ok() ? (*planned)->plan->statements.size() > 1 : planned.error().kind == ErrorKind::planned_in_parts;
  if (several) {
    planned = make_error(ErrorKind::syntax_error, "cannot insert multiple commands into a prepared statement");
  }
  if (planned.ok() && (*planned)->plan->verdict() == policy::Verdict::deny) {
    count_statements(*(*planned)->plan);
    SLUICE_CO_CHECK(co_await record_refusal((*planned)->facts.front(), ErrorKind::denied, parse->query));
    co_return co_await refuse_extended(plan::denial_of(*(*planned)->plan));
  }
  if (planned.ok() && (*planned)->plan->grade != policy::Grade::audit_only) {
    const Status types = check_parameter_types(*parse, *snapshot_);
    if (!types.ok()) planned = types.error();
  }
  if (!planned.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(0, planned.error().kind, parse->query));
    co_return co_await refuse_extended(std::move(planned.error()));
  }
  if (Status room = check_new_statement(parse->statement, parse->query.size()); !room.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal((*planned)->facts.empty() ? 0 : (*planned)->facts.front(), room.error().kind, parse->query));
    co_return co_await refuse_extended(std::move(room).error());
  }
  auto statement = std::make_shared<PreparedStatement>();
  statement->text = std::move(*planned);
  statement->source.assign(parse->query);
  statement->names = names_.current();
  statement->published = published_->versions;
  for (std::size_t i = 0; i < parse->parameter_types.size(); ++i) statement->parameter_types.push_back(parse->parameter_types[i]);

  upstream_->parse(*statement->text->plan, *parse, message);
  extended_open_ = true;
  ReplyContext context;
  context.change = ReplyContext::Change::define_statement;
  context.name.assign(parse->statement);
  context.statement = std::move(statement);
  ledger_.expect({Owed::parse, Fate::forward, std::move(context), false});
  co_return Done{};
}

// A statement that was prepared under an older policy or catalog runs on only if it would be the same today.
net::awaitable<Result<std::shared_ptr<const PlannedText>>> Session::freshen(const PreparedStatement& statement) {
  if (statement.text->plan->versions == snapshot_->versions) co_return statement.text;
  auto planned = co_await plan(statement.source, statement.names);
  if (!planned.ok()) co_return std::move(planned).error();
  const auto& before = statement.text->plan->upstream;
  const auto& after = (*planned)->plan->upstream;
  const bool same = before.has_value() == after.has_value() && (!before || before->text() == after->text());
  if ((*planned)->plan->verdict() == policy::Verdict::deny) co_return plan::denial_of(*(*planned)->plan);
  if (!same) {
    co_return make_error(ErrorKind::not_supported, "cached plan must not change result type",
                         "the policy or the schema changed: prepare the statement again");
  }
  co_return std::move(*planned);
}

net::awaitable<Status> Session::on_bind(const protocol::MessageView& message) {
  if (skips()) co_return Done{};
  const auto bind = protocol::BindView::decode(message.body);
  if (!bind.ok()) co_return co_await refuse_extended(bind.error());
  const Status named = co_await prepare_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_extended(named.error());
  if (!named.ok()) co_return named.error();
  if (skips()) co_return Done{};
  const std::shared_ptr<const PreparedStatement> statement = objects_.statement(bind->statement, ledger_);
  if (!statement) co_return co_await refuse_extended(no_such_statement(bind->statement));
  auto fresh = co_await freshen(*statement);
  if (!fresh.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(0, fresh.error().kind, statement->source));
    co_return co_await refuse_extended(std::move(fresh.error()));
  }
  if (Status room = check_new_portal(bind->portal); !room.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(0, room.error().kind, statement->source));
    co_return co_await refuse_extended(std::move(room).error());
  }
  auto portal = std::make_shared<Portal>();
  portal->text = std::move(*fresh);
  portal->statement = statement;
  ResolvedText resolved{portal->text, nullptr, nullptr};
  if (is_indirect(*portal->text)) {
    // What does not exist, or no longer fits, is for Execute to say.
    auto looked_up = co_await resolve_indirect(portal->text);
    if (looked_up.ok()) resolved = std::move(*looked_up);
    portal->executes = resolved.executes;
  }
  std::string copy;
  protocol::MessageView original = message;
  std::string name(bind->portal);
  if (!runs_freely(*resolved.text->plan)) {
    // A hold reads on from the agent, and the message's bytes may move: keep our own.
    copy.assign(message.whole);
    original = {message.type, std::string_view(copy).substr(protocol::kHeaderBytes), copy};
    const auto kept = protocol::BindView::decode(original.body);
    if (!kept.ok()) co_return co_await refuse_extended(kept.error());
    const std::string held = held_source(resolved, statement->source);
    auto leave = co_await obtain_leave(*resolved.text, held, statement->source, parameters_of(*kept, statement->parameter_types), &*kept,
                                       &statement->parameter_types);
    if (!leave.ok()) {
      count_statements(*portal->text->plan);
      if (leave.error().message.empty()) {  // the upstream's own error went to the agent
        if (!extended_open_) skip_to_sync_ = true;
        co_return Done{};
      }
      const control::FactsRef facts = resolved.text->facts.empty() ? 0 : resolved.text->facts.front();
      SLUICE_CO_CHECK(co_await record_refusal(facts, leave.error().kind, statement->source));
      if (leave.error().kind == ErrorKind::shutting_down) co_return leave.error();
      co_return co_await refuse_extended(std::move(leave.error()));
    }
    portal->run = std::move(*leave);
    if (portal->run) portal->approved_by = portal->run->request;
  }
  upstream_->pass(original);
  extended_open_ = true;
  pipeline_ran_ = true;
  ReplyContext context;
  context.change = ReplyContext::Change::define_portal;
  context.name = std::move(name);
  context.portal = std::move(portal);
  ledger_.expect({Owed::bind, Fate::forward, std::move(context), false});
  co_return Done{};
}

net::awaitable<Status> Session::on_describe(const protocol::MessageView& message) {
  if (skips()) co_return Done{};
  const auto describe = protocol::DescribeView::decode(message.body);
  if (!describe.ok()) co_return co_await refuse_extended(describe.error());
  const bool is_portal = describe->object == NamedObject::portal;
  ReplyContext context;
  if (is_portal) {
    const auto portal = objects_.portal(describe->name, ledger_);
    if (!portal) co_return co_await refuse_extended(no_such_portal(describe->name));
    context.described = portal->text;
  } else {
    const auto statement = objects_.statement(describe->name, ledger_);
    if (!statement) co_return co_await refuse_extended(no_such_statement(describe->name));
    context.described = statement->text;
  }
  if (is_indirect(*context.described)) {
    auto resolved = co_await resolve_indirect(context.described);
    if (resolved.ok()) context.described = resolved->fetches ? resolved->fetches->text : resolved->text;
    else context.described = nullptr;  // Execute will not get that far
  }
  upstream_->pass(message);
  extended_open_ = true;
  ledger_.expect({is_portal ? Owed::describe_portal : Owed::describe_statement, Fate::forward, std::move(context), false});
  co_return Done{};
}

net::awaitable<Status> Session::on_execute(const protocol::MessageView& message) {
  if (skips()) co_return Done{};
  const auto execute = protocol::ExecuteView::decode(message.body);
  if (!execute.ok()) co_return co_await refuse_extended(execute.error());
  const std::shared_ptr<const Portal> portal = objects_.portal(execute->portal, ledger_);
  if (!portal) co_return co_await refuse_extended(no_such_portal(execute->portal));
  ResolvedText resolved{portal->text, nullptr, nullptr};
  if (is_indirect(*portal->text)) {
    auto looked_up = co_await resolve_indirect(portal->text);
    if (looked_up.ok() && looked_up->executes != portal->executes && !runs_freely(*looked_up->text->plan)) {
      looked_up = make_error(ErrorKind::not_supported, "the prepared statement has changed since the portal was bound", "Bind it again.");
    }
    if (!looked_up.ok()) {
      const std::string_view source = portal->statement ? std::string_view(portal->statement->source) : std::string_view();
      SLUICE_CO_CHECK(co_await record_refusal(0, looked_up.error().kind, source));
      co_return co_await refuse_extended(std::move(looked_up.error()));
    }
    resolved = std::move(*looked_up);
  }
  const std::shared_ptr<const PlannedText> text = resolved.text;
  auto permit = co_await obtain_permit(worker_.recorder, text, id_, next_statement_, portal->approved_by, worker_.gateway.clock);
  if (!permit.ok()) co_return co_await refuse_extended(std::move(permit.error()));
  next_statement_ += text->facts.size();
  const std::shared_ptr<RunningText> running = permit->running();
  running->run = resolved.fetches ? resolved.fetches->run : portal->run;
  if (portal->statement) note_definition(*running, portal->statement->source, portal->statement->names);
  if (resolved.fetches) running->rows_of = resolved.fetches->text;
  count_statements(*text->plan);
  const bool counted = running->run && running->run->max_rows && plan::row_counting(text->plan->statements.front().analysis, {}) == plan::RowCounting::countable;
  if (counted) {
    Status begun = co_await begin_counting(*running);
    if (!begun.ok()) co_return co_await refuse_counted(*running, std::move(begun).error());
  }
  upstream_->execute(*permit, message);
  extended_open_ = true;
  pipeline_ran_ = true;
  ReplyContext context;
  context.running = running;
  ledger_.expect({Owed::execute, Fate::forward, std::move(context), false});
  send_flags(*text);
  if (counted) co_return co_await end_counting(running, 0);
  co_return Done{};
}

net::awaitable<Status> Session::on_close(const protocol::MessageView& message) {
  if (skips()) co_return Done{};
  const auto close = protocol::CloseView::decode(message.body);
  if (!close.ok()) co_return co_await refuse_extended(close.error());
  upstream_->pass(message);
  extended_open_ = true;
  ReplyContext context;
  context.change = close->object == NamedObject::portal ? ReplyContext::Change::drop_portal : ReplyContext::Change::drop_statement;
  context.name.assign(close->name);
  ledger_.expect({Owed::close, Fate::forward, std::move(context), false});
  co_return Done{};
}

net::awaitable<Status> Session::on_sync(const protocol::MessageView& message) {
  if (skip_to_sync_) {
    skip_to_sync_ = false;
    co_return co_await to_agent_->write(ready_for_query());
  }
  upstream_->pass(message);
  upstream_fails_ = false;
  if (!ledger_.awaits_copy_data()) extended_open_ = pipeline_ran_ = false;
  ledger_.expect({Owed::sync, Fate::forward, {}, false});
  co_return Done{};
}

}  // namespace sluice::gateway
