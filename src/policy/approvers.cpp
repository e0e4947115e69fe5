#include "policy/approvers.h"

#include <algorithm>

namespace sluice::policy {
namespace {

bool in_one_of(const std::vector<GroupId>& wanted, const std::vector<GroupId>& groups) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const GroupId& group) { return std::find(groups.begin(), groups.end(), group) != groups.end(); });
}

bool could_decide(const Candidate& candidate, const auth::Identity& requester) {
  const auth::Identity& person = *candidate.identity;
  return candidate.can_decide && person.kind == auth::IdentityKind::person && !is_involved(requester, person.id);
}

}  // namespace

bool is_involved(const auth::Identity& requester, const IdentityId& person) {
  return person == requester.id || person == requester.owner || person == requester.acts_for;
}

bool may_approve(const RequireApproval& approval, const std::vector<GroupId>& groups, bool escalated) {
  return may_approve(approval, groups) || (escalated && in_one_of(approval.escalation_groups, groups));
}

bool may_break_glass(const RequireApproval& approval, const std::vector<GroupId>& groups) { return in_one_of(approval.break_glass_groups, groups); }

std::size_t possible_approvers(const RequireApproval& approval, const auth::Identity& requester, std::span<const Candidate> everybody) {
  const bool escalates = approval.escalate_after.count() > 0;
  return static_cast<std::size_t>(std::count_if(everybody.begin(), everybody.end(), [&](const Candidate& candidate) {
    return could_decide(candidate, requester) && may_approve(approval, candidate.identity->groups, escalates);
  }));
}

bool can_be_approved(const RequireApproval& approval, const auth::Identity& requester, std::span<const Candidate> everybody) {
  if (possible_approvers(approval, requester, everybody) >= std::max<std::size_t>(approval.approvals, 1)) return true;
  return std::any_of(everybody.begin(), everybody.end(), [&](const Candidate& candidate) {
    return could_decide(candidate, requester) && may_break_glass(approval, candidate.identity->groups);
  });
}

}  // namespace sluice::policy
