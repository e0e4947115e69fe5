#include "plan/notifications.h"

#include <algorithm>
#include <variant>

#include "policy/grade.h"
#include "policy/policy.h"

namespace sluice::plan {
namespace {

/// SELECT * FROM the relation, as far as rules are concerned.
bool reads_in_clear(const sql::Relation& relation, const auth::Identity& identity, const DatabaseAlias& database, const Snapshot& snapshot) {
  sql::Analysis analysis;
  analysis.actions = {sql::Action::select};
  analysis.relations = {{relation.oid, true, false, false, false}};
  for (const sql::Column& column : relation.columns) analysis.uses.push_back({{relation.oid, column.attribute}, sql::Use::output});
  const policy::Decision decision =
      policy::decide(*snapshot.policy, identity, database, analysis, *snapshot.catalog, snapshot.tags);
  return decision.verdict == policy::Verdict::allow &&
         std::none_of(decision.obligations.begin(), decision.obligations.end(),
                      [](const policy::Obligation& obligation) { return std::holds_alternative<policy::MaskColumn>(obligation); });
}

}  // namespace

bool may_hear_notifications(const auth::Identity& identity, const DatabaseAlias& database, const Snapshot& snapshot) {
  if (!snapshot.tags.any()) return true;
  if (policy::grade_of(*snapshot.policy, identity, database).grade == policy::Grade::audit_only) return true;
  bool reacts = false;
  bool clear = true;
  snapshot.catalog->for_each_relation([&](const sql::Relation& relation) {
    reacts |= !relation.system && (relation.has_user_triggers || relation.has_user_rules);
    if (!clear) return;
    const bool tagged = std::any_of(relation.columns.begin(), relation.columns.end(), [&](const sql::Column& column) {
      return !snapshot.tags.tags_of({relation.oid, column.attribute}).empty();
    });
    if (tagged) clear = reads_in_clear(relation, identity, database, snapshot);
  });
  return !reacts || clear;
}

}  // namespace sluice::plan
