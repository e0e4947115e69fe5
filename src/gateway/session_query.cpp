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
// EXECUTE, FETCH and MOVE run what was planned earlier.
bool is_indirect(sql::StatementKind kind) { return kind == sql::StatementKind::execute || kind == sql::StatementKind::fetch; }

bool runs_freely(const plan::TextPlan& plan) {
  if (plan.verdict() != Verdict::allow) return false;
  return std::none_of(plan.statements.begin(), plan.statements.end(), [](const plan::StatementPlan& statement) {
    const auto& obligations = statement.decision.obligations;
    return std::any_of(obligations.begin(), obligations.end(),
                       [](const policy::Obligation& obligation) { return std::holds_alternative<policy::HoldAboveEstimate>(obligation); });
  });
}

bool prepares(const plan::TextPlan& plan) {
  return std::any_of(plan.statements.begin(), plan.statements.end(),
                     [](const plan::StatementPlan& statement) { return statement.analysis.kind == sql::StatementKind::prepare; });
}
}  // namespace

net::awaitable<Status> Session::on_query(const protocol::MessageView& message) {
  if (skips()) co_return Done{};  // as the upstream would
  const auto query = protocol::QueryView::decode(message.body);
  if (!query.ok()) co_return co_await refuse_query(query.error());
  const Status named = co_await prepare_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_query(named.error());
  if (!named.ok()) co_return named.error();

  auto planned = co_await plan(query->query, names_.current());
  if (planned.ok()) planned = resolve_indirect(std::move(*planned));
  if (!planned.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(0, planned.error().kind, query->query));
    co_return co_await refuse_query(std::move(planned.error()));
  }
  const std::shared_ptr<const PlannedText> text = std::move(*planned);

  // A hold reads on from the agent, and the message's bytes may move: keep our own.
  RequestId approved_by;
  std::string copy;
  protocol::MessageView original = message;
  if (!runs_freely(*text->plan)) {
    copy.assign(message.whole);
    original = {message.type, std::string_view(copy).substr(protocol::kHeaderBytes), copy};
    const std::string_view source = std::string_view(copy).substr(protocol::kHeaderBytes, query->query.size());
    auto leave = co_await obtain_leave(*text, source, {}, nullptr, nullptr);
    if (!leave.ok()) {
      if (leave.error().message.empty()) co_return co_await to_agent_->write(ready_for_query());  // the upstream's own error went out
      SLUICE_CO_CHECK(co_await record_refusal(text->facts.empty() ? 0 : text->facts.front(), leave.error().kind, source));
      co_return co_await refuse_query(std::move(leave.error()));
    }
    approved_by = std::move(*leave);
  }

  auto permit = co_await obtain_permit(worker_.recorder, text, id_, next_statement_, approved_by, worker_.gateway.clock);
  if (!permit.ok()) co_return co_await refuse_query(std::move(permit.error()));
  next_statement_ += text->facts.size();
  upstream_->query(*permit, original);
  ReplyContext context;
  context.running = permit->running();
  context.change = ReplyContext::Change::drop_statement;  // a Query ends the unnamed statement
  ledger_.expect({Owed::query, Fate::forward, std::move(context), false});
  send_flags(*text);
  co_return Done{};
}

Result<std::shared_ptr<const PlannedText>> Session::resolve_indirect(std::shared_ptr<const PlannedText> text) const {
  const auto& statements = text->plan->statements;
  const bool any = std::any_of(statements.begin(), statements.end(),
                               [](const plan::StatementPlan& statement) { return is_indirect(statement.analysis.kind); });
  if (!any) return text;
  auto resolved = std::make_shared<PlannedText>(*text);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const sql::Analysis& analysis = statements[i].analysis;
    std::shared_ptr<const PlannedText> meant;
    if (const auto* prepared = std::get_if<sql::PreparedUse>(&analysis.session_change); prepared != nullptr && is_indirect(analysis.kind)) {
      const auto statement = objects_.statement(prepared->statement, ledger_);
      if (!statement) {
        return make_error(ErrorKind::undefined_prepared_statement, "prepared statement \"" + prepared->statement + "\" does not exist");
      }
      meant = statement->text;
      if (statement->published != published_->versions) {
        return make_error(ErrorKind::not_supported, "cached plan must not change result type",
                          "the policy or the schema changed: prepare the statement again");
      }
    } else if (const auto* cursor = std::get_if<sql::CursorUse>(&analysis.session_change); cursor != nullptr && is_indirect(analysis.kind)) {
      const auto portal = objects_.portal(cursor->cursor, ledger_);
      if (!portal) return make_error(ErrorKind::undefined_cursor, "cursor \"" + cursor->cursor + "\" does not exist");
      // It was permitted when it was opened.
      if (!portal->text->facts.empty()) resolved->facts[i] = portal->text->facts.front();
      continue;
    }
    if (!meant) continue;
    if (!runs_freely(*meant->plan)) {
      return make_error(ErrorKind::not_supported, "EXECUTE of a statement that needs an approval is not supported",
                        "run the statement itself instead of preparing it in SQL");
    }
    if (!meant->facts.empty()) resolved->facts[i] = meant->facts.front();
  }
  return std::shared_ptr<const PlannedText>(std::move(resolved));
}

/// Asks whoever must be asked before the text may run. An error with an empty message means that the
/// upstream refused the statement while it was asked, and that its error has gone to the agent.
net::awaitable<Result<RequestId>> Session::obtain_leave(const PlannedText& text, std::string_view source,
                                                        std::vector<approvals::Parameter> parameters, const protocol::BindView* bind,
                                                        const std::vector<Oid>* types) {
  const plan::TextPlan& plan = *text.plan;
  if (plan.verdict() == Verdict::deny) co_return plan::denial_of(plan);
  if (prepares(plan)) {
    co_return make_error(ErrorKind::not_supported, "PREPARE of a statement that needs an approval is not supported",
                         "run the statement itself instead of preparing it in SQL");
  }
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
    if (plan.statements.size() == 1 && plan.upstream) {
      auto estimated = co_await estimate_rows(text, bind, types);
      if (!estimated.ok()) co_return std::move(estimated).error();
      if (!*estimated) co_return Error{};
      estimate = **estimated;
      if (*estimate <= bound->rows) co_return RequestId{};
    }
    requirement = bound->approval;
  }
  if (!requirement) co_return make_error(ErrorKind::internal, "a held statement names no approvers");
  approvals::HeldStatement held = describe_held(text, source, std::move(parameters));
  held.estimated_rows = estimate;
  co_return co_await await_approval(std::move(held), std::move(*requirement));
}

}  // namespace sluice::gateway
