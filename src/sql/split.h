#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/parse.h"

namespace sluice::sql {

/// Where the statements of a text lie, in order; empty for an empty query. Each range is a text of its own
/// that means what it means here. Errors are those of the parser.
[[nodiscard]] Result<std::vector<ByteRange>> split_text(std::string_view text, const ParseLimits& limits);

}  // namespace sluice::sql
