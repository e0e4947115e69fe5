#pragma once

#include <memory>

#include "plan/statement_plan.h"

namespace sluice::plan {

/// EXECUTE, EXPLAIN EXECUTE and CREATE TABLE AS EXECUTE, as if what was prepared stood in their place: its
/// columns, its rules and its holds. `execute` and `prepared` are plans of this snapshot, each of one statement.
/// not_supported: what was prepared cannot be executed from SQL. denied: EXPLAIN would show statistics of
/// masked columns.
[[nodiscard]] Result<std::shared_ptr<const TextPlan>> plan_execution(const TextPlan& execute, const TextPlan& prepared,
                                                                     const auth::Identity& identity, const DatabaseAlias& database,
                                                                     const Snapshot& snapshot);

/// DECLARE, once it has run: the query that the protocol's Execute goes on with.
[[nodiscard]] std::shared_ptr<const TextPlan> cursor_query(const TextPlan& declare);

}  // namespace sluice::plan
