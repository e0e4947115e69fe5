#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "approvals/approval_query.h"
#include "approvals/card.h"
#include "approvals/request.h"
#include "base/result.h"

namespace sluice::control {

template <class T>
using awaitable = boost::asio::awaitable<T>;

/// Where a held statement stands.
struct HoldStatus {
  RequestId id;
  approvals::RequestState state = approvals::RequestState::pending;
  Timestamp expires{};
  std::string reason;  ///< the approver's plain text for a denial; may be empty
  /// Once approved: rows above which the statement must be rolled back. The rule's max_rows, or less by a standing approval.
  std::optional<std::uint64_t> max_rows = {};
};

/// What a voter had before their eyes.
struct Seen {
  Seen() = default;  // no aggregate: it is a default argument of a coroutine
  std::optional<approvals::DecisionCard> card;  ///< kept with the vote, as evidence
  /// Looks at the request as it is when the vote is cast, on the store thread; an error refuses the vote. May be empty.
  std::function<Status(const approvals::ApprovalRequest&)> check;
};

/// Every approval request, durable before anybody hears of it. May be called from every worker; each
/// call resumes on the executor it was awaited on.
class ApprovalDesk {
 public:
  virtual ~ApprovalDesk() = default;

  /// Files a request. The same digest that is already pending, approved and unused, or was denied a
  /// short while ago gives that request's status instead of a new request. A standing approval that fits approves it at once.
  /// approval_denied: nobody, or too few people, may approve it.
  [[nodiscard]] virtual awaitable<Result<HoldStatus>> submit(approvals::HeldStatement held, policy::RequireApproval requirement) = 0;
  /// Returns once the request is no longer pending, whatever made it so. Expiry counts.
  [[nodiscard]] virtual awaitable<Result<HoldStatus>> wait(RequestId id) = 0;
  /// The agent cancelled or left. Once for each submit() that was to wait; when the last of the sessions
  /// that wait for the same request does, nobody can approve it any more.
  virtual void withdraw(RequestId id, std::string why) = 0;
  /// A session that was to wait waits no longer, but the request stays open: the agent was told to send the statement again
  /// later, or the gateway shuts down. In place of withdraw().
  virtual void leave(RequestId id) { static_cast<void>(id); }
  /// Uses an approval up. Durable before it returns; of many callers at most one ever succeeds, the others get conflict. The
  /// audit record of the use is part of the same transaction. approval_pending: somebody who approved has no longer the right
  /// to, and the request is pending again: submit() once more, which joins it, or tell the agent to come back later.
  [[nodiscard]] virtual awaitable<Status> consume(RequestId id, Digest digest) = 0;

  /// How the statement that consume() let through has ended. Best effort: the audit log is what counts.
  virtual void executed(RequestId id, approvals::Execution execution) = 0;

  // for approvers
  [[nodiscard]] virtual awaitable<Result<std::vector<approvals::ApprovalRequest>>> list(bool pending_only) = 0;
  [[nodiscard]] virtual awaitable<Result<approvals::ApprovalRequest>> get(RequestId id) = 0;
  /// First decision wins; a later one gets conflict. Refuses (denied) the requester, the owner of the
  /// requesting agent, whom it acts for, anything but a person, and who is in no approver group.
  [[nodiscard]] virtual awaitable<Result<approvals::ApprovalRequest>> decide(RequestId id, auth::Identity approver, bool approve,
                                                                            std::string reason, std::string channel, Seen seen = {}) = 0;
  /// Somebody who proved who they are, with what there is to know now about who may see what: for approvals::may_see().
  [[nodiscard]] virtual awaitable<Result<approvals::Viewer>> viewer(auth::Identity identity) { co_return approvals::Viewer{std::move(identity), {}, {}}; }
  /// A page of requests, newest first.
  [[nodiscard]] virtual awaitable<Result<approvals::ApprovalPage>> find(approvals::ApprovalQuery query) {
    Result<std::vector<approvals::ApprovalRequest>> all = co_await list(false);
    if (!all.ok()) co_return std::move(all).error();
    co_return approvals::page_of(query, std::move(*all));
  }
  /// What a card says of earlier requests of the same requester.
  [[nodiscard]] virtual awaitable<Result<approvals::CardHistory>> history(approvals::ApprovalRequest request) = 0;
};

}  // namespace sluice::control
