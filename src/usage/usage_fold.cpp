#include "usage/usage_fold.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace sluice::usage {
namespace {

constexpr std::string_view kNoUse = "none";

/// How many of a statement's columns of one kind reach the agent with each row.
using OutputsPerKey = std::map<UsageKey, std::uint64_t>;

UsageKey statement_key(const StatementShape& shape, std::int64_t hour) {
  UsageKey key;
  key.hour = hour;
  key.identity = shape.identity.text;
  key.acts_for = shape.acts_for.text;
  key.database = shape.database.text;
  return key;
}

void collect_column(OutputsPerKey& keys, const UsageKey& statement, const ColumnTouch& column) {
  const std::uint64_t outputs = column.use == sql::Use::output ? 1 : 0;
  UsageKey key = statement;
  key.use = sql::to_text(column.use);
  key.masked = column.masked;

  key.table = column.table;
  key.subject = Subject::table;
  keys[key] += outputs;

  key.subject = Subject::column;
  key.column = column.column;
  key.tags = column.tags;
  keys[key] += outputs;

  key.subject = Subject::tag;
  key.table.clear();
  key.column.clear();
  for (const std::string& tag : column.tags) {
    key.tags = {tag};
    keys[key] += outputs;
  }
}

}  // namespace

void fold(UsageMap& into, const StatementShape& shape, std::int64_t hour, const UsageCounts& ended) {
  const UsageKey statement = statement_key(shape, hour);
  OutputsPerKey keys;
  keys[statement] = shape.output_columns;
  std::set<std::string_view> tables_with_columns;
  for (const ColumnTouch& column : shape.columns) {
    collect_column(keys, statement, column);
    tables_with_columns.insert(column.table);
  }
  for (const std::string& table : shape.tables) {
    if (tables_with_columns.contains(table)) continue;
    UsageKey key = statement;
    key.subject = Subject::table;
    key.table = table;
    key.use = kNoUse;
    keys[key] += 0;
  }
  for (const auto& [key, outputs] : keys) {
    into[key] += UsageCounts{ended.statements, ended.rows, ended.rows * outputs, ended.bytes};
  }
}

std::int64_t hour_of(Timestamp at) { return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count(); }

std::string_view to_text(Subject subject) {
  switch (subject) {
    case Subject::statement: return "statement";
    case Subject::table: return "table";
    case Subject::column: return "column";
    case Subject::tag: return "tag";
  }
  return "statement";
}

}  // namespace sluice::usage
