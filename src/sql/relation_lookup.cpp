#include "sql/protected_relations.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr std::string_view kSystemSchema = "pg_catalog";

}  // namespace

// The schemas of the search path in order; the session's temporary one and pg_catalog come first unless
// the path names them.
const Relation* QueryAnalyser::find_relation(const RangeVar& range) {
  const std::string_view name = text_of(range.relname);
  if (range.schemaname != nullptr) {
    std::string_view schema = text_of(range.schemaname);
    if (schema == "pg_temp") schema = names_.temporary_schema;
    return schema.empty() ? nullptr : catalog_.relation(schema, name);
  }
  bool names_system = false;
  bool names_temporary = false;
  for (const std::string& schema : names_.search_path) {
    names_system |= schema == kSystemSchema;
    names_temporary |= schema == "pg_temp";
  }
  if (!names_temporary && !names_.temporary_schema.empty()) {
    if (const Relation* found = catalog_.relation(names_.temporary_schema, name)) return found;
  }
  if (!names_system) {
    if (const Relation* found = catalog_.relation(kSystemSchema, name)) return found;
  }
  for (const std::string& schema : names_.search_path) {
    const std::string_view searched = schema == "pg_temp" ? std::string_view(names_.temporary_schema) : std::string_view(schema);
    if (const Relation* found = searched.empty() ? nullptr : catalog_.relation(searched, name)) return found;
  }
  return nullptr;
}

const Relation* QueryAnalyser::require_relation(const RangeVar& range) {
  if (range.catalogname != nullptr) {
    fail(make_error(ErrorKind::not_supported, "names of three parts in FROM are not supported", "Leave the database's name out."),
         range.location);
    return nullptr;
  }
  const Relation* relation = find_relation(range);
  std::string written = range.schemaname == nullptr ? "" : std::string(range.schemaname) + ".";
  written += range.relname;
  if (relation == nullptr) {
    fail(make_error(ErrorKind::undefined_table, "relation \"" + written + "\" does not exist"), range.location);
    return nullptr;
  }
  switch (relation->kind) {
    case RelationKind::table:
    case RelationKind::partitioned_table:
    case RelationKind::view:
    case RelationKind::materialized_view:
    case RelationKind::foreign_table:
    case RelationKind::sequence:
      break;
    case RelationKind::composite_type:
    case RelationKind::toast:
    case RelationKind::index:
    case RelationKind::partitioned_index:
      not_supported("reading \"" + written + "\"", range.location);
      return nullptr;
  }
  if (is_protected_relation(relation->schema, relation->name)) {
    fail(make_error(ErrorKind::denied, "permission denied for relation " + relation->name,
                    "It can show values of rows, or what other sessions do."),
         range.location);
    return nullptr;
  }
  return relation;
}

}  // namespace sluice::sql
