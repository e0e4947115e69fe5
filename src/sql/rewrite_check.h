#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/mask_set.h"
#include "sql/parse.h"
#include "sql/splice.h"

namespace sluice::sql {

/// Looks at what rewriting made with fresh eyes: the text must parse into as many statements as before,
/// every relation must be named with its schema or be a WITH query, and one with masked columns may stand
/// only in what an edit wrote, or as the target of a write. Anything else is an error (internal).
[[nodiscard]] Status check_rewritten(const Spliced& spliced, std::size_t statements, const Catalog& catalog, const MaskSet& masks,
                                     const ParseLimits& limits);

}  // namespace sluice::sql
