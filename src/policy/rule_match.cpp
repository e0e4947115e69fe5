#include "policy/rule_match.h"

#include <algorithm>
#include <string_view>

#include "policy/family.h"
#include "policy/names.h"

namespace sluice::policy {
namespace {

template <class Values, class Value>
bool contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <class A, class B>
bool share_one(const A& some, const B& others) {
  return std::any_of(some.begin(), some.end(), [&](const auto& value) { return contains(others, value); });
}

/// `name` is a qualified name as policies write it, so that its schema part cannot be mistaken.
bool pattern_covers(std::string_view pattern, std::string_view name) {
  if (pattern == name) return true;
  return pattern.ends_with(".*") && name.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool any_pattern_covers(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return pattern_covers(pattern, name); });
}

bool names_an_action(const Rule& rule, const std::vector<sql::Action>& actions) {
  return rule.actions.empty() || std::any_of(actions.begin(), actions.end(), [&](sql::Action action) { return names_action(rule, action); });
}

bool names_family(const Rule& rule, const TouchedRelation& relation) {
  return names_relation(rule, relation) || std::any_of(relation.family.begin(), relation.family.end(), [&](const std::string& name) {
           return any_pattern_covers(rule.tables, name);
         });
}

}  // namespace

bool concerns(const Rule& rule, const auth::Identity& identity, const DatabaseAlias& database) {
  if (!rule.databases.empty() && !contains(rule.databases, database)) return false;
  if (rule.identities.empty() && rule.groups.empty()) return true;
  return contains(rule.identities, identity.id) || share_one(rule.groups, identity.groups);
}

bool names_relation(const Rule& rule, const TouchedRelation& relation) {
  return rule.tables.empty() || (relation.relation != nullptr && any_pattern_covers(rule.tables, relation.name));
}

bool names_action(const Rule& rule, sql::Action action) {
  return std::any_of(rule.actions.begin(), rule.actions.end(), [action](sql::Action named) { return sql::covers(named, action); });
}

bool restricts(const Rule& rule, const TouchedThings& things) {
  if (!rule.tags.empty() && !share_one(rule.tags, things.tags)) return false;
  if (rule.tables.empty()) return names_an_action(rule, things.actions);
  return std::any_of(things.relations.begin(), things.relations.end(), [&](const TouchedRelation& relation) {
    return names_family(rule, relation) && names_an_action(rule, relation.actions);
  });
}

bool masks(const Rule& rule, ColumnId column, const sql::Catalog& catalog, const TagMap& tags) {
  if (!rule.tags.empty() && !share_one(rule.tags, tags.tags_of(column))) return false;
  if (rule.tables.empty()) return true;
  const auto covers = [&](Oid oid) {
    const sql::Relation* relation = catalog.relation(oid);
    return relation != nullptr && any_pattern_covers(rule.tables, written_name(relation->schema, relation->name));
  };
  const auto covers_any = [&](const std::vector<Oid>& oids) { return std::any_of(oids.begin(), oids.end(), covers); };
  return covers(column.relation) || covers_any(ancestors_of(column.relation, catalog)) ||
         covers_any(descendants_of(column.relation, catalog));
}

}  // namespace sluice::policy
