#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/parse.h"

namespace sluice::sql {

/// One statement of a text: a text of its own that means what it means there.
struct TextPart {
  ByteRange range;
  bool controls_transaction = false;  ///< BEGIN, COMMIT, SAVEPOINT …
};

/// The statements of a text, in order; empty for an empty query. Errors are those of the parser.
[[nodiscard]] Result<std::vector<TextPart>> split_text(std::string_view text, const ParseLimits& limits);

}  // namespace sluice::sql
