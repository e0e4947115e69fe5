#include "policy/lint.h"

#include <algorithm>
#include <set>

#include "policy/names.h"
#include "policy/rule_match.h"

namespace sluice::policy {
namespace {

std::set<std::string> declared_tags(const Policy& policy, const Rule& rule) {
  std::set<std::string> tags;
  for (const Tagging& tagging : policy.taggings) {
    const bool covered = rule.databases.empty() ||
                         std::find(rule.databases.begin(), rule.databases.end(), tagging.database) != rule.databases.end();
    if (covered) tags.insert(tagging.tags.begin(), tagging.tags.end());
  }
  return tags;
}

bool concerns_anybody(const Rule& rule, const std::vector<auth::Identity>& identities) {
  if (rule.identities.empty() && rule.groups.empty()) return true;
  Rule anywhere = rule;
  anywhere.databases.clear();
  return std::any_of(identities.begin(), identities.end(),
                     [&](const auth::Identity& identity) { return concerns(anywhere, identity, DatabaseAlias{}); });
}

}  // namespace

std::vector<Doubt> lint(const Policy& policy, const std::vector<auth::Identity>& identities) {
  std::vector<Doubt> doubts;
  std::set<std::string> tags_of_rules;
  bool any_allow = false;
  for (const Rule& rule : policy.rules) {
    any_allow |= rule.effect == Effect::allow;
    if (!concerns_anybody(rule, identities)) doubts.push_back({rule.id, "the rule concerns no identity of this file"});
    const std::set<std::string> known = declared_tags(policy, rule);
    for (const std::string& tag : rule.tags) {
      tags_of_rules.insert(tag);
      if (!known.contains(tag)) doubts.push_back({rule.id, "nothing is tagged \"" + tag + "\" where the rule applies"});
    }
  }
  if (!any_allow) doubts.push_back({{}, "no rule allows anything: every statement will be denied"});
  std::set<std::string> told;
  for (const Tagging& tagging : policy.taggings) {
    for (const std::string& tag : tagging.tags) {
      if (!tags_of_rules.contains(tag) && told.insert(tag).second) doubts.push_back({{}, "no rule speaks of the tag \"" + tag + "\""});
    }
  }
  return doubts;
}

std::vector<Doubt> lint(const Policy& policy, const DatabaseAlias& database, const sql::Catalog& catalog, const TagMap& tags) {
  std::vector<Doubt> doubts;
  for (const TagNote& note : tags.notes()) doubts.push_back({{}, "database \"" + database.text + "\": " + to_text(note)});
  for (const Rule& rule : policy.rules) {
    if (!rule.databases.empty() && std::find(rule.databases.begin(), rule.databases.end(), database) == rule.databases.end()) continue;
    for (const std::string& pattern : rule.tables) {
      Rule single;
      single.tables = {pattern};
      bool matched = false;
      catalog.for_each_relation([&](const sql::Relation& relation) {
        if (matched) return;
        TouchedRelation touched;
        touched.relation = &relation;
        touched.name = written_name(relation.schema, relation.name);
        matched = names_relation(single, touched);
      });
      if (!matched) doubts.push_back({rule.id, "\"" + pattern + "\" matches no table of database \"" + database.text + "\""});
    }
  }
  return doubts;
}

}  // namespace sluice::policy
