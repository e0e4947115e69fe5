#pragma once

#include <memory>
#include <string>
#include <vector>

#include "approvals/people.h"
#include "approvals/standing.h"
#include "base/result.h"
#include "store/store.h"

namespace sluice::store {

using Directory = std::shared_ptr<const approvals::Directory>;

/// What approvers lend each other, and standing approvals. Each change is one transaction with its audit record. All calls block.
class ApproverStore {
 public:
  explicit ApproverStore(Store& store) : store_(store) {}

  [[nodiscard]] Result<approvals::People> people(const Directory& directory, Timestamp now);

  /// Gives the delegation its id and keeps it.
  [[nodiscard]] Result<approvals::Delegation> lend(approvals::Delegation delegation, Timestamp now);
  /// not_found unless `by` is its lender or its delegate; conflict: revoked already.
  [[nodiscard]] Result<approvals::Delegation> revoke(const approvals::DelegationId& id, const IdentityId& by, Timestamp now);
  /// Given to or by a person, newest first.
  [[nodiscard]] Result<std::vector<approvals::Delegation>> delegations(const IdentityId& of);

  [[nodiscard]] Result<approvals::StandingApproval> make_standing(const RequestId& from, const approvals::StandingWish& wish, approvals::Vote vote,
                                                                  const auth::Identity& approver, const Directory& directory, Timestamp now);
  [[nodiscard]] Result<approvals::StandingApproval> agree(const approvals::StandingId& id, approvals::Vote vote, const auth::Identity& approver,
                                                          const Directory& directory, Timestamp now);
  [[nodiscard]] Result<approvals::StandingApproval> revoke_standing(const approvals::StandingId& id, const auth::Identity& caller, std::string why,
                                                                    const Directory& directory, Timestamp now);
  /// Newest first. `live_only`: neither revoked, nor over, nor used up.
  [[nodiscard]] Result<std::vector<approvals::StandingApproval>> standing(bool live_only, Timestamp now);

 private:
  Store& store_;
};

}  // namespace sluice::store
