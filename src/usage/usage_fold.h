#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/ids.h"
#include "sql/analysis.h"
#include "usage/usage_report.h"

namespace sluice::usage {

/// How one column was used by a statement.
struct ColumnTouch {
  std::string table;              ///< "schema.table"
  std::string column;
  std::vector<std::string> tags;  ///< sorted
  sql::Use use = sql::Use::output;
  bool masked = false;
};

/// What all executions of one plan by one identity have in common.
struct StatementShape {
  IdentityId identity;
  IdentityId acts_for;
  DatabaseAlias database;
  std::vector<std::string> tables;  ///< all that it touches
  std::vector<ColumnTouch> columns;
  std::uint32_t output_columns = 0;
};

/// What a count is about. Each statement is counted once per key, so counts of one subject add up over hours,
/// identities and databases, but never over tables, columns, tags, uses or masking.
enum class Subject { statement, table, column, tag };

struct UsageKey {
  Subject subject = Subject::statement;
  std::int64_t hour = 0;            ///< since 1970 UTC
  std::string identity;
  std::string acts_for;
  std::string database;
  std::string table;
  std::string column;
  std::vector<std::string> tags;    ///< of a column: all of them, sorted; of a tag: the tag
  std::string use;                  ///< as in sql::to_text(Use); "none": no column of the table was named
  bool masked = false;
  friend auto operator<=>(const UsageKey&, const UsageKey&) = default;
};

using UsageMap = std::map<UsageKey, UsageCounts>;

/// Adds executions of `shape` that ended in `hour`: `ended` has their number, rows and bytes; its values do
/// not matter.
void fold(UsageMap& into, const StatementShape& shape, std::int64_t hour, const UsageCounts& ended);

[[nodiscard]] std::int64_t hour_of(Timestamp at);

/// Which counts a query needs.
[[nodiscard]] Subject subject_of(const UsageQuery& query);
/// The report from counts of subject_of(query), which may be more than the query asks for.
[[nodiscard]] UsageReport make_report(const UsageMap& counts, const UsageQuery& query);

[[nodiscard]] std::string_view to_text(Subject subject);

}  // namespace sluice::usage
