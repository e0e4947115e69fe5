#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace sluice::usage {

/// What a report can be broken down by.
enum class Dimension { hour, day, identity, acts_for, database, table, column, tag, use, masked };

/// What to report. Hours are counted whole: `from` is rounded down to its hour and `to` up.
struct UsageQuery {
  std::optional<Timestamp> from;         ///< inclusive; absent: since the beginning
  std::optional<Timestamp> to;           ///< exclusive; absent: until now
  std::optional<IdentityId> identity;
  std::optional<DatabaseAlias> database;
  std::optional<std::string> tag;        ///< only lines about this tag
  std::vector<Dimension> group_by{Dimension::identity};
};

/// Counts of one line. docs/usage.md says what each promises.
struct UsageCounts {
  std::uint64_t statements = 0;  ///< that ended, whatever their outcome
  std::uint64_t rows = 0;        ///< result rows of these statements that went to the agent
  std::uint64_t values = 0;      ///< values of the line's columns that went to the agent
  std::uint64_t bytes = 0;       ///< of whole result rows of these statements: an upper bound for a table, column or tag

  UsageCounts& operator+=(const UsageCounts& other);
  friend bool operator==(const UsageCounts&, const UsageCounts&) = default;
};

struct UsageLine {
  std::vector<std::string> group;  ///< one text per entry of UsageReport::group_by
  UsageCounts counts;
  friend bool operator==(const UsageLine&, const UsageLine&) = default;
};

struct UsageReport {
  std::vector<Dimension> group_by;  ///< as asked, and what had to be added so that no line counts a statement twice
  std::vector<UsageLine> lines;     ///< sorted by group
};

[[nodiscard]] std::string_view to_text(Dimension dimension);  ///< "identity", "acts_for" …
[[nodiscard]] std::optional<Dimension> dimension_from_text(std::string_view text);

/// The report in one of the forms of `sluice report usage`.
[[nodiscard]] std::string to_csv(const UsageReport& report);   ///< RFC 4180, with a header line
[[nodiscard]] std::string to_json(const UsageReport& report);  ///< {"group_by": […], "lines": [{"identity": …, "statements": …}]}
[[nodiscard]] std::string to_table(const UsageReport& report);

}  // namespace sluice::usage
