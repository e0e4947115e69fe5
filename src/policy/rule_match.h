#pragma once

#include "auth/identity.h"
#include "policy/policy.h"
#include "policy/touched.h"

namespace sluice::policy {

/// Does the rule speak of this identity in this database?
[[nodiscard]] bool concerns(const Rule& rule, const auth::Identity& identity, const DatabaseAlias& database);

/// Does the pattern list of an allow rule cover exactly this relation? Families do not count: who may read
/// a partition may not therefore read its parent.
[[nodiscard]] bool names_relation(const Rule& rule, const TouchedRelation& relation);

/// Does the rule's list of actions name this one, or the group that it is a kind of?
[[nodiscard]] bool names_action(const Rule& rule, sql::Action action);

/// Does a hold or deny rule that concerns the identity match the statement? Tables match through families too.
[[nodiscard]] bool restricts(const Rule& rule, const TouchedThings& things);

/// Does a mask rule that concerns the identity match this column?
[[nodiscard]] bool masks(const Rule& rule, ColumnId column, const sql::Catalog& catalog, const TagMap& tags);

}  // namespace sluice::policy
