#pragma once

#include <span>
#include <vector>

#include "auth/identity.h"
#include "policy/decision.h"

namespace sluice::policy {

/// Somebody of the configuration, seen as an approver.
struct Candidate {
  const auth::Identity* identity = nullptr;
  bool can_decide = false;  ///< has a credential for it: an API token or an account of a channel
};

/// The requester, whom it acts for, and the owner of a requesting agent: none of them ever decides on the request.
[[nodiscard]] bool is_involved(const auth::Identity& requester, const IdentityId& person);

/// Is somebody in these groups let in by the approver groups, or, once the request has escalated, by its escalation groups?
[[nodiscard]] bool may_approve(const RequireApproval& approval, const std::vector<GroupId>& groups, bool escalated);
[[nodiscard]] bool may_break_glass(const RequireApproval& approval, const std::vector<GroupId>& groups);

/// How many different people could ever approve what `requester` asks for, escalation included and break-glass not.
[[nodiscard]] std::size_t possible_approvers(const RequireApproval& approval, const auth::Identity& requester, std::span<const Candidate> everybody);
/// Enough of them, or somebody who may break the glass. Otherwise waiting would be for nobody.
[[nodiscard]] bool can_be_approved(const RequireApproval& approval, const auth::Identity& requester, std::span<const Candidate> everybody);

}  // namespace sluice::policy
