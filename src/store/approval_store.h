#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "approvals/approval_query.h"
#include "approvals/card.h"
#include "approvals/lifecycle.h"
#include "approvals/request.h"
#include "base/result.h"
#include "store/store.h"

namespace sluice::store {

/// An identical statement that was denied less than this long ago is denied without asking again.
inline constexpr std::chrono::seconds kDenialHolds{60};

/// Approval requests in the store. Each change is one transaction: the new state, which approvals::apply()
/// decided, only if the old one is still there, together with its audit record. All calls block.
class ApprovalStore {
 public:
  explicit ApprovalStore(Store& store) : store_(store) {}

  /// Files the request, or gives the one for the same digest that is open or was denied just now.
  [[nodiscard]] Result<approvals::ApprovalRequest> submit(approvals::HeldStatement held, policy::RequireApproval requirement, Timestamp now);
  /// The request after the event. The passing of time counts first, also if the event is then refused.
  [[nodiscard]] Result<approvals::ApprovalRequest> apply(const RequestId& id, const approvals::Event& event, Timestamp now);
  [[nodiscard]] Result<approvals::ApprovalRequest> get(const RequestId& id, Timestamp now);
  /// Pending ones, oldest first; or the latest 500 of all kinds, newest first.
  [[nodiscard]] Result<std::vector<approvals::ApprovalRequest>> list(bool pending_only, Timestamp now);
  /// Looks at a bounded number of rows, so that nobody waits long for the store.
  [[nodiscard]] Result<approvals::ApprovalPage> find(const approvals::ApprovalQuery& query, Timestamp now);
  /// Keeps a card that somebody votes by; gives the hex form of its digest.
  [[nodiscard]] Result<std::string> keep_card(const RequestId& id, const approvals::DecisionCard& card);
  /// The kept card, as JSON. not_found: none with this digest.
  [[nodiscard]] Result<std::string> card(const RequestId& id, const std::string& digest);
  /// Writes down how the approved statement ended. conflict unless it was consumed and its end is not known yet.
  [[nodiscard]] Status executed(const RequestId& id, const approvals::Execution& execution);
  /// What the card says of earlier requests of the same requester.
  [[nodiscard]] Result<approvals::CardHistory> history(const approvals::ApprovalRequest& request, Timestamp now);
  /// Ends what nobody decided, or used, in time; gives what it ended.
  [[nodiscard]] Result<std::vector<RequestId>> expire_due(Timestamp now);
  /// After a restart the sessions that waited are gone: withdraws what only they could have used.
  [[nodiscard]] Result<std::vector<RequestId>> withdraw_waiting(const std::string& why, Timestamp now);

 private:
  Store& store_;
};

}  // namespace sluice::store
