#pragma once

#include "admin/call.h"
#include "net/task.h"

namespace sluice::admin {

// The endpoints of the API, one function each. docs/admin-api.md describes them.
using Answer = net::awaitable<Result<net::HttpResponse>>;

// approval_endpoints.cpp
[[nodiscard]] Answer list_approvals(Call call);
[[nodiscard]] Answer show_approval(Call call);
[[nodiscard]] Answer show_evidence(Call call);
[[nodiscard]] Answer approve(Call call);
[[nodiscard]] Answer deny(Call call);
/// The request by the path's id, if the caller may see it; to everybody else it does not exist.
[[nodiscard]] net::awaitable<Result<approvals::ApprovalRequest>> request_of(const Call& call);

// approver_endpoints.cpp
[[nodiscard]] Answer withdraw(Call call);
[[nodiscard]] Answer break_glass(Call call);
[[nodiscard]] Answer list_reviews(Call call);
[[nodiscard]] Answer review(Call call);
[[nodiscard]] Answer list_delegations(Call call);
[[nodiscard]] Answer delegate(Call call);
[[nodiscard]] Answer revoke_delegation(Call call);
[[nodiscard]] Answer make_standing(Call call);
[[nodiscard]] Answer list_standing(Call call);
[[nodiscard]] Answer agree_to_standing(Call call);
[[nodiscard]] Answer revoke_standing(Call call);

// event_stream.cpp
[[nodiscard]] Answer stream_approvals(Call call);

// channel_endpoints.cpp
[[nodiscard]] Answer link_account(Call call);
[[nodiscard]] Answer list_accounts(Call call);
[[nodiscard]] Answer unlink_account(Call call);

// usage_endpoint.cpp
[[nodiscard]] Answer report_usage(Call call);

// operation_endpoints.cpp
[[nodiscard]] Answer reload(Call call);
[[nodiscard]] Answer livez(Call call);
[[nodiscard]] Answer readyz(Call call);
[[nodiscard]] Answer metrics(Call call);

// openapi.cpp
[[nodiscard]] Answer describe_api(Call call);

}  // namespace sluice::admin
