#include "approvals/lifecycle.h"

#include <algorithm>
#include <utility>

namespace sluice::approvals {
namespace {

Error too_late(RequestState state) {
  switch (state) {
    case RequestState::pending: return make_error(ErrorKind::conflict, "approval request is still pending");
    case RequestState::approved: return make_error(ErrorKind::conflict, "approval request is already approved");
    case RequestState::denied: return make_error(ErrorKind::conflict, "approval request is already denied");
    case RequestState::expired: return make_error(ErrorKind::conflict, "approval request has expired");
    case RequestState::withdrawn: return make_error(ErrorKind::conflict, "approval request was withdrawn");
    case RequestState::consumed: return make_error(ErrorKind::conflict, "approval has already been used");
  }
  return make_error(ErrorKind::internal, "approval request is in no known state");
}

Result<ApprovalRequest> on_vote(ApprovalRequest request, const Decided& decided, Timestamp now) {
  // Who asks without a right learns nothing about the state.
  SLUICE_CHECK(may_decide(request, decided.approver));
  if (decided.vote.approver != decided.approver.id) return make_error(ErrorKind::internal, "vote of somebody else");
  if (request.state != RequestState::pending) return too_late(request.state);
  const auto same_person = [&](const Vote& vote) { return vote.approver == decided.approver.id; };
  if (std::any_of(request.votes.begin(), request.votes.end(), same_person)) {
    return make_error(ErrorKind::conflict, "you have already decided on this approval request");
  }
  request.votes.push_back(decided.vote);
  request.votes.back().at = now;
  if (!decided.vote.approve) {
    request.state = RequestState::denied;
  } else if (request.votes.size() >= std::max<std::size_t>(request.requirement.approvals, 1)) {
    request.state = RequestState::approved;
    request.valid_until = now + request.requirement.valid_for;
  }
  return request;
}

Result<ApprovalRequest> on_withdrawal(ApprovalRequest request) {
  if (!is_open(request.state)) return too_late(request.state);
  request.state = RequestState::withdrawn;
  return request;
}

Result<ApprovalRequest> on_use(ApprovalRequest request, const Used& used) {
  if (request.state != RequestState::approved) return too_late(request.state);
  if (used.digest != request.digest) {
    return make_error(ErrorKind::conflict, "statement is not the one that was approved");
  }
  request.state = RequestState::consumed;
  return request;
}

}  // namespace

bool is_open(RequestState state) { return state == RequestState::pending || state == RequestState::approved; }

RequestState state_at(const ApprovalRequest& request, Timestamp now) {
  if (request.state == RequestState::pending && now >= request.expires) return RequestState::expired;
  // An approval without an end is none.
  if (request.state == RequestState::approved && (!request.valid_until || now >= *request.valid_until)) return RequestState::expired;
  return request.state;
}

Status may_decide(const ApprovalRequest& request, const auth::Identity& approver) {
  const auth::Identity& requester = request.held.requester;
  if (approver.id.empty() || approver.kind != auth::IdentityKind::person) {
    return make_error(ErrorKind::denied, "only a person may decide on an approval request");
  }
  if (approver.id == requester.id || approver.id == requester.owner || approver.id == requester.acts_for) {
    return make_error(ErrorKind::denied, "permission denied to decide on your own approval request");
  }
  if (!policy::may_approve(request.requirement, approver.groups)) {
    return make_error(ErrorKind::denied, "permission denied to decide on this approval request", "You are not in the groups that may approve it.");
  }
  return Done{};
}

Result<ApprovalRequest> apply(ApprovalRequest request, const Event& event, Timestamp now) {
  request.state = state_at(request, now);
  if (const auto* decided = std::get_if<Decided>(&event)) return on_vote(std::move(request), *decided, now);
  if (const auto* used = std::get_if<Used>(&event)) return on_use(std::move(request), *used);
  return on_withdrawal(std::move(request));
}

}  // namespace sluice::approvals
