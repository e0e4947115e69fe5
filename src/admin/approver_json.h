#pragma once

#include <nlohmann/json_fwd.hpp>

#include "approvals/standing.h"

namespace sluice::admin {

/// A request whose glass was broken, with who did it and why, and the review.
[[nodiscard]] nlohmann::ordered_json broken_glass_json(const approvals::ApprovalRequest& request);
[[nodiscard]] nlohmann::ordered_json delegation_json(const approvals::Delegation& delegation);
[[nodiscard]] nlohmann::ordered_json standing_json(const approvals::StandingApproval& standing);

}  // namespace sluice::admin
