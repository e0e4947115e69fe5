#include "control/stored_approval_desk.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <utility>

#include "approvals/plain_text.h"
#include "control/log.h"

namespace sluice::control {
namespace {

using approvals::ApprovalRequest;
using approvals::RequestState;

// How long a waiter sleeps at most before it looks for itself.
constexpr std::chrono::seconds kLookAgain{30};

HoldStatus status_of(const ApprovalRequest& request) {
  HoldStatus status{request.id, request.state, request.expires, {}};
  if (request.state == RequestState::approved && request.valid_until) {
    status.expires = *request.valid_until;
    status.max_rows = approvals::row_ceiling(request);
  }
  if (request.state == RequestState::denied && !request.votes.empty()) status.reason = request.votes.back().reason;
  return status;
}

}  // namespace

StoredApprovalDesk::StoredApprovalDesk(store::Store& store, net::Executor store_thread, const Clock& clock, Calls calls)
    : approvals_(store), approvers_(store), store_thread_(std::move(store_thread)), clock_(clock), calls_(std::move(calls)) {}

Result<ApprovalRequest> StoredApprovalDesk::change(const RequestId& id, const approvals::Event& event) {
  auto changed = approvals_.apply(id, event, clock_.now(), calls_.directory());
  changed_something();
  if (changed.ok() && !approvals::is_open(changed->state)) sessions_.erase(id);
  waiters_.notify(id);  // also after a refusal: time may have ended the request
  return changed;
}

Result<HoldStatus> StoredApprovalDesk::look(const RequestId& id) {
  SLUICE_TRY(request, approvals_.get(id, clock_.now()));
  if (request.state == RequestState::expired) expire();
  return status_of(request);
}

void StoredApprovalDesk::expire() {
  const auto told = approvals_.remind_due(clock_.now());
  if (!told.ok()) log_error(told.error().message);
  if (told.ok() && *told > 0) changed_something();
  const auto ended = approvals_.expire_due(clock_.now());
  if (!ended.ok()) {
    log_error(ended.error().message);
    return;
  }
  if (ended->empty()) return;
  changed_something();
  for (const RequestId& id : *ended) {
    sessions_.erase(id);
    waiters_.notify(id);
  }
}

void StoredApprovalDesk::changed_something() {
  calls_.on_record();
  on_change_();
}

bool StoredApprovalDesk::sign_off(const RequestId& id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return true;
  if (--found->second > 0) return false;
  sessions_.erase(found);
  return true;
}

awaitable<Result<HoldStatus>> StoredApprovalDesk::submit(approvals::HeldStatement held, policy::RequireApproval requirement) {
  auto file = [this, held = std::move(held), requirement = std::move(requirement)]() mutable -> Result<HoldStatus> {
    const bool waits = requirement.mode == policy::HoldMode::wait;
    SLUICE_TRY(request, approvals_.submit(std::move(held), std::move(requirement), clock_.now(), calls_.directory()));
    changed_something();
    if (waits && request.state == RequestState::pending) ++sessions_[request.id];
    return status_of(request);
  };
  co_return co_await net::on(store_thread_, file);
}

awaitable<Result<HoldStatus>> StoredApprovalDesk::wait(RequestId id) {
  const net::Executor here = co_await boost::asio::this_coro::executor;
  Waiters::Place place(waiters_, id, here);
  for (;;) {
    auto look_now = [this, id] { return look(id); };
    Result<HoldStatus> status = co_await net::on(store_thread_, look_now);
    if (!status.ok() || status->state != RequestState::pending) co_return status;
    const auto left = std::clamp<std::chrono::microseconds>(status->expires - clock_.now(), std::chrono::milliseconds(1), kLookAgain);
    static_cast<void>(co_await place.wait(std::chrono::steady_clock::now() + left));
  }
}

void StoredApprovalDesk::withdraw(RequestId id, std::string why) {
  net::post(store_thread_, [this, id = std::move(id), why = std::move(why)] {
    if (!sign_off(id)) return;  // another session waits for the same request
    const Status withdrawn = approvals_.withdraw_if_waiting(id, why, clock_.now());
    if (!withdrawn.ok()) log_error(withdrawn.error().message);
    changed_something();
    waiters_.notify(id);
  });
}

void StoredApprovalDesk::leave(RequestId id) {
  net::post(store_thread_, [this, id = std::move(id)] {
    static_cast<void>(sign_off(id));
    const Status detached = approvals_.detach(id);
    if (!detached.ok()) log_error(detached.error().message);
  });
}

awaitable<Status> StoredApprovalDesk::consume(RequestId id, Digest digest) {
  auto use = [this, id = std::move(id), digest]() -> Status {
    auto used_up = change(id, approvals::Used{digest});
    // The session asks anew, and is counted again.
    if (!used_up.ok() && used_up.error().kind == ErrorKind::approval_pending) static_cast<void>(sign_off(id));
    SLUICE_TRY(used, std::move(used_up));
    if (used.state != RequestState::consumed) return make_error(ErrorKind::internal, "approval was not used up");
    return Done{};
  };
  co_return co_await net::on(store_thread_, use);
}

awaitable<Result<std::vector<ApprovalRequest>>> StoredApprovalDesk::list(bool pending_only) {
  auto read = [this, pending_only] { return approvals_.list(pending_only, clock_.now()); };
  co_return co_await net::on(store_thread_, read);
}

awaitable<Result<ApprovalRequest>> StoredApprovalDesk::get(RequestId id) {
  auto read = [this, id = std::move(id)] { return approvals_.get(id, clock_.now()); };
  co_return co_await net::on(store_thread_, read);
}

Result<auth::Identity> StoredApprovalDesk::current(const auth::Identity& caller) {
  const store::Directory directory = calls_.directory();
  const auto found = directory == nullptr ? nullptr : approvals::People{directory, {}}.find(caller.id);
  if (found == nullptr) return make_error(ErrorKind::denied, "permission denied: you are not known here any more");
  return *found;
}

Result<ApprovalRequest> StoredApprovalDesk::vote(const RequestId& id, approvals::Vote vote, const auth::Identity& approver) {
  SLUICE_TRY(who, current(approver));
  return change(id, approvals::Decided{std::move(vote), std::move(who)});
}

awaitable<Result<ApprovalRequest>> StoredApprovalDesk::decide(RequestId id, auth::Identity approver, bool approve, std::string reason,
                                                              std::string channel, Seen seen) {
  SLUICE_CO_TRY(clean, approvals::plain_text(reason, approvals::kMaxReasonCharacters));
  approvals::Vote given{approver.id, approve, std::move(clean), {}, std::move(channel)};
  auto cast = [this, id = std::move(id), given = std::move(given), approver = std::move(approver), seen = std::move(seen)]() mutable -> Result<ApprovalRequest> {
    // Nobody else changes requests: what is looked at here is what is voted on.
    if (seen.check) {
      SLUICE_TRY(now, approvals_.get(id, clock_.now()));
      SLUICE_CHECK(seen.check(now));
    }
    if (seen.card) {
      SLUICE_TRY(card, approvals_.keep_card(id, *seen.card));
      given.card = std::move(card);
    }
    return vote(id, std::move(given), approver);
  };
  co_return co_await net::on(store_thread_, cast);
}

awaitable<Result<approvals::Viewer>> StoredApprovalDesk::viewer(auth::Identity identity) {
  auto read = [this, identity = std::move(identity)]() -> Result<approvals::Viewer> {
    const Timestamp now = clock_.now();
    SLUICE_TRY(people, approvers_.people(calls_.directory(), now));
    return approvals::Viewer{identity, now, std::move(people)};
  };
  co_return co_await net::on(store_thread_, read);
}

awaitable<Result<approvals::ApprovalPage>> StoredApprovalDesk::find(approvals::ApprovalQuery query) {
  auto read = [this, query = std::move(query)] { return approvals_.find(query, clock_.now()); };
  co_return co_await net::on(store_thread_, read);
}

void StoredApprovalDesk::executed(RequestId id, approvals::Execution execution) {
  net::post(store_thread_, [this, id = std::move(id), execution = std::move(execution)]() mutable {
    execution.at = clock_.now();
    const Status noted = approvals_.executed(id, execution);
    if (!noted.ok()) log_error(noted.error().message);
    changed_something();
  });
}

awaitable<Result<approvals::CardHistory>> StoredApprovalDesk::history(ApprovalRequest request) {
  auto read = [this, request = std::move(request)] { return approvals_.history(request, clock_.now()); };
  co_return co_await net::on(store_thread_, read);
}

awaitable<void> StoredApprovalDesk::expire_due() {
  auto end = [this] { expire(); };
  co_await net::on(store_thread_, end);
}

}  // namespace sluice::control
