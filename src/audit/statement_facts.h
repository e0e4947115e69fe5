#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "auth/identity.h"
#include "base/digest.h"
#include "base/ids.h"
#include "policy/decision.h"
#include "sql/analysis.h"

namespace sluice::audit {

/// The end of one statement.
enum class Outcome : std::uint8_t {
  completed,    ///< the upstream said so
  failed,       ///< the upstream answered with an error
  unknown,      ///< the connection to the upstream was lost in the middle
  canceled,
};

/// How one column was used by a statement.
struct ColumnUsage {
  std::string table;              ///< "schema.table"
  std::string column;
  std::vector<std::string> tags;  ///< sorted
  bool masked = false;
  sql::Use use = sql::Use::output;
  friend bool operator==(const ColumnUsage&, const ColumnUsage&) = default;
};

/// What all executions of one plan by one identity have in common; told to the log once and then
/// referred to. Holds no literal of the statement: private content stays out of the log.
struct StatementFacts {
  auth::Identity identity;
  DatabaseAlias database;
  sql::StatementKind kind = sql::StatementKind::select;
  std::vector<sql::Action> actions;
  policy::Verdict verdict = policy::Verdict::deny;
  std::vector<RuleId> reasons;
  Digest text_digest{};               ///< of the agent's text
  std::vector<ColumnUsage> columns;   ///< base columns, in a fixed order
  std::vector<std::string> tables;    ///< "schema.table", sorted; those without column uses too
  std::uint32_t output_columns = 0;   ///< how many columns a result row has
  SnapshotVersions versions;
  friend bool operator==(const StatementFacts&, const StatementFacts&) = default;
};

}  // namespace sluice::audit
