#include "plan/statement_shape.h"

#include <algorithm>

#include "base/digest.h"
#include "sql/tokens.h"

namespace sluice::plan {
namespace {

std::string lower(std::string_view word) {
  std::string result(word);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

bool has_only_values(const StatementPlan& statement) {
  switch (statement.analysis.kind) {
    case sql::StatementKind::select:
    case sql::StatementKind::insert:
    case sql::StatementKind::update:
    case sql::StatementKind::delete_:
    case sql::StatementKind::merge:
    case sql::StatementKind::execute:
    case sql::StatementKind::prepare:
    case sql::StatementKind::declare_cursor: return true;
    default: return false;  // a literal may be an option, code or a setting there
  }
}

}  // namespace

std::string shape_of(const TextPlan& plan, std::string_view text) {
  const bool values = std::all_of(plan.statements.begin(), plan.statements.end(), has_only_values);
  const sql::Tokens tokens(text);
  FieldDigest digest;
  digest.add("sluice shape 1");
  for (int i = 0; i < tokens.size(); ++i) {
    if (i + 1 == tokens.size() && tokens.is(i, ";")) break;
    switch (tokens[i].kind) {
      case sql::TokenKind::word: digest.add(lower(tokens.text(i))); break;
      case sql::TokenKind::string: digest.add(values ? "'?'" : tokens.text(i)); break;
      case sql::TokenKind::number: digest.add(values ? "0" : tokens.text(i)); break;
      case sql::TokenKind::quoted_word:
      case sql::TokenKind::unicode_word:
      case sql::TokenKind::parameter:
      case sql::TokenKind::symbol: digest.add(tokens.text(i)); break;
    }
  }
  return to_hex(digest.finish());
}

}  // namespace sluice::plan
