// The Query message: one or more statements in one text.
#include <algorithm>
#include <utility>

#include "gateway/session.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using policy::Verdict;
using protocol::Fate;
using protocol::Owed;

namespace {
std::string_view query_text(const protocol::MessageView& query) {
  return query.body.substr(0, query.body.size() - 1);  // decoded before: ends with NUL
}
}  // namespace

bool Session::runs_freely(const plan::TextPlan& plan) {
  if (plan.verdict() != Verdict::allow) return false;
  return std::none_of(plan.statements.begin(), plan.statements.end(), [](const plan::StatementPlan& statement) {
    const auto& obligations = statement.decision.obligations;
    return std::any_of(obligations.begin(), obligations.end(),
                       [](const policy::Obligation& obligation) { return std::holds_alternative<policy::HoldAboveEstimate>(obligation); });
  });
}

net::awaitable<Status> Session::on_query(const protocol::MessageView& message) {
  if (skips()) co_return Done{};  // as the upstream would
  const auto query = protocol::QueryView::decode(message.body);
  if (!query.ok()) co_return co_await refuse_query(query.error());
  const Status named = co_await prepare_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_query(named.error());
  if (!named.ok()) co_return named.error();

  auto planned = co_await plan(query->query, names_.current());
  if (!planned.ok() && planned.error().kind == ErrorKind::planned_in_parts) {
    std::string all(query->query);
    co_return co_await query_in_parts(std::move(all));
  }
  ResolvedText resolved;
  if (planned.ok() && is_indirect(**planned)) {
    auto looked_up = co_await resolve_indirect(*planned);
    if (looked_up.ok()) resolved = std::move(*looked_up);
    else planned = std::move(looked_up.error());
  } else if (planned.ok()) {
    resolved.text = std::move(*planned);
  }
  if (!planned.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(0, planned.error().kind, query->query));
    co_return co_await refuse_query(std::move(planned.error()));
  }
  // Where rows are counted, nothing may be committed before: a Query commits by itself.
  if (is_counted(resolved)) {
    std::string all(query->query);
    co_return co_await query_in_parts(std::move(all));
  }
  const std::shared_ptr<const PlannedText> text = resolved.text;
  count_statements(*text->plan);
  if (Status room = check_new_objects(*text->plan); !room.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(text->facts.empty() ? 0 : text->facts.front(), room.error().kind, query->query));
    co_return co_await refuse_query(std::move(room).error());
  }

  // A hold reads on from the agent, and the message's bytes may move: keep our own.
  std::shared_ptr<ApprovedRun> run;
  std::string copy;
  protocol::MessageView original = message;
  if (!runs_freely(*text->plan)) {
    copy.assign(message.whole);
    original = {message.type, std::string_view(copy).substr(protocol::kHeaderBytes), copy};
    const std::string_view source = std::string_view(copy).substr(protocol::kHeaderBytes, query->query.size());
    const std::string held = held_source(resolved, source);
    auto leave = co_await obtain_leave(*text, held, source, {}, nullptr, nullptr);
    if (!leave.ok()) {
      if (leave.error().message.empty()) co_return co_await to_agent_->write(ready_for_query());  // the upstream's own error went out
      SLUICE_CO_CHECK(co_await record_refusal(text->facts.empty() ? 0 : text->facts.front(), leave.error().kind, source));
      if (leave.error().kind == ErrorKind::shutting_down) co_return leave.error();
      co_return co_await refuse_query(std::move(leave.error()));
    }
    run = std::move(*leave);
  }

  const RequestId approved_by = run ? run->request : RequestId{};
  auto permit = co_await obtain_permit(worker_.recorder, text, id_, next_statement_, approved_by, worker_.gateway.clock);
  if (!permit.ok()) co_return co_await refuse_query(std::move(permit.error()));
  next_statement_ += text->facts.size();
  permit->running()->run = std::move(run);
  note_definition(*permit->running(), query_text(original), names_.current());
  if (resolved.fetches) permit->running()->rows_of = resolved.fetches->text;
  upstream_->query(*permit, original);
  ReplyContext context;
  context.running = permit->running();
  context.change = ReplyContext::Change::drop_statement;  // a Query ends the unnamed statement
  ledger_.expect({Owed::query, Fate::forward, std::move(context), false});
  send_flags(*text);
  co_return Done{};
}

}  // namespace sluice::gateway
