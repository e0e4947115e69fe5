#pragma once

#include <nlohmann/json_fwd.hpp>

#include "approvals/card.h"

namespace sluice::admin {

/// All of a request, as `GET /api/v1/approvals/{id}` shows it to approvers.
[[nodiscard]] nlohmann::ordered_json approval_json(const approvals::ApprovalRequest& request);
/// The same with the member "card": the decision card, nothing left out.
[[nodiscard]] nlohmann::ordered_json approval_json(const approvals::ApprovalRequest& request, const approvals::CardHistory& history);
/// What an agent learns of its own request: no names of others, no rules, no columns.
[[nodiscard]] nlohmann::ordered_json own_approval_json(const approvals::ApprovalRequest& request);
/// What a list shows: no parameters, and only the beginning of the statement.
[[nodiscard]] nlohmann::ordered_json approval_summary_json(const approvals::ApprovalRequest& request);

}  // namespace sluice::admin
