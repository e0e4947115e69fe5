#include "channels/routes.h"

#include <algorithm>

namespace sluice::channels {
namespace {

bool among(const std::vector<GroupId>& some, const std::vector<GroupId>& groups) {
  return std::any_of(some.begin(), some.end(), [&](const GroupId& group) { return std::find(groups.begin(), groups.end(), group) != groups.end(); });
}

bool fits(const config::ChannelRoute& route, const policy::RequireApproval& requirement) {
  if (route.approver_groups.empty() || among(route.approver_groups, requirement.approver_groups)) return true;
  const auto& further = requirement.further_approver_groups;
  return std::any_of(further.begin(), further.end(), [&](const std::vector<GroupId>& groups) { return among(route.approver_groups, groups); });
}

}  // namespace

std::string target_of(const std::vector<config::ChannelRoute>& routes, const policy::RequireApproval& requirement) {
  const auto found = std::find_if(routes.begin(), routes.end(), [&](const config::ChannelRoute& route) { return fits(route, requirement); });
  return found == routes.end() ? std::string() : found->target;
}

approvals::CardLimits limits_of(const config::Disclosure& disclosure) {
  approvals::CardLimits limits;
  limits.disclosed_tags = disclosure.tags;
  switch (disclosure.statement) {
    case config::StatementLevel::full: limits.statement = approvals::StatementShown::full; break;
    case config::StatementLevel::without_values: limits.statement = approvals::StatementShown::without_values; break;
    case config::StatementLevel::fingerprint: limits.statement = approvals::StatementShown::fingerprint; break;
    case config::StatementLevel::nothing: limits.statement = approvals::StatementShown::nothing; break;
  }
  return limits;
}

std::string link_to(const config::Channels& channels, const RequestId& request) {
  return channels.public_url.empty() ? std::string() : channels.public_url + "/approvals/" + request.text;
}

}  // namespace sluice::channels
