#include "policy/grants.h"

#include <algorithm>

#include "policy/rule_match.h"

namespace sluice::policy {
namespace {

using sql::Action;

// Replication bypasses all masks: only a rule that names it grants it.
bool allows_action(const Rule& rule, Action action) {
  return (rule.actions.empty() && action != Action::replication) || names_action(rule, action);
}

class GrantSearch {
 public:
  explicit GrantSearch(const std::vector<const Rule*>& rules) : rules_(rules) {}

  Grants search(const TouchedThings& things) {
    for (const TouchedRelation& relation : things.relations) {
      for (const Action action : relation.actions) need(action, relation);
    }
    // An action that no relation accounted for (SELECT 1, SET, BEGIN) needs its grant all the same.
    for (const Action action : things.actions) {
      if (std::find(accounted_.begin(), accounted_.end(), action) == accounted_.end()) need(action);
    }
    std::sort(grants_.granting.begin(), grants_.granting.end());
    grants_.granting.erase(std::unique(grants_.granting.begin(), grants_.granting.end()), grants_.granting.end());
    return std::move(grants_);
  }

 private:
  void need(Action action, const TouchedRelation& relation) {
    accounted_.push_back(action);
    if (relation.relation != nullptr && grant(action, relation)) return;
    if (!grants_.missing) grants_.missing = MissingGrant{action, relation.name};
  }

  void need(Action action) {
    if (first([&](const Rule& rule) { return allows_action(rule, action); })) return;
    if (!grants_.missing) grants_.missing = MissingGrant{action, {}};
  }

  bool grant(Action action, const TouchedRelation& relation) {
    if (relation.relation->system) return grant_system(action, relation);
    // A temporary table is its session's own: only another session's, which no name reaches, is not.
    if (relation.temporary) return first([&](const Rule& rule) { return allows_action(rule, Action::temporary); });
    return first([&](const Rule& rule) { return allows_action(rule, action) && names_relation(rule, relation); });
  }

  // Every driver reads the system catalogs, so any grant in the database opens them for reading (the
  // analyser refuses the parts that hold values of rows or secrets). Writing needs a rule that names them.
  bool grant_system(Action action, const TouchedRelation& relation) {
    if (!relation.written) {
      if (action == Action::select) return first([](const Rule&) { return true; });
      return first([&](const Rule& rule) { return allows_action(rule, action); });
    }
    return first([&](const Rule& rule) {
      return !rule.tables.empty() && allows_action(rule, action) && names_relation(rule, relation);
    });
  }

  template <class Predicate>
  bool first(Predicate grants) {
    const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const Rule* rule) { return grants(*rule); });
    if (found == rules_.end()) return false;
    grants_.granting.push_back(*found);
    return true;
  }

  const std::vector<const Rule*>& rules_;
  std::vector<Action> accounted_;
  Grants grants_;
};

}  // namespace

Grants grants_for(const std::vector<const Rule*>& allow_rules, const TouchedThings& things) {
  return GrantSearch(allow_rules).search(things);
}

}  // namespace sluice::policy
