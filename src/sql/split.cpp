#include "sql/split.h"

#include "sql/raw_tree.h"

namespace sluice::sql {

Result<std::vector<TextPart>> split_text(std::string_view text, const ParseLimits& limits) {
  SLUICE_TRY(parsed, ParsedText::parse(text, limits));
  std::vector<TextPart> parts;
  parts.reserve(parsed.size());
  for (std::size_t i = 0; i < parsed.size(); ++i) parts.push_back({parsed.range(i), IsA(parsed.statement(i)->stmt, TransactionStmt)});
  return parts;
}

}  // namespace sluice::sql
