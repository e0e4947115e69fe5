#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/statement_plan.h"

namespace sluice::plan {

/// Can a limit of rows be kept for a statement?
enum class RowCounting {
  no_rows,     ///< no rows come out of it, and it changes none
  countable,
  uncountable, ///< nobody could tell in time: COPY FROM, TRUNCATE, DO, CALL, EXPLAIN ANALYZE, files of the server
};
/// `text`: what goes upstream.
[[nodiscard]] RowCounting row_counting(const sql::Analysis& analysis, std::string_view text);

/// Does COPY … TO STDOUT send a line of column names first?
[[nodiscard]] bool copies_header(std::string_view text);

/// What EXPLAIN can be asked about in place of `text`, a plan of one statement: the statement itself, or the query or table that
/// COPY sends; nothing if it takes none.
[[nodiscard]] std::optional<std::string> text_to_estimate(const sql::Analysis& analysis, std::string_view text);

}  // namespace sluice::plan
