// CREATE TABLE, CREATE TABLE AS, CREATE VIEW, CREATE SEQUENCE: permanent ones are DDL, temporary ones belong to the session.

#include "sql/builtin_functions.h"
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

/// May this be the default of a column that nobody has to approve? Literals and plain calls of built-in functions.
bool is_harmless_default(const Node* node, const Catalog& catalog) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_A_Const:
    case T_SQLValueFunction: return true;
    case T_TypeCast: return is_harmless_default(as<TypeCast>(node).arg, catalog);
    case T_FuncCall: {
      const auto& call = as<FuncCall>(node);
      const auto name = elements(call.funcname);
      const bool system = name.size() == 1 ? !catalog.has_user_function(text_of(name.back())) : name.size() == 2 && text_of(name.front()) == "pg_catalog";
      if (!system || builtin_function(text_of(name.back())).function_class != FunctionClass::pure) return false;
      for (const Node* argument : elements(call.args)) {
        if (!is_harmless_default(argument, catalog)) return false;
      }
      return call.agg_filter == nullptr && call.over == nullptr && call.agg_order == nullptr;
    }
  }
  return false;
}

Status check_temporary_column(const ColumnDef& column, const Catalog& catalog) {
  for (const auto* constraint : elements<Constraint>(column.constraints)) {
    switch (constraint->contype) {
      case CONSTR_NULL: case CONSTR_NOTNULL: case CONSTR_PRIMARY: case CONSTR_UNIQUE: case CONSTR_IDENTITY:
      case CONSTR_ATTR_DEFERRABLE: case CONSTR_ATTR_NOT_DEFERRABLE: case CONSTR_ATTR_DEFERRED: case CONSTR_ATTR_IMMEDIATE:
        continue;
      case CONSTR_DEFAULT:
        if (is_harmless_default(constraint->raw_expr, catalog)) continue;
        break;
      case CONSTR_CHECK: case CONSTR_GENERATED: case CONSTR_EXCLUSION: case CONSTR_FOREIGN:
        break;
    }
    return unsupported("this constraint or default of a temporary table", "leave it out, or use a literal");
  }
  return Done{};
}

Status check_temporary_table(const CreateStmt& statement, const Catalog& catalog) {
  if (statement.inhRelations != nullptr || statement.partbound != nullptr || statement.partspec != nullptr || statement.ofTypename != nullptr) {
    return unsupported("a temporary table that depends on another", "list its columns");
  }
  for (const Node* element : elements(statement.tableElts)) {
    switch (static_cast<int>(nodeTag(element))) {
      case T_ColumnDef: SLUICE_CHECK(check_temporary_column(as<ColumnDef>(element), catalog)); continue;
      case T_Constraint: {
        const ConstrType type = as<Constraint>(element).contype;
        if (type == CONSTR_PRIMARY || type == CONSTR_UNIQUE) continue;
        break;
      }
      case T_TableLikeClause:
        if (as<TableLikeClause>(element).options == 0) continue;
        break;
    }
    return unsupported("this part of a temporary table", "list its columns");
  }
  return Done{};
}

/// Relations that the definition of a table names. A foreign key may name the table itself, which does not exist yet.
void touch_named(const CreateStmt& statement, NamedRelations& relations) {
  relations.touch_all(statement.inhRelations);
  const auto touch_keys = [&](const List* constraints) {
    for (const auto* constraint : elements<Constraint>(constraints)) relations.touch(constraint->pktable, {}, Missing::is_fine);
  };
  touch_keys(statement.constraints);
  for (const Node* element : elements(statement.tableElts)) {
    if (IsA(element, TableLikeClause)) relations.touch(as<TableLikeClause>(element).relation);
    if (IsA(element, Constraint)) relations.touch(as<Constraint>(element).pktable, {}, Missing::is_fine);
    if (IsA(element, ColumnDef)) touch_keys(as<ColumnDef>(element).constraints);
  }
}

Result<UtilityAnalysis> create_table(const CreateStmt& statement, const UtilityInput& input) {
  UtilityAnalysis result = creation(*statement.relation, StatementKind::ddl);
  if (is_temporary(*statement.relation)) SLUICE_CHECK(check_temporary_table(statement, input.catalog));
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
