#pragma once

#include <string>
#include <variant>

#include "approvals/people.h"
#include "approvals/request.h"
#include "auth/identity.h"
#include "base/clock.h"
#include "base/result.h"

namespace sluice::approvals {

/// How far a clock may have gone back before what it stamped counts as over.
inline constexpr std::chrono::seconds kClockTolerance{60};

// What can happen to a request besides the passing of time.
struct Decided {
  Vote vote;                ///< who, what and why; `at`, `groups` and `on_behalf_of` follow from the rest
  auth::Identity approver;  ///< as configured at this moment, groups included
};
struct Withdrawn {
  std::string why;
  IdentityId by = {};       ///< who asked for it; empty: the session or the gateway
};
struct Used {
  Digest digest{};              ///< of the statement that is about to run
  bool standing_holds = false;  ///< the standing approval that approved it lets this use through
};
struct Reviewed {
  Review review;
  auth::Identity reviewer;  ///< as configured at this moment
};
using Event = std::variant<Decided, Withdrawn, Used, Reviewed>;

/// The state once the clock is taken into account: silence is a denial, and an approval lapses. So does what was filed or
/// approved in the future: the clock was set back, and nobody knows how long ago it was.
[[nodiscard]] RequestState state_at(const ApprovalRequest& request, Timestamp now);

/// The one function that knows which transitions are legal: the request after `event`, or why the event cannot happen.
/// `denied`: this person may not; `conflict`: too late, or a second vote of the same person; `bad_request`: a reason is
/// needed. After Used the request is consumed, or, if votes have lapsed, pending or expired: then it must not run.
[[nodiscard]] Result<ApprovalRequest> apply(ApprovalRequest request, const Event& event, Timestamp now, const People& people = {});

/// Only a person who is in an approver group of the requirement (or, once it has escalated, in an escalation group), or to
/// whom somebody like that has lent the right; and neither of them is the requester, nor the owner of the requesting
/// agent, nor whom it acts for. The error says what is missing, not who could.
[[nodiscard]] Status may_decide(const ApprovalRequest& request, const auth::Identity& approver, Timestamp now = {}, const People& people = {});
/// Only a person in a break-glass group, who is not involved either.
[[nodiscard]] Status may_break_glass(const ApprovalRequest& request, const auth::Identity& person);
/// Somebody who may decide or break the glass, and is not who broke it.
[[nodiscard]] Status may_review(const ApprovalRequest& request, const auth::Identity& person, Timestamp now, const People& people);
/// The requester; and of people the owner of the requesting agent, and whom it acts for.
[[nodiscard]] bool is_own(const ApprovalRequest& request, const auth::Identity& caller);
/// Whose own it is; everybody who may decide, also only after an escalation, break the glass or review. The one function that
/// every interface asks.
[[nodiscard]] bool may_see(const ApprovalRequest& request, const auth::Identity& caller, Timestamp now, const People& people);
/// Whose own it is.
[[nodiscard]] Status may_withdraw(const ApprovalRequest& request, const auth::Identity& caller);

/// Pending or approved: something can still happen.
[[nodiscard]] bool is_open(RequestState state);

/// When approvers are to be told again or the request escalates, if nobody decides before; nothing: never.
[[nodiscard]] std::optional<Timestamp> next_due(const ApprovalRequest& request);
/// The request after what is due at `now`; several reminders that were missed are one.
[[nodiscard]] ApprovalRequest after_due(ApprovalRequest request, Timestamp now);

}  // namespace sluice::approvals
