#include "admin/approver_json.h"

#include <nlohmann/json.hpp>

#include "admin/approval_json.h"
#include "admin/rfc3339.h"

namespace sluice::admin {

using nlohmann::ordered_json;

namespace {

ordered_json time_or_null(const std::optional<Timestamp>& at) { return at ? ordered_json(to_rfc3339(*at)) : ordered_json(); }

ordered_json groups_json(const std::vector<GroupId>& groups) {
  ordered_json list = ordered_json::array();
  for (const GroupId& group : groups) list.push_back(group.text);
  return list;
}

}  // namespace

ordered_json broken_glass_json(const approvals::ApprovalRequest& request) {
  ordered_json out = approval_summary_json(request);
  for (const approvals::Vote& vote : request.votes) {
    if (!vote.break_glass) continue;
    out["broken_by"] = vote.approver.text;
    out["broken_at"] = to_rfc3339(vote.at);
    out["reason"] = vote.reason;
  }
  out["review"] = nullptr;
  if (request.review) {
    out["review"] = {{"reviewer", request.review->reviewer.text},
                     {"verdict", request.review->justified ? "justified" : "unjustified"},
                     {"reason", request.review->reason},
                     {"at", to_rfc3339(request.review->at)}};
  }
  return out;
}

ordered_json delegation_json(const approvals::Delegation& delegation) {
  return ordered_json{{"id", delegation.id.text},
                      {"from", delegation.lender.text},
                      {"to", delegation.delegate.text},
                      {"groups", groups_json(delegation.groups)},
                      {"starts", to_rfc3339(delegation.starts)},
                      {"ends", to_rfc3339(delegation.ends)},
                      {"reason", delegation.reason},
                      {"revoked", time_or_null(delegation.revoked)}};
}

ordered_json standing_json(const approvals::StandingApproval& standing) {
  ordered_json votes = ordered_json::array();
  for (const approvals::Vote& vote : standing.votes) {
    votes.push_back({{"approver", vote.approver.text}, {"reason", vote.reason}, {"at", to_rfc3339(vote.at)}, {"channel", vote.channel}});
  }
  return ordered_json{{"id", standing.id.text},
                      {"request", standing.from.text},
                      {"requester", standing.held.requester.id.text},
                      {"database", standing.held.database.text},
                      {"rule", standing.requirement.rule.text},
                      {"actions", standing.held.actions},
                      {"statement", standing.held.statement},
                      {"agreed", std::move(votes)},
                      {"needed", standing.requirement.approvals},
                      {"created", to_rfc3339(standing.created)},
                      {"ends", to_rfc3339(standing.ends)},
                      {"uses", std::to_string(standing.uses)},
                      {"uses_left", std::to_string(standing.uses_left)},
                      {"rows_left", std::to_string(standing.rows_left)},
                      {"last_used", time_or_null(standing.last_used)},
                      {"revoked", time_or_null(standing.revoked)}};
}

}  // namespace sluice::admin
