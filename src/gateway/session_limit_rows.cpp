// The row limit of an approval, or of a rule for what nobody approved. Rows are counted as they pass, command tags when they
// come, and rows changed by the upstream's own counters (triggers, cascades and data-modifying WITH included), before the
// agent learns that the statement is complete and before anything of it can be committed.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "audit/record.h"
#include "gateway/session.h"
#include "protocol/result_messages.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using control::Outcome;

namespace {
constexpr std::size_t kRememberedStatements = 64;

// Rows changed so far, of each table; a partition's count as its root's. A row that moves to another partition is deleted
// and inserted, so the greater of both counts. Where nothing is counted there is a row of oid 0.
constexpr std::string_view kChangesQuestion =
    "SELECT COALESCE(pg_catalog.pg_partition_root(t.oid)::pg_catalog.oid, t.oid), pg_catalog.sum(t.upd OPERATOR(pg_catalog.+) GREATEST(t.ins, t.del)) "
    "FROM (SELECT c.oid, pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS upd, pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS ins, "
    "pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS del FROM pg_catalog.pg_class AS c "
    "WHERE c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog.\"char\" AND c.oid OPERATOR(pg_catalog.>=) '16384'::pg_catalog.oid) AS t "
    "WHERE t.upd OPERATOR(pg_catalog.>) 0 OR t.ins OPERATOR(pg_catalog.>) 0 OR t.del OPERATOR(pg_catalog.>) 0 GROUP BY 1 "
    "UNION ALL SELECT '0'::pg_catalog.oid, 0 WHERE pg_catalog.current_setting('track_counts') OPERATOR(pg_catalog.<>) 'on'";

Error limit_error(const ApprovedRun& run) {
  Error error;
  error.kind = ErrorKind::budget_exceeded;
  nlohmann::ordered_json detail;
  if (!run.request.empty()) detail["request"] = run.request.text;
  detail["max_rows"] = run.max_rows.value_or(0);
  error.detail = detail.dump();
  if (run.request.empty()) {
    error.message = "more rows than may pass without an approval: the statement is rolled back";
    error.hint = "Narrow the statement down, or run it again in this session: then it waits for an approval.";
  } else {
    error.message = "more rows than were approved: the statement is rolled back";
    error.hint = "Narrow the statement down: the approval is used up.";
  }
  return error;
}

bool may_change_rows(const plan::TextPlan& plan) {
  return std::any_of(plan.statements.begin(), plan.statements.end(), [](const plan::StatementPlan& statement) {
    const sql::Analysis& analysis = statement.analysis;
    return analysis.runs_listed_code || analysis.kind == sql::StatementKind::create_table_as ||
           analysis.kind == sql::StatementKind::create_temporary ||
           std::any_of(analysis.relations.begin(), analysis.relations.end(),
                       [](const sql::RelationAccess& access) { return access.inserts || access.updates || access.deletes; });
  });
}

bool is_above(const ApprovedRun& run) {
  const std::uint64_t most = *run.max_rows;
  return run.exceeded || run.rows > most ||
         std::any_of(run.changed.begin(), run.changed.end(), [most](const auto& table) { return table.second > most; });
}
}  // namespace

bool Session::may_be_limited(const plan::TextPlan& plan) {
  const auto limited = [](const policy::Obligation& obligation) {
    // A standing approval has a limit of its own.
    const auto gives_one = [](const policy::RequireApproval& approval) { return approval.max_rows || approval.standing; };
    if (const auto* approval = std::get_if<policy::RequireApproval>(&obligation)) return gives_one(*approval);
    const auto* above = std::get_if<policy::HoldAboveEstimate>(&obligation);
    return above != nullptr && (above->actual_rows || gives_one(above->approval));
  };
  return std::any_of(plan.statements.begin(), plan.statements.end(), [&](const plan::StatementPlan& statement) {
    return std::any_of(statement.decision.obligations.begin(), statement.decision.obligations.end(), limited);
  });
}

std::uint64_t Session::row_allowance() const noexcept {
  if (ledger_.entries().empty()) return protocol::FrameWalker::kUnlimited;
  const RunningText* running = ledger_.entries().front().context.running.get();
  if (running == nullptr || running->run == nullptr) return protocol::FrameWalker::kUnlimited;
  const ApprovedRun& run = *running->run;
  if (!run.max_rows || run.exceeded) return protocol::FrameWalker::kUnlimited;
  const std::uint64_t most = *run.max_rows + run.headers;
  return most > run.left ? most - run.left : 0;
}

// The same statement must not run to the same end again and again.
void Session::remember_above(const ApprovedRun& run) {
  if (!run.request.empty()) return;
  if (above_actual_rows_.size() >= kRememberedStatements) above_actual_rows_.erase(above_actual_rows_.begin());
  above_actual_rows_.push_back(run.statement);
}

void Session::stop_at_limit() {
  ApprovedRun& run = *ledger_.entries().front().context.running->run;
  run.exceeded = true;
  remember_above(run);
  ++limit_cancels_;
  cancel([self = shared_from_this()] {
    --self->limit_cancels_;
    self->progress_.notify();
  });
}

net::awaitable<Result<std::map<std::string, std::uint64_t>>> Session::count_changes() {
  auto answer = co_await ask(kChangesQuestion, nullptr, nullptr);
  if (!answer.ok()) co_return std::move(answer).error();
  if ((*answer)->failed) co_return Error{};
  std::map<std::string, std::uint64_t> changes;
  for (const auto& row : (*answer)->rows) {
    if (row.size() != 2 || row[0] == "0") {
      co_return make_error(ErrorKind::not_supported, "the rows of this statement cannot be counted, and there is a limit of them",
                           "The upstream's setting track_counts must be on.");
    }
    std::uint64_t count = 0;
    if (std::from_chars(row[1].data(), row[1].data() + row[1].size(), count).ec != std::errc()) {
      co_return make_error(ErrorKind::internal, "unexpected answer about counts of rows");
    }
    changes[row[0]] = count;
  }
  co_return changes;
}

/// An error with an empty message: the upstream's own error went to the agent.
net::awaitable<Status> Session::begin_counting(RunningText& running) {
  running.awaits_check = true;
  counted_before_.clear();
  counted_completion_.clear();
  SLUICE_CO_CHECK(co_await settle());
  if (ledger_.skipping()) co_return Error{};
  if (!may_change_rows(*running.text->plan)) co_return Done{};
  auto before = co_await count_changes();
  if (!before.ok()) co_return std::move(before).error();
  counted_before_ = std::move(*before);
  co_return Done{};
}

net::awaitable<Status> Session::refuse_counted(RunningText& running, Error error) {
  SLUICE_CO_CHECK(co_await complete(running, over_ ? Outcome::unknown : Outcome::canceled, {}));
  if (over_) co_return error;
  if (error.message.empty()) co_return Done{};
  co_return co_await refuse_extended(std::move(error));
}

void Session::hold_back_completion(RunningText& running, const protocol::MessageView& message, std::string& replacement, bool& forward) {
  if (!running.awaits_check || std::string_view("CIs").find(message.type) == std::string_view::npos) return;
  counted_completion_ = replacement.empty() ? (forward ? std::string(message.whole) : std::string()) : std::exchange(replacement, {});
  forward = false;
}

/// The statement was sent. Refuses it as an error within a pipeline would, if it is above its limit.
net::awaitable<Status> Session::end_counting(std::shared_ptr<RunningText> running, std::int32_t begins) {
  const std::size_t statement = running->current;
  ApprovedRun& run = *running->run;
  Status counted = co_await settle();
  while (counted.ok() && limit_cancels_ > 0 && !over_) (void)co_await progress_.wait();
  if (running->current != statement) {  // it failed, and the agent has its error
    co_return counted;
  }
  if (counted.ok() && !is_above(run) && may_change_rows(*running->text->plan)) {
    auto after = co_await count_changes();
    if (after.ok()) {
      for (const auto& [table, count] : *after) run.changed[table] += count - std::min(count, counted_before_[table]);
    } else {
      counted = after.error();
    }
  }
  std::string completion = std::exchange(counted_completion_, {});
  if (over_) {
    SLUICE_CO_CHECK(co_await complete(*running, Outcome::unknown, {}));
    co_return make_error(ErrorKind::upstream_unavailable, "the connection to the upstream server was lost");
  }
  if (counted.ok() && !is_above(run)) {
    SLUICE_CO_CHECK(co_await complete(*running, Outcome::completed, "00000"));
    succeeded(*running, statement);
    co_return completion.empty() ? Status(Done{}) : co_await to_agent_->write(completion);
  }
  late_completion_.clear();
  Error error = counted.ok() ? limit_error(run) : counted.error();
  if (counted.ok() && !run.exceeded) remember_above(run);
  SLUICE_CO_CHECK(co_await complete(*running, Outcome::failed, protocol::sqlstate(error.kind)));
  if (error.message.empty()) co_return Done{};
  if (error.position > 0) error.position += begins;
  co_return co_await refuse_extended(std::move(error));
}

std::string Session::limit_error_of(const ApprovedRun& run) {
  std::string bytes;
  protocol::error_response(limit_error(run)).encode(bytes);
  return bytes;
}

// What a cursor or a suspended portal still gives belongs to the same execution.
void Session::note_end_of_run(const RunningText& running, Outcome outcome) {
  if (running.run == nullptr || running.current < running.text->facts.size()) return;
  ApprovedRun& run = *running.run;
  if (run.outcome == Outcome::unknown || outcome != Outcome::completed) run.outcome = outcome;
  run.ended = std::chrono::steady_clock::now();
  const auto& statements = running.text->plan->statements;
  const sql::StatementKind kind = statements.empty() ? sql::StatementKind::unknown : statements.front().analysis.kind;
  const bool goes_on = outcome == Outcome::completed && (run.suspended || kind == sql::StatementKind::declare_cursor || kind == sql::StatementKind::fetch);
  if (!goes_on) run.end();
}

void Session::report_when_over(ApprovedRun& run) {
  run.on_end = [&desk = worker_.gateway.desk](const ApprovedRun& over) {
    approvals::Execution execution;
    execution.outcome = audit::to_text(over.outcome);
    execution.rows = std::max(over.rows, over.left - std::min(over.left, over.headers));
    execution.bytes = over.bytes;
    execution.duration = std::chrono::duration_cast<std::chrono::microseconds>(over.ended - over.begun);
    desk.executed(over.request, std::move(execution));
  };
}

}  // namespace sluice::gateway
