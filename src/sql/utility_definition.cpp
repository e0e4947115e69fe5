// DDL that names no relation, or whose relations do not matter: functions, types, operators, schemas, databases …

#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

bool is_definition(const Node* node) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_CreateSchemaStmt:
    case T_CreateFunctionStmt: case T_AlterFunctionStmt: case T_CreatePLangStmt:
    case T_DefineStmt: case T_CreateDomainStmt: case T_AlterDomainStmt: case T_CompositeTypeStmt: case T_CreateEnumStmt:
    case T_AlterEnumStmt: case T_CreateRangeStmt: case T_AlterTypeStmt:
    case T_CreateCastStmt: case T_CreateConversionStmt: case T_CreateTransformStmt: case T_CreateAmStmt:
    case T_CreateOpClassStmt: case T_CreateOpFamilyStmt: case T_AlterOpFamilyStmt: case T_AlterOperatorStmt: case T_AlterCollationStmt:
    case T_AlterOwnerStmt: case T_AlterStatsStmt:
    case T_CreateEventTrigStmt: case T_AlterEventTrigStmt:
    case T_AlterTSDictionaryStmt: case T_AlterTSConfigurationStmt:
    case T_CreateExtensionStmt: case T_AlterExtensionStmt: case T_AlterExtensionContentsStmt:
    case T_CreateFdwStmt: case T_AlterFdwStmt: case T_CreateForeignServerStmt: case T_AlterForeignServerStmt: case T_ImportForeignSchemaStmt:
    case T_CreatePublicationStmt: case T_AlterPublicationStmt:
    case T_CreateSubscriptionStmt: case T_AlterSubscriptionStmt: case T_DropSubscriptionStmt:
    case T_CreatedbStmt: case T_AlterDatabaseStmt: case T_AlterDatabaseRefreshCollStmt: case T_AlterDatabaseSetStmt: case T_DropdbStmt:
    case T_CreateTableSpaceStmt: case T_DropTableSpaceStmt: case T_AlterTableSpaceOptionsStmt:
      return true;
  }
  return false;
}

}  // namespace

UtilityAnswer definition_statement(const Node* node, const UtilityInput&) {
  if (IsA(node, AlterSystemStmt)) return unsupported("ALTER SYSTEM", "change the configuration of the server on the server");
  if (!is_definition(node)) return std::nullopt;
  UtilityAnalysis result = utility_analysis(StatementKind::ddl, {Action::ddl});
  result.analysis.changes_catalog = true;
  return result;
}

}  // namespace sluice::sql
