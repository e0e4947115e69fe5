#include "approvals/standing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "approvals/lifecycle.h"
#include "approvals/rights.h"

namespace sluice::approvals {
namespace {

// What literals cannot make more dangerous than the ceiling of rows allows. Everything else is asked for each time.
constexpr std::array<std::string_view, 13> kActions{"select", "insert", "update",      "delete",  "export",    "export.copy", "copy_in",
                                                    "explain", "session", "transaction", "bulk_read", "mass_write", "temporary"};
// Comparing values with free literals would be an oracle for them.
constexpr std::array<std::string_view, 5> kUsesInClear{"output", "aggregate", "grouping", "ordering", "write target"};

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Matter matter_of(const StandingApproval& standing) { return {standing.held.requester, standing.requirement, false}; }

Error refused(std::string why) { return make_error(ErrorKind::bad_request, "there is no standing approval for such statements: " + std::move(why)); }

}  // namespace

Status may_stand(const HeldStatement& held, const policy::RequireApproval& requirement) {
  if (!requirement.standing) return refused("the rule does not allow it");
  if (held.shape.empty()) return refused("their shape is not known");
  if (!held.clear_columns.empty()) return refused("masks would be lifted");
  for (const std::string& action : held.actions) {
    if (!contains(kActions, action)) return refused("they need the action " + action);
  }
  for (const HeldColumn& column : held.columns) {
    if (!column.masked && !column.tags.empty() && !contains(kUsesInClear, column.use)) {
      return refused("they compare or process values of the tagged column " + column.column);
    }
  }
  return Done{};
}

std::size_t counting_votes(const StandingApproval& standing, Timestamp, const People& people) {
  return static_cast<std::size_t>(std::count_if(standing.votes.begin(), standing.votes.end(), [&](const Vote& vote) {
    return vote.approve && still_entitled(matter_of(standing), vote, people);
  }));
}

bool is_in_force(const StandingApproval& standing, Timestamp now, const People& people) {
  if (standing.revoked || now >= standing.ends || now + kClockTolerance < standing.created) return false;
  if (standing.uses_left == 0 || standing.rows_left == 0) return false;
  return counting_votes(standing, now, people) >= std::max<std::size_t>(standing.requirement.approvals, 1);
}

Result<StandingApproval> agree(StandingApproval standing, Vote vote, const auth::Identity& approver, Timestamp now, const People& people) {
  SLUICE_TRY(right, right_to_decide(matter_of(standing), approver, now, people, standing.votes));
  if (vote.approver != approver.id) return make_error(ErrorKind::internal, "vote of somebody else");
  if (standing.revoked) return make_error(ErrorKind::conflict, "standing approval was revoked");
  if (now >= standing.ends) return make_error(ErrorKind::conflict, "standing approval is over");
  if (has_voted(standing.votes, approver.id)) return make_error(ErrorKind::conflict, "you have already agreed to this standing approval");
  if (vote.reason.empty()) return make_error(ErrorKind::bad_request, "a standing approval needs a reason");
  vote.approve = true;
  vote.on_behalf_of = std::move(right.on_behalf_of);
  vote.groups = std::move(right.groups);
  vote.break_glass = vote.lapsed = false;
  vote.at = now;
  standing.votes.push_back(std::move(vote));
  return standing;
}

Result<StandingApproval> make_standing(const ApprovalRequest& from, const StandingWish& wish, Vote vote, const auth::Identity& approver, Timestamp now,
                                       const People& people) {
  StandingApproval made;
  made.scope = scope_of(from.held, from.requirement);
  made.from = from.id;
  made.held = from.held;
  made.requirement = from.requirement;
  made.created = now;
  made.ends = now + wish.life;
  made.uses_left = wish.uses;
  made.rows_left = wish.rows;
  SLUICE_TRY(standing, agree(std::move(made), std::move(vote), approver, now, people));
  if (state_at(from, now) != RequestState::approved && from.state != RequestState::consumed) {
    return make_error(ErrorKind::conflict, "approval request is not approved");
  }
  if (broke_glass(from) || !from.standing.empty()) {
    return make_error(ErrorKind::conflict, "approval request was not approved by the people whom its rule asks for");
  }
  SLUICE_CHECK(may_stand(from.held, from.requirement));
  const policy::StandingLimits& limits = from.requirement.standing_limits;
  if (wish.uses < 1 || wish.uses > limits.uses || wish.rows < 1 || wish.rows > limits.rows || wish.life.count() < 1 || wish.life > limits.life) {
    return make_error(ErrorKind::bad_request, "a standing approval by this rule has at most " + std::to_string(limits.uses) + " uses, " +
                                                  std::to_string(limits.rows) + " rows and " + std::to_string(limits.life.count()) + " seconds");
  }
  return standing;
}

Status may_revoke(const StandingApproval& standing, const auth::Identity& caller, Timestamp now, const People& people) {
  const bool concerned = !caller.id.empty() && (policy::is_involved(standing.held.requester, caller.id) || has_voted(standing.votes, caller.id));
  if (concerned || right_to_decide(matter_of(standing), caller, now, people).ok()) return Done{};
  return make_error(ErrorKind::denied, "permission denied to revoke this standing approval");
}

}  // namespace sluice::approvals
