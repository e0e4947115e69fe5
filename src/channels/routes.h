#pragma once

#include <string>
#include <vector>

#include "approvals/card.h"
#include "config/channels.h"

namespace sluice::channels {

/// Where a request is shown: the target of the first route for one of its approver groups. Empty: nowhere.
[[nodiscard]] std::string target_of(const std::vector<config::ChannelRoute>& routes, const policy::RequireApproval& requirement);

/// What a chat's cards may show.
[[nodiscard]] approvals::CardLimits limits_of(const config::Disclosure& disclosure);

/// Where people can look at the request; empty: nowhere that we know of.
[[nodiscard]] std::string link_to(const config::Channels& channels, const RequestId& request);

}  // namespace sluice::channels
