#include "plan/row_counting.h"

#include "sql/tokens.h"

namespace sluice::plan {
namespace {

enum class Option { header, binary };

// The word of an option, or of its value, however it is written.
bool says(const sql::Tokens& tokens, int index, std::string_view word) {
  if (tokens.is(index, word)) return true;
  if (index >= tokens.size() || (tokens[index].kind != sql::TokenKind::quoted_word && tokens[index].kind != sql::TokenKind::string)) return false;
  const std::string_view written = tokens.text(index);
  return written.size() == word.size() + 2 && written.substr(1, word.size()) == word;
}

bool is_on(const sql::Tokens& tokens, int value) {
  return tokens.is(value, ",") || tokens.is(value, ")") || says(tokens, value, "true") || says(tokens, value, "on") ||
         (value < tokens.size() && tokens.text(value) == "1");
}

// Options come behind TO STDOUT: a list of names and values, or the words of old. BINARY may come before the table as well.
bool has_option(std::string_view text, Option option) {
  const sql::Tokens tokens(text);
  const bool binary_first = tokens.is(1, "binary") && !tokens.is(2, "to") && !tokens.is(2, "(") && !tokens.is(2, ".");
  if (option == Option::binary && binary_first) return true;
  int i = tokens.size() - 1;
  while (i >= 0 && !tokens.is(i, "stdout")) --i;
  if (i < 0) return false;
  ++i;
  if (tokens.is(i, "with")) ++i;
  if (!tokens.is(i, "(")) {
    for (; i < tokens.size(); ++i) {
      if (tokens.is(i, option == Option::header ? "header" : "binary")) return true;
    }
    return false;
  }
  for (int name = i + 1; name + 1 < tokens.size(); ++name) {
    if (tokens.is(name, "(")) {  // columns
      name = tokens.closing(name);
      if (name < 0) return false;
      continue;
    }
    if (name != i + 1 && !tokens.is(name - 1, ",")) continue;
    if (option == Option::header && says(tokens, name, "header") && is_on(tokens, name + 1)) return true;
    if (option == Option::binary && says(tokens, name, "format") && says(tokens, name + 1, "binary")) return true;
  }
  return false;
}

}  // namespace

RowCounting row_counting(const sql::Analysis& analysis, std::string_view text) {
  switch (analysis.kind) {
    case sql::StatementKind::select:
    case sql::StatementKind::insert:
    case sql::StatementKind::update:
    case sql::StatementKind::delete_:
    case sql::StatementKind::merge:
    case sql::StatementKind::execute:
    case sql::StatementKind::fetch:
    case sql::StatementKind::create_table_as:
    case sql::StatementKind::create_temporary:
      return RowCounting::countable;
    // The binary format has messages that are no rows.
    case sql::StatementKind::copy_out: return has_option(text, Option::binary) ? RowCounting::uncountable : RowCounting::countable;
    case sql::StatementKind::explain:
      return analysis.actions.size() == 1 ? RowCounting::no_rows : RowCounting::uncountable;
    case sql::StatementKind::copy_in:
    case sql::StatementKind::copy_server_file:
    case sql::StatementKind::truncate:
    case sql::StatementKind::code:
    case sql::StatementKind::unknown:
    case sql::StatementKind::function_call:
    case sql::StatementKind::replication:
      return RowCounting::uncountable;
    case sql::StatementKind::begin:
    case sql::StatementKind::commit:
    case sql::StatementKind::rollback:
    case sql::StatementKind::savepoint:
    case sql::StatementKind::release_savepoint:
    case sql::StatementKind::rollback_to_savepoint:
    case sql::StatementKind::set_setting:
    case sql::StatementKind::reset_setting:
    case sql::StatementKind::show_setting:
    case sql::StatementKind::discard:
    case sql::StatementKind::declare_cursor:
    case sql::StatementKind::close_cursor:
    case sql::StatementKind::prepare:
    case sql::StatementKind::deallocate:
    case sql::StatementKind::listen:
    case sql::StatementKind::unlisten:
    case sql::StatementKind::notify:
    case sql::StatementKind::lock_table:
    case sql::StatementKind::ddl:
    case sql::StatementKind::role:
    case sql::StatementKind::secret_rotation:
    case sql::StatementKind::maintenance:
    case sql::StatementKind::two_phase:
      return RowCounting::no_rows;
  }
  return RowCounting::uncountable;
}

bool copies_header(std::string_view text) { return has_option(text, Option::header); }

std::optional<std::string> text_to_estimate(const sql::Analysis& analysis, std::string_view text) {
  switch (analysis.kind) {
    case sql::StatementKind::select:
    case sql::StatementKind::insert:
    case sql::StatementKind::update:
    case sql::StatementKind::delete_:
    case sql::StatementKind::merge:
    case sql::StatementKind::execute:
    case sql::StatementKind::declare_cursor:
      return std::string(text);
    case sql::StatementKind::copy_out: break;
    default: return std::nullopt;  // all that EXPLAIN does not take
  }
  const sql::Tokens tokens(text);
  if (!tokens.is(0, "copy") || tokens.size() < 2) return std::nullopt;
  if (tokens.is(1, "(")) {
    const int end = tokens.closing(1);
    if (end < 0) return std::nullopt;
    const auto begin = static_cast<std::size_t>(tokens[1].end);
    return std::string(text.substr(begin, static_cast<std::size_t>(tokens[end].begin) - begin));
  }
  const int last = tokens.name_end(1, tokens.name_fields(1));
  if (last < 0) return std::nullopt;
  const auto begin = static_cast<std::size_t>(tokens[1].begin);
  return "SELECT FROM ONLY " + std::string(text.substr(begin, static_cast<std::size_t>(tokens[last].end) - begin));
}

}  // namespace sluice::plan
