#pragma once

#include <vector>

#include "approvals/people.h"
#include "approvals/request.h"
#include "base/result.h"

// Whose vote counts. Shared by requests and standing approvals.
namespace sluice::approvals {

/// What a right to decide is about.
struct Matter {
  const auth::Identity& requester;
  const policy::RequireApproval& requirement;
  bool escalated = false;
};

/// Where somebody's right to decide comes from.
struct Right {
  IdentityId on_behalf_of;      ///< empty: it is their own
  std::vector<GroupId> groups;  ///< by which it is given
};

/// `taken`: people who count already, and for whom nobody else can vote any more.
[[nodiscard]] Result<Right> right_to_decide(const Matter& matter, const auth::Identity& approver, Timestamp now, const People& people,
                                            const std::vector<Vote>& taken = {});
[[nodiscard]] Status right_to_break_glass(const Matter& matter, const auth::Identity& person);
/// Does a vote that was given at its time still have a right to stand on?
[[nodiscard]] bool still_entitled(const Matter& matter, const Vote& vote, const People& people);
/// Did this person vote, or somebody for them?
[[nodiscard]] bool has_voted(const std::vector<Vote>& votes, const IdentityId& person);

}  // namespace sluice::approvals
