#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/digest.h"
#include "base/ids.h"
#include "policy/decision.h"
#include "policy/grade.h"
#include "policy/policy.h"
#include "policy/tag_map.h"
#include "sql/analyse.h"
#include "sql/analysis.h"
#include "sql/catalog.h"

namespace sluice::plan {

/// All that a plan may depend on besides the statement and who sends it. Immutable; published by
/// control, one per upstream database.
struct Snapshot {
  std::shared_ptr<const sql::Catalog> catalog;
  std::shared_ptr<const policy::Policy> policy;
  policy::TagMap tags;  ///< the policy's tags, resolved against this catalog
  SnapshotVersions versions;
};

/// What the agent must be told of a result column that is a plain column of a table or view: what a mask
/// hides of it in the upstream's own row description.
struct RowField {
  ColumnId column;  ///< relation 0: an expression, of which nothing is known
  Oid type = 0;     ///< 0: not known
  std::int32_t type_modifier = -1;
  friend bool operator==(const RowField&, const RowField&) = default;
};

/// What will happen to one statement.
struct StatementPlan {
  sql::Analysis analysis;
  policy::Decision decision;
  std::vector<RowField> row{};  ///< one for each output
};

/// What will happen to one text: a Query message or a Parse message. Immutable, shared by all
/// executions of it.
struct TextPlan {
  policy::Grade grade = policy::Grade::governed;
  std::vector<StatementPlan> statements;     ///< empty for an empty query
  std::optional<sql::UpstreamSql> upstream;  ///< absent: the agent's own bytes may go upstream as they are, or nothing may (deny)
  SnapshotVersions versions;
  Digest text_digest{};                      ///< SHA-256 of the agent's text

  [[nodiscard]] policy::Verdict verdict() const;  ///< the strictest of its statements; allow if there are none
};

}  // namespace sluice::plan
