#include "approvals/lifecycle.h"

#include <algorithm>
#include <utility>

#include "approvals/rights.h"

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

Matter matter_of(const ApprovalRequest& request) { return {request.held.requester, request.requirement, request.escalated.has_value()}; }

/// People who approved and still may; a vote that lost its right has lost it for good. One that breaks the glass is enough.
bool enough_approvals(ApprovalRequest& request, const People& people, const Vote* just_given) {
  std::size_t count = 0;
  for (Vote& vote : request.votes) {
    if (!vote.approve) continue;
    if (&vote != just_given && !still_entitled(matter_of(request), vote, people)) vote.lapsed = true;
    if (vote.lapsed) continue;
    if (vote.break_glass) return true;
    ++count;
  }
  return count >= std::max<std::size_t>(request.requirement.approvals, 1);
}

Result<ApprovalRequest> on_vote(ApprovalRequest request, const Decided& decided, Timestamp now, const People& people) {
  if (decided.vote.approver != decided.approver.id) return make_error(ErrorKind::internal, "vote of somebody else");
  Vote vote = decided.vote;
  // Who asks without a right learns nothing about the state.
  if (vote.break_glass) {
    SLUICE_CHECK(right_to_break_glass(matter_of(request), decided.approver));
    vote.groups = decided.approver.groups;
  } else {
    SLUICE_TRY(right, right_to_decide(matter_of(request), decided.approver, now, people, request.votes));
    vote.on_behalf_of = std::move(right.on_behalf_of);
    vote.groups = std::move(right.groups);
  }
  if (request.state != RequestState::pending) return too_late(request.state);
  // Who has approved together with others may still break the glass, once.
  const bool again = vote.break_glass ? std::any_of(request.votes.begin(), request.votes.end(),
                                                    [&](const Vote& other) { return other.break_glass && other.approver == vote.approver; })
                                      : has_voted(request.votes, vote.approver);
  if (again) return make_error(ErrorKind::conflict, "you have already decided on this approval request");
  if (vote.break_glass && !vote.approve) return make_error(ErrorKind::bad_request, "the glass is broken to approve");
  if (vote.approve && vote.reason.empty() && (request.requirement.reason_required || vote.break_glass)) {
    return make_error(ErrorKind::bad_request, "approving this request needs a reason");
  }
  vote.at = now;
  vote.lapsed = false;
  request.votes.push_back(std::move(vote));
  if (!request.votes.back().approve) {
    request.state = RequestState::denied;
  } else if (enough_approvals(request, people, &request.votes.back())) {
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

Result<ApprovalRequest> on_use(ApprovalRequest request, const Used& used, Timestamp now, const People& people) {
  if (request.state != RequestState::approved) return too_late(request.state);
  if (used.digest != request.digest) {
    return make_error(ErrorKind::conflict, "statement is not the one that was approved");
  }
  const bool holds = request.standing.empty() ? enough_approvals(request, people, nullptr) : used.standing_holds;
  if (holds) {
    request.state = RequestState::consumed;
    return request;
  }
  // Others may approve in the place of those who no longer may, in the time that is left.
  request.state = RequestState::pending;
  request.valid_until.reset();
  request.standing = {};
  request.standing_rows = 0;
  request.state = state_at(request, now);
  return request;
}

Result<ApprovalRequest> on_review(ApprovalRequest request, const Reviewed& reviewed, Timestamp now, const People& people) {
  if (reviewed.review.reviewer != reviewed.reviewer.id) return make_error(ErrorKind::internal, "review of somebody else");
  SLUICE_CHECK(may_review(request, reviewed.reviewer, now, people));
  if (request.review) return make_error(ErrorKind::conflict, "the broken glass has already been reviewed");
  if (!broke_glass(request)) return make_error(ErrorKind::conflict, "nobody broke the glass for this approval request");
  if (reviewed.review.reason.empty()) return make_error(ErrorKind::bad_request, "a review needs a reason");
  request.review = reviewed.review;
  request.review->at = now;
  return request;
}

}  // namespace

bool is_open(RequestState state) { return state == RequestState::pending || state == RequestState::approved; }

RequestState state_at(const ApprovalRequest& request, Timestamp now) {
  if (!is_open(request.state)) return request.state;
  const Timestamp stamped = request.votes.empty() ? request.created : std::max(request.created, request.votes.back().at);
  if (now + kClockTolerance < stamped) return RequestState::expired;
  if (request.state == RequestState::pending) return now >= request.expires ? RequestState::expired : RequestState::pending;
  // An approval without an end is none.
  return !request.valid_until || now >= *request.valid_until ? RequestState::expired : RequestState::approved;
}

Status may_decide(const ApprovalRequest& request, const auth::Identity& approver, Timestamp now, const People& people) {
  SLUICE_CHECK(right_to_decide(matter_of(request), approver, now, people));
  return Done{};
}

Status may_break_glass(const ApprovalRequest& request, const auth::Identity& person) { return right_to_break_glass(matter_of(request), person); }

Status may_review(const ApprovalRequest& request, const auth::Identity& person, Timestamp now, const People& people) {
  for (const Vote& vote : request.votes) {
    if (vote.break_glass && vote.approver == person.id) {
      return make_error(ErrorKind::denied, "permission denied to review your own use of break-glass");
    }
  }
  // Who is let in by an escalation may look at what happened before it, too.
  const Matter matter{request.held.requester, request.requirement, true};
  if (right_to_break_glass(matter, person).ok()) return Done{};
  SLUICE_CHECK(right_to_decide(matter, person, now, people));
  return Done{};
}

bool is_own(const ApprovalRequest& request, const auth::Identity& caller) {
  const auth::Identity& requester = request.held.requester;
  if (caller.id.empty()) return false;
  if (caller.id == requester.id && caller.kind == requester.kind) return true;
  return caller.kind == auth::IdentityKind::person && (caller.id == requester.owner || caller.id == requester.acts_for);
}

bool may_see(const ApprovalRequest& request, const auth::Identity& caller, Timestamp now, const People& people) {
  if (caller.id.empty()) return false;
  if (is_own(request, caller)) return true;
  const Matter matter{request.held.requester, request.requirement, true};
  return right_to_decide(matter, caller, now, people).ok() || right_to_break_glass(matter, caller).ok();
}

Status may_withdraw(const ApprovalRequest& request, const auth::Identity& caller) {
  if (is_own(request, caller)) return Done{};
  return make_error(ErrorKind::denied, "permission denied to withdraw this approval request", "Who may approve it can deny it.");
}

std::optional<Timestamp> next_due(const ApprovalRequest& request) {
  std::optional<Timestamp> due;
  const auto at = [&](Timestamp time) { due = due ? std::min(*due, time) : time; };
  const policy::RequireApproval& requirement = request.requirement;
  if (request.state != RequestState::pending) return due;
  if (requirement.remind_every.count() > 0) at(request.created + requirement.remind_every * static_cast<std::int64_t>(request.reminders + 1));
  if (requirement.escalate_after.count() > 0 && !request.escalated) at(request.created + requirement.escalate_after);
  return due;
}

ApprovalRequest after_due(ApprovalRequest request, Timestamp now) {
  const policy::RequireApproval& requirement = request.requirement;
  if (state_at(request, now) != RequestState::pending) return request;
  if (requirement.escalate_after.count() > 0 && !request.escalated && now >= request.created + requirement.escalate_after) request.escalated = now;
  if (requirement.remind_every.count() > 0 && now > request.created) {
    const auto passed = static_cast<std::uint64_t>((now - request.created) / requirement.remind_every);
    request.reminders = std::max(request.reminders, passed);
  }
  return request;
}

Result<ApprovalRequest> apply(ApprovalRequest request, const Event& event, Timestamp now, const People& people) {
  request.state = state_at(request, now);
  if (const auto* decided = std::get_if<Decided>(&event)) return on_vote(std::move(request), *decided, now, people);
  if (const auto* used = std::get_if<Used>(&event)) return on_use(std::move(request), *used, now, people);
  if (const auto* reviewed = std::get_if<Reviewed>(&event)) return on_review(std::move(request), *reviewed, now, people);
  return on_withdrawal(std::move(request));
}

}  // namespace sluice::approvals
