#pragma once

#include <functional>
#include <map>
#include <memory>

#include "control/approval_desk.h"
#include "control/waiters.h"
#include "net/task.h"
#include "store/approval_store.h"

namespace sluice::control {

/// The approval desk over the store. Its work is done on the store thread, which must be joined before it dies.
class StoredApprovalDesk final : public ApprovalDesk {
 public:
  /// `on_record` is called, on the store thread, after audit records were put into the outbox.
  StoredApprovalDesk(store::Store& store, net::Executor store_thread, const Clock& clock, std::function<void()> on_record);

  awaitable<Result<HoldStatus>> submit(approvals::HeldStatement held, policy::RequireApproval requirement) override;
  awaitable<Result<HoldStatus>> wait(RequestId id) override;
  void withdraw(RequestId id, std::string why) override;
  awaitable<Status> consume(RequestId id, Digest digest) override;
  awaitable<Result<std::vector<approvals::ApprovalRequest>>> list(bool pending_only) override;
  awaitable<Result<approvals::ApprovalRequest>> get(RequestId id) override;
  awaitable<Result<approvals::ApprovalRequest>> decide(RequestId id, auth::Identity approver, bool approve, std::string reason,
                                                       std::string channel, Seen seen = {}) override;
  awaitable<Result<approvals::ApprovalPage>> find(approvals::ApprovalQuery query) override;
  void executed(RequestId id, approvals::Execution execution) override;
  awaitable<Result<approvals::CardHistory>> history(approvals::ApprovalRequest request) override;
  /// Called, on the store thread, after anything happened to a request.
  void on_change(std::function<void()> tell) { on_change_ = std::move(tell); }

  /// Ends what time has ended and wakes who waits for it. For the control thread, every second or so.
  [[nodiscard]] awaitable<void> expire_due();

 private:
  // on the store thread
  bool leave(const RequestId& id);  ///< one session less waits for it; true: nobody does any more
  Result<approvals::ApprovalRequest> change(const RequestId& id, const approvals::Event& event);
  Result<HoldStatus> look(const RequestId& id);
  void expire();
  void changed_something();

  store::ApprovalStore approvals_;
  net::Executor store_thread_;
  const Clock& clock_;
  std::function<void()> on_record_;
  std::function<void()> on_change_ = [] {};
  Waiters waiters_;
  std::map<RequestId, std::size_t> sessions_;  ///< how many wait for a request, until it has ended; store thread only
};

}  // namespace sluice::control
