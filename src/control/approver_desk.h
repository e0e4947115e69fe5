#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "approvals/lifecycle.h"
#include "approvals/people.h"
#include "approvals/standing.h"
#include "base/result.h"

namespace sluice::control {

/// What people do around approvals besides voting, which is ApprovalDesk::decide(). Every change and its audit record are one
/// transaction, durable before the call returns. May be called from every thread; each call resumes on the executor it was
/// awaited on. Identities are callers who have proved who they are; their groups are looked up anew. Reasons are cleaned;
/// where one is needed and missing the error is bad_request.
class ApproverDesk {
 public:
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  virtual ~ApproverDesk() = default;

  /// Everybody as configured now, and what they have lent each other: what approvals::may_see() and may_decide() ask for.
  [[nodiscard]] virtual awaitable<Result<approvals::People>> people() = 0;

  /// Approves alone, in an emergency: approvals::may_break_glass() says who. Needs a reason. The request stays in to_review()
  /// until another person has reviewed it; who has a review open for longer than a day cannot do it again.
  [[nodiscard]] virtual awaitable<Result<approvals::ApprovalRequest>> break_glass(RequestId id, auth::Identity person, std::string reason,
                                                                                 std::string channel) = 0;
  /// Requests whose glass was broken and that nobody has reviewed, oldest first.
  [[nodiscard]] virtual awaitable<Result<std::vector<approvals::ApprovalRequest>>> to_review() = 0;
  /// Needs a reason. conflict: there is nothing to review, or somebody else has.
  [[nodiscard]] virtual awaitable<Result<approvals::ApprovalRequest>> review(RequestId id, auth::Identity reviewer, bool justified, std::string reason,
                                                                            std::string channel) = 0;
  /// The requester, its owner, or whom it acts for ends an open request.
  [[nodiscard]] virtual awaitable<Result<approvals::ApprovalRequest>> withdraw_by(RequestId id, auth::Identity caller, std::string reason) = 0;

  /// `lender` lends its right to decide. Empty `groups`: all of the lender's.
  [[nodiscard]] virtual awaitable<Result<approvals::Delegation>> delegate(auth::Identity lender, IdentityId to, std::vector<GroupId> groups,
                                                                         Timestamp starts, Timestamp ends, std::string reason) = 0;
  /// By lender or delegate; not_found for everybody else.
  [[nodiscard]] virtual awaitable<Result<approvals::Delegation>> revoke_delegation(approvals::DelegationId id, auth::Identity caller) = 0;
  /// Given to or by a person, newest first; also those that are over.
  [[nodiscard]] virtual awaitable<Result<std::vector<approvals::Delegation>>> delegations(IdentityId of) = 0;

  /// Makes a standing approval of an approved (or since used) request whose rule allows it. Needs a reason. In force once as
  /// many people have agreed as the rule asks for.
  [[nodiscard]] virtual awaitable<Result<approvals::StandingApproval>> make_standing(RequestId from, auth::Identity approver,
                                                                                    approvals::StandingWish wish, std::string reason,
                                                                                    std::string channel) = 0;
  [[nodiscard]] virtual awaitable<Result<approvals::StandingApproval>> agree_to_standing(approvals::StandingId id, auth::Identity approver,
                                                                                        std::string reason, std::string channel) = 0;
  [[nodiscard]] virtual awaitable<Result<approvals::StandingApproval>> revoke_standing(approvals::StandingId id, auth::Identity caller,
                                                                                      std::string reason) = 0;
  /// Newest first. `live_only`: neither revoked, nor over, nor used up.
  [[nodiscard]] virtual awaitable<Result<std::vector<approvals::StandingApproval>>> standing(bool live_only) = 0;
};

}  // namespace sluice::control
