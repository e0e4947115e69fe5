#include "approvals/people.h"

#include <algorithm>
#include <utility>

namespace sluice::approvals {

const auth::Identity* People::find(const IdentityId& id) const {
  if (directory == nullptr) return nullptr;
  const auto found = directory->find(id);
  return found == directory->end() ? nullptr : &found->second.identity;
}

std::vector<policy::Candidate> People::candidates() const {
  std::vector<policy::Candidate> everybody;
  if (directory == nullptr) return everybody;
  everybody.reserve(directory->size());
  for (const auto& [id, person] : *directory) everybody.push_back({&person.identity, person.can_decide});
  return everybody;
}

Result<Delegation> make_delegation(const auth::Identity& lender, const auth::Identity& delegate, std::vector<GroupId> groups, Timestamp starts,
                                   Timestamp ends, Timestamp now) {
  if (lender.id.empty() || lender.kind != auth::IdentityKind::person || delegate.id.empty() || delegate.kind != auth::IdentityKind::person) {
    return make_error(ErrorKind::bad_request, "only a person can lend the right to decide, and only to a person");
  }
  if (lender.id == delegate.id) return make_error(ErrorKind::bad_request, "the right to decide cannot be lent to oneself");
  if (groups.empty()) groups = lender.groups;
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  const bool own = std::all_of(groups.begin(), groups.end(), [&](const GroupId& group) {
    return std::find(lender.groups.begin(), lender.groups.end(), group) != lender.groups.end();
  });
  if (groups.empty() || !own) return make_error(ErrorKind::bad_request, "you can lend the right of your own groups only");
  starts = std::max(starts, now);
  if (ends <= starts) return make_error(ErrorKind::bad_request, "the delegation would be over before it begins");
  if (ends - starts > kMaxDelegation) return make_error(ErrorKind::bad_request, "a right can be lent for 30 days at most");
  Delegation made;
  made.lender = lender.id;
  made.delegate = delegate.id;
  made.groups = std::move(groups);
  made.starts = starts;
  made.ends = ends;
  made.created = now;
  return made;
}

bool holds_at(const Delegation& delegation, Timestamp at) { return !delegation.revoked && delegation.starts <= at && at < delegation.ends; }

}  // namespace sluice::approvals
