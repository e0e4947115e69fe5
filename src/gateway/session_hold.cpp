// Statements that wait for an approval. Nothing of them is upstream while they do.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "control/statement_facts_of.h"
#include "gateway/session.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using approvals::RequestState;

namespace {
constexpr std::size_t kMaxReadAhead = 64 * 1024;

std::string utc(Timestamp at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::time_point_cast<std::chrono::seconds>(at));
}

std::string request_detail(const control::HoldStatus& status) {
  return nlohmann::json{{"request", status.id.text}, {"state", std::string(approvals::to_text(status.state))}, {"expires", utc(status.expires)}}.dump();
}

Error pending_error(const control::HoldStatus& status) {
  Error error = make_error(ErrorKind::approval_pending, "statement needs an approval (request " + status.id.text + ")",
                           "run exactly the same statement again once the request is approved");
  error.detail = request_detail(status);
  return error;
}

Error denied_error(const control::HoldStatus& status, ErrorKind kind, std::string message, std::string hint) {
  Error error = make_error(kind, std::move(message), std::move(hint));
  error.detail = request_detail(status);
  return error;
}

HoldEnd end_of(RequestState state) {
  switch (state) {
    case RequestState::approved: return HoldEnd::approved;
    case RequestState::denied: return HoldEnd::denied;
    case RequestState::expired: return HoldEnd::expired;
    case RequestState::pending:
    case RequestState::withdrawn:
    case RequestState::consumed: return HoldEnd::withdrawn;
  }
  return HoldEnd::withdrawn;
}

Error not_in_time(const control::HoldStatus& status) {
  return denied_error(status, ErrorKind::approval_expired, "canceling statement because nobody approved it in time",
                      "run the statement again to ask anew");
}
}  // namespace

approvals::HeldStatement Session::describe_held(const PlannedText& text, std::string_view source,
                                                std::vector<approvals::Parameter> parameters) const {
  approvals::HeldStatement held;
  held.requester = identity_;
  held.database = database_;
  held.system_identifier = snapshot_->catalog->system_identifier();
  held.statement = std::string(source);
  held.parameters = std::move(parameters);
  held.search_path = names_.current().search_path;
  held.versions = text.plan->versions;
  held.peer = agent_->peer();
  held.session = id_;
  for (std::size_t i = 0; i < text.plan->statements.size(); ++i) {
    for (const sql::Action action : text.plan->statements[i].analysis.actions) held.actions.emplace_back(sql::to_text(action));
    const audit::StatementFacts facts = control::facts_of(*text.plan, i, identity_, database_, *snapshot_);
    for (const audit::ColumnUsage& column : facts.columns) {
      if (column.tags.empty()) continue;
      std::string name = column.table + "." + column.column;
      held.columns.push_back({std::move(name), column.tags, std::string(sql::to_text(column.use)), column.masked});
    }
  }
  return held;
}

net::awaitable<void> Session::watch_decision(std::shared_ptr<Session> self, RequestId id, std::shared_ptr<PendingDecision> pending) {
  auto outcome = co_await self->worker_.gateway.desk.wait(std::move(id));
  pending->outcome = std::move(outcome);
  self->hold_.notify();
}

net::awaitable<void> Session::watch_agent(std::shared_ptr<Session> self) {
  const std::span<char> room = self->from_agent_.prepare(4096);
  Result<std::size_t> size = co_await self->agent_->read_some(room);
  if (size.ok() && *size > 0) {
    self->worker_.metrics.bytes_from_agents.add(*size);
    self->from_agent_.commit(*size);
  } else {
    self->agent_gone_ = true;
  }
  self->reading_agent_ = false;
  self->hold_.notify();
}

net::awaitable<Result<control::HoldStatus>> Session::wait_for_decision(control::HoldStatus status) {
  std::string notice;
  protocol::notice_response(protocol::Severity::notice, "statement is held for approval (request " + status.id.text + ")", request_detail(status),
                            "the connection waits; cancel the statement to withdraw the request")
      .encode(notice);
  const Status told = co_await to_agent_->write(notice);
  if (!told.ok()) {
    worker_.gateway.desk.withdraw(status.id, "the agent disconnected");
    co_return told.error();
  }

  const auto pending = std::make_shared<PendingDecision>();
  holding_ = true;
  hold_canceled_ = draining_ || over_;
  hold_timed_out_ = false;
  note_activity();
  net::spawn(worker_.executor, watch_decision(shared_from_this(), status.id, pending));
  while (!pending->outcome && !hold_canceled_ && !agent_gone_) {
    if (!reading_agent_ && from_agent_.unread().size() < kMaxReadAhead) {
      reading_agent_ = true;
      net::spawn(worker_.executor, watch_agent(shared_from_this()));
    }
    (void)co_await hold_.wait();
  }
  holding_ = false;
  note_activity();
  if (!pending->outcome) worker_.metrics.holds[static_cast<std::size_t>(hold_timed_out_ ? HoldEnd::expired : HoldEnd::withdrawn)].add();
  if (pending->outcome) co_return std::move(*pending->outcome);
  worker_.gateway.desk.withdraw(status.id, agent_gone_ ? "the agent disconnected" : hold_timed_out_ ? "nobody decided in time" : draining_ ? "the gateway shuts down" : "the agent cancelled");
  if (hold_timed_out_) co_return not_in_time(status);
  if (draining_) co_return make_error(ErrorKind::shutting_down, "terminating connection due to administrator command");
  co_return make_error(ErrorKind::canceled, "canceling statement due to user request");
}

net::awaitable<Result<RequestId>> Session::await_approval(approvals::HeldStatement held, policy::RequireApproval requirement) {
  const Digest digest = approvals::digest_of(held, requirement);
  const SnapshotVersions versions = held.versions;
  // What came before gets its answers now: the wait may be long.
  SLUICE_CO_CHECK(co_await settle());
  if (ledger_.skipping()) co_return Error{};  // what came before has failed
  auto status = co_await worker_.gateway.desk.submit(std::move(held), requirement);
  if (!status.ok()) co_return std::move(status).error();
  if (status->state == RequestState::pending) {
    if (requirement.mode == policy::HoldMode::error) co_return pending_error(*status);
    status = co_await wait_for_decision(*status);
    if (!status.ok()) co_return std::move(status).error();
  }
  worker_.metrics.holds[static_cast<std::size_t>(end_of(status->state))].add();
  switch (status->state) {
    case RequestState::approved: break;
    case RequestState::denied:
      co_return denied_error(*status, ErrorKind::approval_denied, "permission denied: the request was denied", "do not run the same statement again");
    case RequestState::pending:
    case RequestState::expired:
      co_return not_in_time(*status);
    case RequestState::withdrawn:
    case RequestState::consumed:
      co_return denied_error(*status, ErrorKind::approval_denied, "permission denied: the approval is no longer valid",
                             "run the statement again to ask anew");
  }
  if (over_) co_return make_error(ErrorKind::upstream_unavailable, "the connection to the upstream server was lost");
  // What was approved must still be what would run.
  SLUICE_CO_CHECK(look_at_snapshot());
  if (snapshot_->versions != versions) {
    co_return denied_error(*status, ErrorKind::approval_denied, "permission denied: the policy or the schema changed while the statement waited",
                           "run the statement again to ask anew");
  }
  SLUICE_CO_CHECK(co_await worker_.gateway.desk.consume(status->id, digest));
  co_return status->id;
}

}  // namespace sluice::gateway
