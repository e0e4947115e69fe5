#pragma once

#include <optional>
#include <string>
#include <vector>

#include "approvals/people.h"
#include "approvals/request.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"

namespace sluice::approvals {

/// Lets statements of one shape through without asking again: same requester, database, role, schema and rule, while uses, rows
/// and time last. Literals and parameters are free, so it is never made for what they would make dangerous.
struct StandingApproval {
  StandingId id;
  Digest scope{};                     ///< scope_of() what it was made from
  RequestId from;                     ///< the approved request it was made from
  HeldStatement held;                 ///< of that request: an example of what passes
  policy::RequireApproval requirement;
  std::vector<Vote> votes;            ///< who agreed: as many as the rule asks for before it takes effect
  Timestamp created{};
  Timestamp ends{};
  std::uint64_t uses_left = 0;
  std::uint64_t uses = 0;
  std::uint64_t rows_left = 0;        ///< what runs, or ran to an unknown end, is taken off
  std::optional<Timestamp> last_used = {};
  std::optional<Timestamp> revoked = {};
  IdentityId revoked_by = {};
  std::string revoked_why = {};
};

/// What an approver wants of it; within the limits of the rule.
struct StandingWish {
  std::uint64_t uses = 0;             ///< 1 or more
  std::uint64_t rows = 0;             ///< of all uses together, 1 or more
  std::chrono::seconds life{0};
};

/// What a standing approval is bound to: all that digest_of() covers but for literals, parameter values and the policy's
/// version, and with it the tagged columns as they are used. Two statements of one scope pass by the same standing approval.
[[nodiscard]] Digest scope_of(const HeldStatement& held, const policy::RequireApproval& requirement);

/// May there be a standing approval for such statements? bad_request says why not: the rule does not allow it; masks would be
/// lifted; DDL, roles, secrets and the like; values of tagged columns are compared in clear.
[[nodiscard]] Status may_stand(const HeldStatement& held, const policy::RequireApproval& requirement);

/// The standing approval after one more person agreed. denied, conflict and bad_request as for a vote; a reason is needed.
[[nodiscard]] Result<StandingApproval> agree(StandingApproval standing, Vote vote, const auth::Identity& approver, Timestamp now, const People& people);
/// A new one, made of a request that people have approved, with its maker's vote.
[[nodiscard]] Result<StandingApproval> make_standing(const ApprovalRequest& from, const StandingWish& wish, Vote vote, const auth::Identity& approver,
                                                     Timestamp now, const People& people);
/// How many of those who agreed still have the right to.
[[nodiscard]] std::size_t counting_votes(const StandingApproval& standing, Timestamp now, const People& people);
/// Not revoked, not over, not used up, and enough people who still have the right agreed.
[[nodiscard]] bool is_in_force(const StandingApproval& standing, Timestamp now, const People& people);
/// Everybody who may agree, who agreed, or whose statements it lets through: a right can only become less.
[[nodiscard]] Status may_revoke(const StandingApproval& standing, const auth::Identity& caller, Timestamp now, const People& people);

}  // namespace sluice::approvals
