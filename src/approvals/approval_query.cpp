#include "approvals/approval_query.h"

#include <algorithm>

#include "approvals/lifecycle.h"

namespace sluice::approvals {
bool may_see(const ApprovalRequest& request, const Viewer& viewer) { return may_see(request, viewer.identity, viewer.now, viewer.people); }

namespace {
// The action itself or, as in rules, one that it stands for: "ddl" means "ddl.create" too.
bool is_among(const std::string& named, const std::vector<std::string>& actions) {
  return std::any_of(actions.begin(), actions.end(), [&](const std::string& action) { return action == named || action.starts_with(named + "."); });
}
}  // namespace

bool matches(const ApprovalQuery& query, const ApprovalRequest& request) {
  const HeldStatement& held = request.held;
  if (query.state && request.state != *query.state) return false;
  if (!query.requester.empty() && held.requester.id.text != query.requester) return false;
  if (!query.database.empty() && held.database.text != query.database) return false;
  if (!query.action.empty() && !is_among(query.action, held.actions)) return false;
  if (!query.viewer) return true;
  return query.own ? is_own(request, query.viewer->identity) : may_see(request, *query.viewer);
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
