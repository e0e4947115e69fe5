#include "sql/protected_relations.h"
#include "sql/query_analyser.h"
#include "sql/relation_names.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

const Relation* QueryAnalyser::find_relation(const RangeVar& range) {
  return sql::find_relation(catalog_, names_, text_of(range.schemaname), text_of(range.relname));
}

const Relation* QueryAnalyser::require_relation(const RangeVar& range) {
  if (range.catalogname != nullptr && text_of(range.catalogname) != catalog_.database()) {
    fail(cross_database(range), range.location);
    return nullptr;
  }
  const Relation* relation = find_relation(range);
  if (any_schema_ && range.schemaname == nullptr) {
    for (const Relation* other : catalog_.relations_named(text_of(range.relname))) {
      if (relation == nullptr) relation = other;
      else if (other != relation && !relation->system) code_->same_name.emplace_back(relation->oid, other->oid);
    }
  }
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
