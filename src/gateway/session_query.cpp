// The Query message: one or more statements in one text.
#include <algorithm>
#include <utility>

#include "gateway/session.h"
#include "plan/plan_statement.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using policy::Verdict;
using protocol::Fate;
using protocol::Owed;

namespace {
std::string_view query_text(const protocol::MessageView& query) {
  return query.body.substr(0, query.body.size() - 1);  // decoded before: ends with NUL
}

// EXPLAIN knows nothing of the others.
bool can_be_explained(const plan::TextPlan& plan) {
  if (plan.statements.size() != 1) return false;
  switch (plan.statements.front().analysis.kind) {
    case sql::StatementKind::select:
    case sql::StatementKind::insert:
    case sql::StatementKind::update:
    case sql::StatementKind::delete_:
    case sql::StatementKind::merge:
    case sql::StatementKind::execute:
    case sql::StatementKind::declare_cursor: return true;
    default: return false;  // all that EXPLAIN does not take
  }
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
  const std::shared_ptr<const PlannedText> text = resolved.text;
  count_statements(*text->plan);
  if (Status room = check_new_objects(*text->plan); !room.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(text->facts.empty() ? 0 : text->facts.front(), room.error().kind, query->query));
    co_return co_await refuse_query(std::move(room).error());
  }

  // A hold reads on from the agent, and the message's bytes may move: keep our own.
  RequestId approved_by;
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
    approved_by = std::move(*leave);
  }

  auto permit = co_await obtain_permit(worker_.recorder, text, id_, next_statement_, approved_by, worker_.gateway.clock);
  if (!permit.ok()) co_return co_await refuse_query(std::move(permit.error()));
  next_statement_ += text->facts.size();
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

/// Asks whoever must be asked before the text may run. An error with an empty message means that the
/// upstream refused the statement while it was asked, and that its error has gone to the agent.
net::awaitable<Result<RequestId>> Session::obtain_leave(const PlannedText& text, std::string_view held_text, std::string_view source,
                                                        std::vector<approvals::Parameter> parameters, const protocol::BindView* bind,
                                                        const std::vector<Oid>* types) {
  const plan::TextPlan& plan = *text.plan;
  if (plan.verdict() == Verdict::deny) co_return plan::denial_of(plan);
  std::optional<policy::RequireApproval> requirement;
  std::optional<policy::HoldAboveEstimate> bound;
  for (const plan::StatementPlan& statement : plan.statements) {
    for (const policy::Obligation& obligation : statement.decision.obligations) {
      if (const auto* require = std::get_if<policy::RequireApproval>(&obligation); require != nullptr && !requirement) requirement = *require;
      if (const auto* above = std::get_if<policy::HoldAboveEstimate>(&obligation)) {
        if (!bound || above->rows < bound->rows) bound = *above;
      }
    }
  }
  std::optional<std::uint64_t> estimate;
  if (!requirement && bound) {
    if (can_be_explained(plan)) {
      auto estimated = co_await estimate_rows(text, source, bind, types);
      if (!estimated.ok()) co_return std::move(estimated).error();
      if (!*estimated) co_return Error{};
      estimate = **estimated;
      if (*estimate <= bound->rows) co_return RequestId{};
    }
    requirement = bound->approval;
  }
  if (!requirement) co_return make_error(ErrorKind::internal, "a held statement names no approvers");
  approvals::HeldStatement held = describe_held(text, held_text, std::move(parameters));
  held.estimated_rows = estimate;
  co_return co_await await_approval(std::move(held), std::move(*requirement));
}

}  // namespace sluice::gateway
