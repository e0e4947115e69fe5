#pragma once

#include <functional>
#include <map>
#include <memory>

#include "control/approval_desk.h"
#include "control/approver_desk.h"
#include "control/guarded_clock.h"
#include "control/waiters.h"
#include "net/task.h"
#include "store/approval_store.h"

namespace sluice::control {

/// Both desks over the store. Their work is done on the store thread, which must be joined before they die.
class StoredApprovalDesk final : public ApprovalDesk, public ApproverDesk {
 public:
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  struct Calls {
    std::function<store::Directory()> directory;  ///< everybody as configured now; on the store thread
    std::function<void()> on_record;              ///< audit records were put into the outbox; on the store thread
  };
  StoredApprovalDesk(store::Store& store, net::Executor store_thread, const Clock& clock, Calls calls);

  awaitable<Result<HoldStatus>> submit(approvals::HeldStatement held, policy::RequireApproval requirement) override;
  awaitable<Result<HoldStatus>> wait(RequestId id) override;
  void withdraw(RequestId id, std::string why) override;
  void leave(RequestId id) override;
  awaitable<Status> consume(RequestId id, Digest digest) override;
  awaitable<Result<std::vector<approvals::ApprovalRequest>>> list(bool pending_only) override;
  awaitable<Result<approvals::ApprovalRequest>> get(RequestId id) override;
  awaitable<Result<approvals::ApprovalRequest>> decide(RequestId id, auth::Identity approver, bool approve, std::string reason,
                                                       std::string channel, Seen seen = {}) override;
  awaitable<Result<approvals::Viewer>> viewer(auth::Identity identity) override;
  awaitable<Result<approvals::ApprovalPage>> find(approvals::ApprovalQuery query) override;
  void executed(RequestId id, approvals::Execution execution) override;
  awaitable<Result<approvals::CardHistory>> history(approvals::ApprovalRequest request) override;

  awaitable<Result<approvals::People>> people() override;
  awaitable<Result<approvals::ApprovalRequest>> break_glass(RequestId id, auth::Identity person, std::string reason, std::string channel) override;
  awaitable<Result<std::vector<approvals::ApprovalRequest>>> to_review() override;
  awaitable<Result<approvals::ApprovalRequest>> review(RequestId id, auth::Identity reviewer, bool justified, std::string reason,
                                                       std::string channel) override;
  awaitable<Result<approvals::ApprovalRequest>> withdraw_by(RequestId id, auth::Identity caller, std::string reason) override;
  awaitable<Result<approvals::Delegation>> delegate(auth::Identity lender, IdentityId to, std::vector<GroupId> groups, Timestamp starts, Timestamp ends,
                                                    std::string reason) override;
  awaitable<Result<approvals::Delegation>> revoke_delegation(approvals::DelegationId id, auth::Identity caller) override;
  awaitable<Result<std::vector<approvals::Delegation>>> delegations(IdentityId of) override;
  awaitable<Result<approvals::StandingApproval>> make_standing(RequestId from, auth::Identity approver, approvals::StandingWish wish, std::string reason,
                                                               std::string channel) override;
  awaitable<Result<approvals::StandingApproval>> agree_to_standing(approvals::StandingId id, auth::Identity approver, std::string reason,
                                                                   std::string channel) override;
  awaitable<Result<approvals::StandingApproval>> revoke_standing(approvals::StandingId id, auth::Identity caller, std::string reason) override;
  awaitable<Result<std::vector<approvals::StandingApproval>>> standing(bool live_only) override;

  /// Called, on the store thread, after anything happened to a request.
  void on_change(std::function<void()> tell) { on_change_ = std::move(tell); }

  /// Ends what time has ended, reminds, escalates, and wakes who waits for it. For the control thread, every second or so.
  [[nodiscard]] awaitable<void> expire_due();

 private:
  // on the store thread
  bool sign_off(const RequestId& id);  ///< one session less waits for it; true: nobody does any more
  /// Who that is as configured now; denied: nobody any more.
  Result<auth::Identity> current(const auth::Identity& caller);
  Result<approvals::ApprovalRequest> vote(const RequestId& id, approvals::Vote vote, const auth::Identity& approver);
  Result<approvals::ApprovalRequest> change(const RequestId& id, const approvals::Event& event);
  Result<HoldStatus> look(const RequestId& id);
  void expire();
  void changed_something();

  store::ApprovalStore approvals_;
  store::ApproverStore approvers_;
  net::Executor store_thread_;
  GuardedClock clock_;
  Calls calls_;
  std::function<void()> on_change_ = [] {};
  Waiters waiters_;
  std::map<RequestId, std::size_t> sessions_;  ///< how many wait for a request, until it has ended; store thread only
};

}  // namespace sluice::control
