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

bool share_a_database(const Rule& a, const Rule& b) {
  if (a.databases.empty() || b.databases.empty()) return true;
  return std::any_of(a.databases.begin(), a.databases.end(), [&](const DatabaseAlias& database) {
    return std::find(b.databases.begin(), b.databases.end(), database) != b.databases.end();
  });
}

bool concerns_somewhere(const Rule& rule, const auth::Identity& identity) {
  Rule anywhere = rule;
  anywhere.databases.clear();
  return concerns(anywhere, identity, DatabaseAlias{});
}

bool names_replication(const Rule& rule) {
  return rule.effect == Effect::allow && std::find(rule.actions.begin(), rule.actions.end(), sql::Action::replication) != rule.actions.end();
}

// Whoever passes as they are, or reads the replication stream, is untouched by the rules that tighten.
void doubt_escapes(const Policy& policy, const Rule& rule, const std::vector<auth::Identity>& identities, std::vector<Doubt>& doubts) {
  const bool whole = rule.effect == Effect::audit_only;
  for (const auth::Identity& identity : identities) {
    if (!concerns_somewhere(rule, identity)) continue;
    if (whole && identity.kind == auth::IdentityKind::agent) {
      doubts.push_back({rule.id, "the agent \"" + identity.id.text + "\" passes unmasked, unheld and unrefused"});
    }
    std::string escaped;
    for (const Rule& other : policy.rules) {
      const bool tightens = other.effect == Effect::mask || (whole && (other.effect == Effect::hold || other.effect == Effect::deny));
      if (!tightens || !share_a_database(rule, other) || !concerns_somewhere(other, identity)) continue;
      escaped += (escaped.empty() ? "" : ", ") + other.id.text;
    }
    if (!escaped.empty()) doubts.push_back({rule.id, "\"" + identity.id.text + "\" escapes rules that concern it too: " + escaped});
  }
}

}  // namespace

std::vector<Doubt> lint(const Policy& policy, const std::vector<auth::Identity>& identities) {
  std::vector<Doubt> doubts;
  std::set<std::string> tags_of_rules;
  bool any_allow = false;
  for (const Rule& rule : policy.rules) {
    any_allow |= rule.effect == Effect::allow || rule.effect == Effect::audit_only;
    if (rule.effect == Effect::audit_only || names_replication(rule)) doubt_escapes(policy, rule, identities, doubts);
    if (!concerns_anybody(rule, identities)) doubts.push_back({rule.id, "the rule concerns no identity of this file"});
    const std::set<std::string> known = declared_tags(policy, rule);
    std::vector<std::string> spoken_of = rule.tags;
    spoken_of.insert(spoken_of.end(), rule.clear_tags.begin(), rule.clear_tags.end());
    for (const std::string& tag : spoken_of) {
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
