#pragma once

#include "base/result.h"
#include "sql/mask_set.h"
#include "sql/text_sites.h"

namespace sluice::sql {

/// Fails (denied) if stored code that the statement runs would see, or change, what is masked: nothing can be masked there.
[[nodiscard]] Status check_stored_code(const TextSites& sites, const MaskSet& masks);

}  // namespace sluice::sql
