#pragma once

#include <string>
#include <vector>

#include "auth/identity.h"
#include "policy/policy.h"
#include "policy/tag_map.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// A doubt about a policy that is valid all the same.
struct Doubt {
  RuleId rule;          ///< empty: it is about a tag
  std::string message;
  friend bool operator==(const Doubt&, const Doubt&) = default;
};

/// Without a database: rules that concern none of the identities, rules and tags that name each other in
/// vain, rules without effect, no rule that allows anything; agents that pass unmasked, and whoever escapes
/// rules that concern them.
[[nodiscard]] std::vector<Doubt> lint(const Policy& policy, const std::vector<auth::Identity>& identities);

/// Against the catalog of one database: tags and table patterns that match nothing in it.
[[nodiscard]] std::vector<Doubt> lint(const Policy& policy, const DatabaseAlias& database, const sql::Catalog& catalog, const TagMap& tags);

}  // namespace sluice::policy
