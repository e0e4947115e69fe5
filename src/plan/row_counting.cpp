#include "plan/row_counting.h"

#include "sql/tokens.h"

namespace sluice::plan {
namespace {

// Options come behind TO STDOUT, whose words a table could have too.
int options_of_copy(const sql::Tokens& tokens) {
  for (int i = tokens.size() - 1; i >= 0; --i) {
    if (tokens.is(i, "stdout")) return i + 1;
  }
  return 0;
}

bool has_option(std::string_view text, std::string_view option) {
  const sql::Tokens tokens(text);
  for (int i = options_of_copy(tokens); i < tokens.size(); ++i) {
    if (tokens.is(i, option)) return !tokens.is(i + 1, "false") && !tokens.is(i + 1, "off") && !tokens.is(i + 1, "0");
    const std::string_view written = tokens.text(i);
    if (tokens[i].kind == sql::TokenKind::quoted_word || tokens[i].kind == sql::TokenKind::string) {
      if (written.size() == option.size() + 2 && written.substr(1, option.size()) == option) return true;
    }
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
    case sql::StatementKind::copy_out: return has_option(text, "binary") ? RowCounting::uncountable : RowCounting::countable;
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

bool copies_header(std::string_view text) { return has_option(text, "header"); }

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
