#pragma once

#include <string>
#include <vector>

#include "plan/statement_plan.h"
#include "store/catalog_source.h"

namespace sluice::control {

/// Constants of mask rules that are no values of the type of a column which they mask: PostgreSQL is asked. All other
/// masks fit every type by construction. What cannot be asked is not reported. Blocks.
[[nodiscard]] std::vector<std::string> check_masks(store::CatalogSource& source, const plan::Snapshot& snapshot);

}  // namespace sluice::control
