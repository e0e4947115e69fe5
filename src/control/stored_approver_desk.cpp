// What people do around approvals besides voting: the ApproverDesk of StoredApprovalDesk.
#include <utility>

#include "approvals/plain_text.h"
#include "control/stored_approval_desk.h"

namespace sluice::control {

using approvals::ApprovalRequest;
using approvals::Delegation;
using approvals::StandingApproval;

template <class T>
using awaitable = boost::asio::awaitable<T>;

awaitable<Result<approvals::People>> StoredApprovalDesk::people() {
  auto read = [this] { return approvers_.people(calls_.directory(), clock_.now()); };
  co_return co_await net::on(store_thread_, read);
}

awaitable<Result<ApprovalRequest>> StoredApprovalDesk::break_glass(RequestId id, auth::Identity person, std::string reason, std::string channel) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  approvals::Vote given{person.id, true, std::move(clean), {}, std::move(channel)};
  given.break_glass = true;
  auto cast = [this, id = std::move(id), given = std::move(given), person = std::move(person)] { return vote(id, given, person); };
  co_return co_await net::on(store_thread_, cast);
}

awaitable<Result<std::vector<ApprovalRequest>>> StoredApprovalDesk::to_review() {
  auto read = [this] { return approvals_.to_review(); };
  co_return co_await net::on(store_thread_, read);
}

awaitable<Result<ApprovalRequest>> StoredApprovalDesk::review(RequestId id, auth::Identity reviewer, bool justified, std::string reason,
                                                              std::string channel) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  approvals::Review given{reviewer.id, justified, std::move(clean), {}, std::move(channel)};
  auto write = [this, id = std::move(id), given = std::move(given), reviewer = std::move(reviewer)]() -> Result<ApprovalRequest> {
    SLUICE_TRY(who, current(reviewer));
    return change(id, approvals::Reviewed{given, std::move(who)});
  };
  co_return co_await net::on(store_thread_, write);
}

awaitable<Result<ApprovalRequest>> StoredApprovalDesk::withdraw_by(RequestId id, auth::Identity caller, std::string reason) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  auto write = [this, id = std::move(id), clean = std::move(clean), caller = std::move(caller)]() -> Result<ApprovalRequest> {
    SLUICE_TRY(request, approvals_.get(id, clock_.now()));
    SLUICE_CHECK(approvals::may_withdraw(request, caller));
    return change(id, approvals::Withdrawn{clean, caller.id});
  };
  co_return co_await net::on(store_thread_, write);
}

awaitable<Result<Delegation>> StoredApprovalDesk::delegate(auth::Identity lender, IdentityId to, std::vector<GroupId> groups, Timestamp starts,
                                                           Timestamp ends, std::string reason) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  auto write = [this, lender = std::move(lender), to = std::move(to), groups = std::move(groups), starts, ends,
                clean = std::move(clean)]() -> Result<Delegation> {
    const Timestamp now = clock_.now();
    SLUICE_TRY(who, current(lender));
    const store::Directory directory = calls_.directory();
    const auth::Identity* other = approvals::People{directory, {}}.find(to);
    if (other == nullptr) return make_error(ErrorKind::bad_request, "the right to decide can be lent to people of the configuration only");
    SLUICE_TRY(made, approvals::make_delegation(who, *other, groups, starts, ends, now));
    made.reason = clean;
    auto lent = approvers_.lend(std::move(made), now);
    calls_.on_record();
    return lent;
  };
  co_return co_await net::on(store_thread_, write);
}

awaitable<Result<Delegation>> StoredApprovalDesk::revoke_delegation(approvals::DelegationId id, auth::Identity caller) {
  auto write = [this, id = std::move(id), caller = std::move(caller)] {
    auto revoked = approvers_.revoke(id, caller.id, clock_.now());
    calls_.on_record();
    return revoked;
  };
  co_return co_await net::on(store_thread_, write);
}

awaitable<Result<std::vector<Delegation>>> StoredApprovalDesk::delegations(IdentityId of) {
  auto read = [this, of = std::move(of)] { return approvers_.delegations(of); };
  co_return co_await net::on(store_thread_, read);
}

awaitable<Result<StandingApproval>> StoredApprovalDesk::make_standing(RequestId from, auth::Identity approver, approvals::StandingWish wish,
                                                                      std::string reason, std::string channel) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  approvals::Vote given{approver.id, true, std::move(clean), {}, std::move(channel)};
  auto write = [this, from = std::move(from), approver = std::move(approver), wish, given = std::move(given)]() -> Result<StandingApproval> {
    SLUICE_TRY(who, current(approver));
    auto made = approvers_.make_standing(from, wish, given, who, calls_.directory(), clock_.now());
    calls_.on_record();
    return made;
  };
  co_return co_await net::on(store_thread_, write);
}

awaitable<Result<StandingApproval>> StoredApprovalDesk::agree_to_standing(approvals::StandingId id, auth::Identity approver, std::string reason,
                                                                          std::string channel) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  approvals::Vote given{approver.id, true, std::move(clean), {}, std::move(channel)};
  auto write = [this, id = std::move(id), approver = std::move(approver), given = std::move(given)]() -> Result<StandingApproval> {
    SLUICE_TRY(who, current(approver));
    auto agreed = approvers_.agree(id, given, who, calls_.directory(), clock_.now());
    calls_.on_record();
    return agreed;
  };
  co_return co_await net::on(store_thread_, write);
}

awaitable<Result<StandingApproval>> StoredApprovalDesk::revoke_standing(approvals::StandingId id, auth::Identity caller, std::string reason) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  auto write = [this, id = std::move(id), caller = std::move(caller), clean = std::move(clean)] {
    auto revoked = approvers_.revoke_standing(id, caller, clean, calls_.directory(), clock_.now());
    calls_.on_record();
    return revoked;
  };
  co_return co_await net::on(store_thread_, write);
}

awaitable<Result<std::vector<StandingApproval>>> StoredApprovalDesk::standing(bool live_only) {
  auto read = [this, live_only] { return approvers_.standing(live_only, clock_.now()); };
  co_return co_await net::on(store_thread_, read);
}

}  // namespace sluice::control
