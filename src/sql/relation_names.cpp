#include "sql/relation_names.h"

#include <algorithm>
#include <utility>

#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

std::string written(std::string_view schema, std::string_view name) {
  return schema.empty() ? std::string(name) : std::string(schema) + "." + std::string(name);
}

RelationAccess merged(const RelationAccess& a, const RelationAccess& b) {
  return {a.relation, a.reads || b.reads, a.inserts || b.inserts, a.updates || b.updates, a.deletes || b.deletes};
}

}  // namespace

const Relation* find_relation(const Catalog& catalog, const NameContext& names, std::string_view schema, std::string_view name) {
  const auto in_schema = [&](std::string_view candidate) -> const Relation* {
    if (candidate == "pg_temp") candidate = names.temporary_schema;
    return candidate.empty() ? nullptr : catalog.relation(candidate, name);
  };
  if (!schema.empty()) return in_schema(schema);
  const auto named = [&](std::string_view wanted) {
    return std::find(names.search_path.begin(), names.search_path.end(), wanted) != names.search_path.end();
  };
  if (!named("pg_temp") && !named(names.temporary_schema)) {  // by either of its names
    if (const Relation* found = in_schema("pg_temp")) return found;
  }
  if (!named("pg_catalog")) {
    if (const Relation* found = in_schema("pg_catalog")) return found;
  }
  for (const std::string& candidate : names.search_path) {
    if (const Relation* found = in_schema(candidate)) return found;
  }
  return nullptr;
}

bool only_temporary(const Analysis& analysis, std::size_t count, const Catalog& catalog, const NameContext& names) {
  // A name that was not found, IF EXISTS or not, could be anything by the time it is used.
  if (analysis.relations.size() != count || count == 0 || names.temporary_schema.empty()) return false;
  return std::all_of(analysis.relations.begin(), analysis.relations.end(), [&](const RelationAccess& access) {
    const Relation* relation = catalog.relation(access.relation);
    return relation != nullptr && relation->schema == names.temporary_schema;
  });
}

Error cross_database(const RangeVar& range) {
  return make_error(ErrorKind::not_supported, "cross-database references are not implemented: \"" + std::string(text_of(range.catalogname)) + "." +
                                                  written(text_of(range.schemaname), text_of(range.relname)) + "\"");
}

int character_position(std::string_view text, int byte) {
  if (byte < 0) return 0;
  const std::string_view before = text.substr(0, static_cast<std::size_t>(byte));
  return 1 + static_cast<int>(std::count_if(before.begin(), before.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

UtilityAnalysis utility_analysis(StatementKind kind, std::initializer_list<Action> actions) {
  UtilityAnalysis result;
  result.analysis.kind = kind;
  result.analysis.actions = actions;
  std::sort(result.analysis.actions.begin(), result.analysis.actions.end());
  return result;
}

const Relation* NamedRelations::touch(const RangeVar* range, RelationAccess how, Missing missing) {
  if (range == nullptr || error_) return nullptr;
  if (range->catalogname != nullptr && text_of(range->catalogname) != catalog_.database()) {
    fail(cross_database(*range), range->location);
    return nullptr;
  }
  return record(text_of(range->schemaname), text_of(range->relname), range->location, how, missing);
}

const Relation* NamedRelations::touch(const List* name, int location, RelationAccess how, Missing missing, bool part_of_name) {
  const auto parts = elements(name);
  if (error_) return nullptr;
  if (parts.empty() || parts.size() > 3 || (parts.size() == 3 && text_of(parts[0]) != catalog_.database())) {
    fail(make_error(ErrorKind::not_supported, "cross-database references are not implemented"), location);
    return nullptr;
  }
  return record(parts.size() > 1 ? text_of(parts[parts.size() - 2]) : std::string_view(), text_of(parts.back()), location, how, missing, part_of_name ? static_cast<int>(parts.size()) : 0);
}

void NamedRelations::touch_all(const List* ranges, RelationAccess how, Missing missing) {
  for (const auto* range : elements<RangeVar>(ranges)) touch(range, how, missing);
}

const Relation* NamedRelations::record(std::string_view schema, std::string_view name, int location, RelationAccess how, Missing missing, int fields) {
  const Relation* relation = find_relation(catalog_, names_, schema, name);
  if (relation == nullptr) {
    if (missing != Missing::is_fine) {
      const std::string what = kind_.empty() ? "relation \"" + written(schema, name) : std::string(kind_) + " \"" + std::string(name);
      fail(make_error(ErrorKind::undefined_table, what + "\" does not exist"), missing == Missing::fails_in_place ? location : -1);
    }
    return nullptr;
  }
  how.relation = relation->oid;
  found_.analysis.relations.push_back(how);
  if (location >= 0) found_.names.push_back({location, relation->oid, fields});
  return relation;
}

void NamedRelations::fail(Error error, int location) {
  error.position = character_position(text_, location);
  if (!error_) error_ = std::move(error);
}

Result<UtilityAnalysis> NamedRelations::finish(UtilityAnalysis statement) && {
  if (error_) return std::move(*error_);
  auto& relations = statement.analysis.relations;
  relations = std::move(found_.analysis.relations);
  std::sort(relations.begin(), relations.end());
  std::vector<RelationAccess> unique;
  for (const RelationAccess& access : relations) {
    if (!unique.empty() && unique.back().relation == access.relation) unique.back() = merged(unique.back(), access);
    else unique.push_back(access);
  }
  relations = std::move(unique);
  statement.names = std::move(found_.names);
  return statement;
}

}  // namespace sluice::sql
