#pragma once

#include "auth/identity.h"
#include "plan/statement_plan.h"

namespace sluice::plan {

/// May this identity hear notifications of this database? Triggers and rules can put values of rows into
/// payloads and channel names, and nobody can mask those: where there are any, only who may read every tagged
/// column as it is.
[[nodiscard]] bool may_hear_notifications(const auth::Identity& identity, const DatabaseAlias& database, const Snapshot& snapshot);

}  // namespace sluice::plan
