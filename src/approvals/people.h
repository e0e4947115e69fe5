#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auth/identity.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "policy/approvers.h"

namespace sluice::approvals {

using DelegationId = NamedId<struct DelegationIdTag>;  ///< "DG" + 26 characters

/// The longest time for which a right can be lent.
inline constexpr std::chrono::seconds kMaxDelegation{30 * 24 * 3600};

/// A right to decide that its lender has by own groups, lent to another person for a while. It cannot be lent on.
struct Delegation {
  DelegationId id;
  IdentityId lender;
  IdentityId delegate;
  std::vector<GroupId> groups;  ///< of the lender: the right reaches no further. Sorted, not empty
  Timestamp starts{};
  Timestamp ends{};
  std::string reason;           ///< plain text
  Timestamp created{};
  std::optional<Timestamp> revoked = {};  ///< votes by it that are not used up yet do not count any more
  IdentityId revoked_by = {};
};

struct Person {
  auth::Identity identity;
  bool can_decide = false;  ///< has an API token or an account of a channel
};
/// Everybody of the configuration, agents too.
using Directory = std::map<IdentityId, Person>;

/// Who people are at one moment. A value: copied freely. Without a directory nobody is entitled to anything.
struct People {
  std::shared_ptr<const Directory> directory = {};
  std::vector<Delegation> delegations = {};  ///< not revoked, also those that have ended; votes may rest on them

  /// Null: nobody of that name.
  [[nodiscard]] const auth::Identity* find(const IdentityId& id) const;
  [[nodiscard]] std::vector<policy::Candidate> candidates() const;
};

/// A delegation from `lender` to `delegate` as both are configured now. Empty `groups`: all of the lender's.
/// bad_request: not two people, groups that the lender is not in, times that are over, in disorder or too long.
[[nodiscard]] Result<Delegation> make_delegation(const auth::Identity& lender, const auth::Identity& delegate, std::vector<GroupId> groups,
                                                 Timestamp starts, Timestamp ends, Timestamp now);

/// Was the right lent for something that happened at `at`?
[[nodiscard]] bool holds_at(const Delegation& delegation, Timestamp at);

}  // namespace sluice::approvals
