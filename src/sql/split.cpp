#include "sql/split.h"

namespace sluice::sql {

Result<std::vector<ByteRange>> split_text(std::string_view text, const ParseLimits& limits) {
  SLUICE_TRY(parsed, ParsedText::parse(text, limits));
  std::vector<ByteRange> ranges;
  ranges.reserve(parsed.size());
  for (std::size_t i = 0; i < parsed.size(); ++i) ranges.push_back(parsed.range(i));
  return ranges;
}

}  // namespace sluice::sql
