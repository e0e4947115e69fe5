#pragma once

#include <string>
#include <variant>

#include "approvals/request.h"
#include "auth/identity.h"
#include "base/clock.h"
#include "base/result.h"

namespace sluice::approvals {

/// What can happen to a request besides the passing of time.
struct Decided {
  Vote vote;
  auth::Identity approver;  ///< as configured at this moment, groups included
};
struct Withdrawn {
  std::string why;
};
struct Used {
  Digest digest{};  ///< of the statement that is about to run
};
using Event = std::variant<Decided, Withdrawn, Used>;

/// The state once the clock is taken into account: silence is a denial, and an approval lapses.
[[nodiscard]] RequestState state_at(const ApprovalRequest& request, Timestamp now);

/// The one function that knows which transitions are legal: the request after `event`, or why the event
/// cannot happen. `denied`: this approver may not decide; `conflict`: too late, or a second vote of the same person.
[[nodiscard]] Result<ApprovalRequest> apply(ApprovalRequest request, const Event& event, Timestamp now);

/// Only a person who is in an approver group of the requirement, and who is neither the requester, nor the
/// owner of the requesting agent, nor whom it acts for. The error says what is missing, not who could.
[[nodiscard]] Status may_decide(const ApprovalRequest& request, const auth::Identity& approver);

/// Pending or approved: something can still happen.
[[nodiscard]] bool is_open(RequestState state);

}  // namespace sluice::approvals
