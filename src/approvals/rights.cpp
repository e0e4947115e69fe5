#include "approvals/rights.h"

#include <algorithm>

namespace sluice::approvals {
namespace {

bool is_person(const auth::Identity& identity) { return !identity.id.empty() && identity.kind == auth::IdentityKind::person; }

/// The delegation's groups that its lender still has. None if the lender must not decide either.
std::vector<GroupId> lent_groups(const Matter& matter, const Delegation& delegation, const People& people) {
  const auth::Identity* lender = people.find(delegation.lender);
  if (lender == nullptr || !is_person(*lender) || policy::is_involved(matter.requester, lender->id)) return {};
  std::vector<GroupId> groups;
  std::copy_if(delegation.groups.begin(), delegation.groups.end(), std::back_inserter(groups), [&](const GroupId& group) {
    return std::find(lender->groups.begin(), lender->groups.end(), group) != lender->groups.end();
  });
  return groups;
}

}  // namespace

bool has_voted(const std::vector<Vote>& votes, const IdentityId& person) {
  return std::any_of(votes.begin(), votes.end(), [&](const Vote& vote) { return vote.approver == person || vote.on_behalf_of == person; });
}

Result<Right> right_to_decide(const Matter& matter, const auth::Identity& approver, Timestamp now, const People& people,
                              const std::vector<Vote>& taken) {
  if (!is_person(approver)) return make_error(ErrorKind::denied, "only a person may decide on an approval request");
  if (policy::is_involved(matter.requester, approver.id)) {
    return make_error(ErrorKind::denied, "permission denied to decide on your own approval request");
  }
  if (policy::may_approve(matter.requirement, approver.groups, matter.escalated)) return Right{{}, approver.groups};
  bool lender_counted = false;
  for (const Delegation& delegation : people.delegations) {
    if (delegation.delegate != approver.id || !holds_at(delegation, now)) continue;
    std::vector<GroupId> groups = lent_groups(matter, delegation, people);
    if (!policy::may_approve(matter.requirement, groups, matter.escalated)) continue;
    if (!has_voted(taken, delegation.lender)) return Right{delegation.lender, std::move(groups)};
    lender_counted = true;
  }
  if (lender_counted) return make_error(ErrorKind::conflict, "whom you decide for has already decided on this approval request");
  return make_error(ErrorKind::denied, "permission denied to decide on this approval request", "You are not in the groups that may approve it.");
}

Status right_to_break_glass(const Matter& matter, const auth::Identity& person) {
  if (!is_person(person)) return make_error(ErrorKind::denied, "only a person may decide on an approval request");
  if (policy::is_involved(matter.requester, person.id)) {
    return make_error(ErrorKind::denied, "permission denied to decide on your own approval request");
  }
  if (!policy::may_break_glass(matter.requirement, person.groups)) {
    return make_error(ErrorKind::denied, "permission denied to break the glass for this approval request");
  }
  return Done{};
}

bool still_entitled(const Matter& matter, const Vote& vote, const People& people) {
  if (vote.lapsed) return false;
  const auth::Identity* approver = people.find(vote.approver);
  if (approver == nullptr || !is_person(*approver) || policy::is_involved(matter.requester, approver->id)) return false;
  if (vote.break_glass) return policy::may_break_glass(matter.requirement, approver->groups);
  if (vote.on_behalf_of.empty()) return policy::may_approve(matter.requirement, approver->groups, matter.escalated);
  // A delegation that ended since was bounded for deciding; one that was taken back takes its votes along.
  return std::any_of(people.delegations.begin(), people.delegations.end(), [&](const Delegation& delegation) {
    return delegation.delegate == vote.approver && delegation.lender == vote.on_behalf_of && holds_at(delegation, vote.at) &&
           policy::may_approve(matter.requirement, lent_groups(matter, delegation, people), matter.escalated);
  });
}

}  // namespace sluice::approvals
