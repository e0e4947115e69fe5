#pragma once

#include "base/result.h"
#include "config/config.h"
#include "plan/statement_plan.h"

namespace sluice::cli {

/// What a running gateway would publish for this database: its catalog, read now, and the policy of the
/// file. Blocks. upstream_unavailable says why in words for the operator.
[[nodiscard]] Result<plan::Snapshot> offline_snapshot(const config::Config& config, const DatabaseAlias& database);

}  // namespace sluice::cli
