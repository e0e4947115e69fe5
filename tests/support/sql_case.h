#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/statement_plan.h"

namespace sluice::test {

/// One golden case: a statement and the plan that is expected of it. tests/sql_cases/README.md has the format.
struct SqlCase {
  std::string title;
  std::string statement;
  std::string expected;      ///< lines, each ended
  int line = 0;              ///< of the title, from 1
};

struct SqlCaseFile {
  std::string header;        ///< everything before the first case, as it is written
  std::string catalog;
  std::string policy;
  std::string identity;
  std::vector<std::string> search_path{"public"};
  std::vector<SqlCase> cases;
};

/// The message of an error starts with the line.
[[nodiscard]] Result<SqlCaseFile> parse_sql_cases(std::string_view text);
/// The file again, with the plans that `cases` expect.
[[nodiscard]] std::string write_sql_cases(const SqlCaseFile& file);

/// A plan as case files write it.
[[nodiscard]] std::string plan_as_text(const Result<std::shared_ptr<const plan::TextPlan>>& planned, const plan::Snapshot& snapshot);

}  // namespace sluice::test
