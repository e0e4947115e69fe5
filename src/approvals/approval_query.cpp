#include "approvals/approval_query.h"

#include <algorithm>

namespace sluice::approvals {
namespace {

bool is_own(const ApprovalRequest& request, const auth::Identity& identity) {
  const auth::Identity& requester = request.held.requester;
  if (identity.id.empty()) return false;
  if (identity.id == requester.id && identity.kind == requester.kind) return true;
  return identity.kind == auth::IdentityKind::person && (identity.id == requester.owner || identity.id == requester.acts_for);
}

bool shares_group(const std::vector<GroupId>& groups, const std::vector<GroupId>& others) {
  return std::any_of(groups.begin(), groups.end(), [&](const GroupId& group) { return std::find(others.begin(), others.end(), group) != others.end(); });
}

}  // namespace

bool concerns(const ApprovalRequest& request, const auth::Identity& identity) {
  if (is_own(request, identity)) return true;
  if (identity.id.empty() || identity.kind != auth::IdentityKind::person) return false;
  const policy::RequireApproval& requirement = request.requirement;
  return policy::may_approve(requirement, identity.groups) || shares_group(requirement.escalation_groups, identity.groups) ||
         shares_group(requirement.break_glass_groups, identity.groups);
}

bool matches(const ApprovalQuery& query, const ApprovalRequest& request) {
  const HeldStatement& held = request.held;
  if (query.state && request.state != *query.state) return false;
  if (!query.requester.empty() && held.requester.id.text != query.requester) return false;
  if (!query.database.empty() && held.database.text != query.database) return false;
  if (!query.action.empty() && std::find(held.actions.begin(), held.actions.end(), query.action) == held.actions.end()) return false;
  if (!query.concerning) return true;
  return query.own ? is_own(request, *query.concerning) : concerns(request, *query.concerning);
}

ApprovalPage page_of(const ApprovalQuery& query, std::vector<ApprovalRequest> requests) {
  std::erase_if(requests, [&](const ApprovalRequest& request) {
    return (!query.before.empty() && request.id.text >= query.before) || !matches(query, request);
  });
  std::sort(requests.begin(), requests.end(), [](const ApprovalRequest& a, const ApprovalRequest& b) { return a.id.text > b.id.text; });
  ApprovalPage page;
  if (requests.size() > query.limit) {
    requests.resize(query.limit);
    page.next = requests.back().id.text;
  }
  page.requests = std::move(requests);
  return page;
}

}  // namespace sluice::approvals
