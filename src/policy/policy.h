#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.h"
#include "base/ids.h"
#include "policy/decision.h"
#include "sql/analysis.h"
#include "sql/catalog.h"
#include "sql/mask.h"

namespace sluice::policy {

class TagMap;

/// A tag on a table (all its columns, present and future) or on one column, as the DBA wrote it.
struct Tagging {
  DatabaseAlias database;
  std::string schema;
  std::string table;
  std::string column;  ///< empty: the whole table
  std::vector<std::string> tags;
  friend bool operator==(const Tagging&, const Tagging&) = default;
};

enum class Effect {
  allow, mask, hold, deny,
  audit_only,  ///< whom it concerns passes with everything (policy/grade.h); identities, groups and databases alone
};

/// One rule. An empty list means "any"; `identities` and `groups` together name everybody who is in either.
/// A statement needs, for each of its actions and each relation that it touches, an allow rule; mask, hold
/// and deny rules can only tighten. Where an audit_only rule matches, none of this applies.
struct Rule {
  RuleId id;
  Effect effect = Effect::deny;
  std::vector<IdentityId> identities;
  std::vector<GroupId> groups;
  std::vector<DatabaseAlias> databases;
  std::vector<std::string> tables;        ///< "schema.table", "schema.*", names written as by written_name()
  std::vector<sql::Action> actions;
  std::vector<std::string> tags;          ///< the statement reads or writes a column with one of these
  std::vector<std::string> clear_tags;    ///< hold only: what is masked because of these comes out in clear, once it is approved
  std::optional<std::uint64_t> above_rows;  ///< hold only, without clear_tags: the planner's estimate is above this
  /// Hold only, without clear_tags: more rows than this do not leave, and are not changed, without an approval.
  std::optional<std::uint64_t> above_actual_rows;
  std::optional<sql::MaskingFunction> mask; ///< mask only
  std::optional<RequireApproval> approval;  ///< hold only
  friend bool operator==(const Rule&, const Rule&) = default;
};

/// Everything that decides, immutable once published.
struct Policy {
  std::uint64_t version = 0;
  std::vector<Tagging> taggings;
  std::vector<Rule> rules;                          ///< in the order of the file
  std::vector<std::string> allowed_functions;       ///< "schema.name" of functions outside pg_catalog that may be called; sorted
};

/// What the policy says about one statement of one identity. Pure and total.
[[nodiscard]] Decision decide(const Policy& policy, const auth::Identity& identity, const DatabaseAlias& database,
                              const sql::Analysis& analysis, const sql::Catalog& catalog, const TagMap& tags);

}  // namespace sluice::policy
