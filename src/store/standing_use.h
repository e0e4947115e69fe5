#pragma once

#include <optional>

#include "approvals/standing.h"
#include "base/result.h"
#include "store/sqlite.h"

// How standing approvals let requests through, within the caller's transaction.
namespace sluice::store {

/// A standing approval that lets the pending request through now, if there is one.
[[nodiscard]] Result<std::optional<approvals::StandingApproval>> find_standing(const Database& database, const approvals::ApprovalRequest& request,
                                                                               Timestamp now, const approvals::People& people);
[[nodiscard]] Status approve_by_standing(const Database& database, approvals::ApprovalRequest& request, const approvals::StandingApproval& standing,
                                         Timestamp now);
/// Takes one use and its rows off, if the standing approval that approved the request still lets it through.
[[nodiscard]] Result<bool> use_standing(const Database& database, const approvals::ApprovalRequest& request, Timestamp now,
                                        const approvals::People& people);

}  // namespace sluice::store
