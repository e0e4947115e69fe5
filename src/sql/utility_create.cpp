// CREATE TABLE, CREATE TABLE AS, CREATE VIEW, CREATE SEQUENCE: permanent ones are DDL, temporary ones belong to the session.

#include <algorithm>

#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

using Missing = NamedRelations::Missing;

constexpr char kTemporary = 't';  // RELPERSISTENCE_TEMP

bool is_temporary(const RangeVar& range) { return range.relpersistence == kTemporary || text_of(range.schemaname) == "pg_temp"; }

UtilityAnalysis creation(const RangeVar& created, StatementKind permanent_kind) {
  if (is_temporary(created)) return utility_analysis(StatementKind::create_temporary, {Action::temporary});
  UtilityAnalysis result = utility_analysis(permanent_kind, {Action::ddl});
  result.analysis.changes_catalog = true;
  return result;
}

/// Does the definition of a temporary table concern nobody else? What it computes is looked at later.
bool stays_own(const CreateStmt& statement, const UtilityInput& input) {
  if (statement.inhRelations != nullptr || statement.partbound != nullptr || statement.ofTypename != nullptr || statement.accessMethod != nullptr) return false;
  const auto parts = elements(statement.tableElts);
  return std::all_of(parts.begin(), parts.end(), [&](const Node* part) {
    constexpr unsigned kComputed = CREATE_TABLE_LIKE_CONSTRAINTS | CREATE_TABLE_LIKE_DEFAULTS | CREATE_TABLE_LIKE_GENERATED | CREATE_TABLE_LIKE_INDEXES |
                                   CREATE_TABLE_LIKE_STATISTICS;
    if (!IsA(part, TableLikeClause) || (static_cast<unsigned>(as<TableLikeClause>(part).options) & kComputed) == 0) return true;
    // Defaults, checks and indexes that come with it must run no code of the database.
    const RangeVar& source = *as<TableLikeClause>(part).relation;
    const Relation* relation = find_relation(input.catalog, input.names, text_of(source.schemaname), text_of(source.relname));
    return relation != nullptr && !input.names.schema_changed && input.catalog.code().set_off(relation->oid, CodeEvent::insert).empty();
  });
}

/// Relations that the definition of a table names. A foreign key may name the table itself, which does not exist yet.
void touch_named(const CreateStmt& statement, NamedRelations& relations) {
  relations.touch_all(statement.inhRelations);
  const auto touch_keys = [&](const List* constraints) {
    for (const auto* constraint : elements<Constraint>(constraints)) relations.touch(constraint->pktable, {}, Missing::is_fine);
  };
  touch_keys(statement.constraints);
  for (const Node* element : elements(statement.tableElts)) {
    if (IsA(element, TableLikeClause)) relations.touch(as<TableLikeClause>(element).relation, {}, Missing::fails_in_place);
    if (IsA(element, Constraint)) relations.touch(as<Constraint>(element).pktable, {}, Missing::is_fine);
    if (IsA(element, ColumnDef)) touch_keys(as<ColumnDef>(element).constraints);
  }
}

Result<UtilityAnalysis> create_table(const CreateStmt& statement, const UtilityInput& input) {
  UtilityAnalysis result = creation(*statement.relation, StatementKind::ddl);
  if (is_temporary(*statement.relation)) {
    result.own_table = true;
    if (!stays_own(statement, input)) {
      result.analysis.kind = StatementKind::ddl;
      result.analysis.actions = {Action::ddl};
      result.analysis.changes_catalog = true;
    }
  }
  NamedRelations relations(input.text, input.catalog, input.names);
  touch_named(statement, relations);
  return std::move(relations).finish(std::move(result));
}

UtilityAnalysis create_table_as(const CreateTableAsStmt& statement) {
  const bool table = statement.objtype == OBJECT_TABLE;
  UtilityAnalysis result = creation(*statement.into->rel, table ? StatementKind::create_table_as : StatementKind::ddl);
  result.query = statement.query;
  return result;
}

UtilityAnalysis create_view(const ViewStmt& statement) {
  UtilityAnalysis result = creation(*statement.view, StatementKind::ddl);
  result.query = statement.query;
  return result;
}

}  // namespace

UtilityAnswer create_statement(const Node* node, const UtilityInput& input) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_CreateStmt: return create_table(as<CreateStmt>(node), input);
    case T_CreateForeignTableStmt: return create_table(as<CreateForeignTableStmt>(node).base, input);
    case T_CreateTableAsStmt: return create_table_as(as<CreateTableAsStmt>(node));
    case T_ViewStmt: return create_view(as<ViewStmt>(node));
    case T_CreateSeqStmt: return creation(*as<CreateSeqStmt>(node).sequence, StatementKind::ddl);
  }
  return std::nullopt;
}

}  // namespace sluice::sql
