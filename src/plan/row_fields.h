#pragma once

#include <vector>

#include "plan/statement_plan.h"

namespace sluice::plan {

/// The row description that PostgreSQL gives of these outputs where nothing is masked, as far as the text
/// and the catalog tell.
[[nodiscard]] std::vector<RowField> row_fields(const sql::Analysis& analysis, const sql::Catalog& catalog);

}  // namespace sluice::plan
