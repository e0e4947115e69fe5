#pragma once

#include "policy/decision.h"
#include "sql/mask.h"

namespace sluice::policy {

/// The mask that reveals no more than either: null, constant, token, pseudonym, year, month, bucket, email, partial, in
/// this order; of two of the same kind `first`, but that two partial masks keep only what both keep, and of two buckets
/// the wider counts, or null if it is not made of the others.
[[nodiscard]] sql::MaskingFunction stricter(const sql::MaskingFunction& first, const sql::MaskingFunction& second);

/// The requirement that is satisfied only where both are: approvers from both rules' groups, the greater number of them,
/// the shorter times, the lower ceiling, a reason or an error in place of waiting if one of the two says so; whoever may
/// approve after an escalation or break the glass may by both rules; standing approvals only where both allow them.
[[nodiscard]] RequireApproval both(RequireApproval first, const RequireApproval& second);

}  // namespace sluice::policy
