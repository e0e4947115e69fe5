// Statements that wait for an approval. Nothing of them is upstream while they do.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/session.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using approvals::RequestState;

namespace {
constexpr std::size_t kMaxReadAhead = 64 * 1024;
constexpr std::chrono::seconds kTellAgain{30};

std::string utc(Timestamp at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::time_point_cast<std::chrono::seconds>(at));
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
}  // namespace

std::string Session::request_detail(const control::HoldStatus& status) const {
  nlohmann::ordered_json detail{{"request", status.id.text}, {"state", std::string(approvals::to_text(status.state))}, {"expires", utc(status.expires)}};
  const std::string& url = config_->channels.public_url;
  if (!url.empty()) detail["link"] = url + (url.ends_with('/') ? "" : "/") + "approvals/" + status.id.text;
  return detail.dump();
}

Error Session::pending_error(const control::HoldStatus& status) const {
  Error error = make_error(ErrorKind::approval_pending, "statement needs an approval (request " + status.id.text + ")",
                           "Run exactly the same statement again once the request is approved.");
  error.detail = request_detail(status);
  return error;
}

Error Session::hold_error(const control::HoldStatus& status, ErrorKind kind, std::string message, std::string hint) const {
  Error error = make_error(kind, std::move(message), std::move(hint));
  error.detail = request_detail(status);
  return error;
}

// The request may live on when the session does not.
net::awaitable<void> Session::watch_decision(control::ApprovalDesk& desk, std::weak_ptr<Session> session, RequestId id,
                                             std::shared_ptr<PendingDecision> pending) {
  auto outcome = co_await desk.wait(std::move(id));
  pending->outcome = std::move(outcome);
  if (const auto self = session.lock()) self->hold_.notify();
}

net::awaitable<void> Session::watch_agent(std::shared_ptr<Session> self) {
  const std::span<char> room = self->from_agent_.prepare(4096);
  Result<std::size_t> size = co_await self->agent_->read_some(room);
  if (size.ok() && *size > 0) {
    self->worker_.metrics.bytes_from_agents.add(*size);
    self->from_agent_.commit(*size);
  } else {
    self->agent_gone_ = self->agent_gone_ || !self->over_;  // it was not we who closed
  }
  self->reading_agent_ = false;
  self->hold_.notify();
}

// What a session that waits tells the agent, at once and from time to time: proxies in between drop what is silent.
net::awaitable<Status> Session::tell_of_hold(const control::HoldStatus& status, bool first) {
  std::string notice;
  std::string message = std::string(first ? "statement is held for approval" : "statement is still held for approval") + " (request " + status.id.text + ")";
  protocol::notice_response(protocol::Severity::notice, std::move(message), request_detail(status),
                            "The connection waits. Cancel the statement to withdraw the request.")
      .encode(notice);
  co_return co_await to_agent_->write(notice);
}

// The agent that cancels or leaves withdraws. Whatever else ends the wait leaves the request as it is: the agent is told to
// run the statement again, and approvers go on as if it had been filed like that.
net::awaitable<Result<control::HoldStatus>> Session::wait_for_decision(control::HoldStatus status) {
  control::ApprovalDesk& desk = worker_.gateway.desk;
  if (const Status told = co_await tell_of_hold(status, true); !told.ok()) {
    desk.withdraw(status.id, "the agent disconnected");
    co_return told.error();
  }
  const auto pending = std::make_shared<PendingDecision>();
  holding_ = true;
  held_detail_ = request_detail(status);
  hold_canceled_ = draining_ || over_;
  hold_timed_out_ = false;
  note_activity();
  net::spawn(worker_.executor, watch_decision(desk, weak_from_this(), status.id, pending));
  net::Deadline silent_until = std::chrono::steady_clock::now() + kTellAgain;
  while (!pending->outcome && !hold_canceled_ && !agent_gone_) {
    if (!reading_agent_ && from_agent_.unread().size() < kMaxReadAhead) {
      reading_agent_ = true;
      net::spawn(worker_.executor, watch_agent(shared_from_this()));
    }
    (void)co_await hold_.wait(silent_until);
    if (std::chrono::steady_clock::now() < silent_until || pending->outcome || hold_canceled_ || agent_gone_) continue;
    silent_until = std::chrono::steady_clock::now() + kTellAgain;
    if (!(co_await tell_of_hold(status, false)).ok()) agent_gone_ = true;
  }
  holding_ = false;
  note_activity();
  if (pending->outcome) co_return std::move(*pending->outcome);
  const bool goes_on = !agent_gone_ && (hold_timed_out_ || draining_ || over_ || ending_);
  worker_.metrics.holds[static_cast<std::size_t>(goes_on ? HoldEnd::expired : HoldEnd::withdrawn)].add();
  if (!goes_on) {
    desk.withdraw(status.id, agent_gone_ ? "the agent disconnected" : "the agent cancelled");
    co_return make_error(ErrorKind::canceled, "canceling statement due to user request");
  }
  desk.leave(status.id);
  if (hold_timed_out_) co_return pending_error(status);
  if (ending_) co_return *ending_;
  if (draining_) {
    co_return hold_error(status, ErrorKind::shutting_down, "terminating connection due to administrator command",
                         "The request stays open: connect again and run exactly the same statement.");
  }
  co_return hold_error(status, ErrorKind::upstream_unavailable, "the connection to the upstream server was lost",
                       "The request stays open: connect again and run exactly the same statement.");
}

net::awaitable<Result<control::HoldStatus>> Session::await_approval(approvals::HeldStatement held, policy::RequireApproval requirement,
                                                                    plan::RowCounting counting) {
  constexpr int kTurns = 3;
  for (int turn = 1;; ++turn) {
    approvals::HeldStatement again = held;
    auto status = co_await obtain_approval(std::move(again), requirement, counting);
    // Another session used the approval up at the same moment, or somebody who gave it may no longer: ask anew.
    const ErrorKind why = status.ok() ? ErrorKind::internal : status.error().kind;
    const bool lost = why == ErrorKind::conflict || (why == ErrorKind::approval_pending && status.error().detail.empty());
    if (!lost || turn == kTurns || over_) co_return status;
  }
}

net::awaitable<Result<control::HoldStatus>> Session::obtain_approval(approvals::HeldStatement held, const policy::RequireApproval& requirement,
                                                                     plan::RowCounting counting) {
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
      co_return hold_error(*status, ErrorKind::approval_denied, "permission denied: the request was denied", "Do not run the same statement again.");
    case RequestState::pending:
    case RequestState::expired:
      co_return hold_error(*status, ErrorKind::approval_expired, "canceling statement because nobody approved it in time",
                           "Run the statement again to ask anew.");
    case RequestState::consumed:
      co_return make_error(ErrorKind::conflict, "the approval has been used by another session");
    case RequestState::withdrawn:
      co_return hold_error(*status, ErrorKind::approval_denied, "permission denied: the approval is no longer valid",
                           "Run the statement again to ask anew.");
  }
  if (over_) co_return make_error(ErrorKind::upstream_unavailable, "the connection to the upstream server was lost");
  // What was approved must still be what would run.
  SLUICE_CO_CHECK(look_at_snapshot());
  if (snapshot_->versions != versions) {
    co_return hold_error(*status, ErrorKind::approval_denied, "permission denied: the policy or the schema changed while the statement waited",
                         "Run the statement again to ask anew.");
  }
  if (status->max_rows && counting == plan::RowCounting::uncountable) co_return uncountable_rows();
  SLUICE_CO_CHECK(co_await worker_.gateway.desk.consume(status->id, digest));
  co_return status;
}

}  // namespace sluice::gateway
