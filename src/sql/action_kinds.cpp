#include "sql/action_kinds.h"

#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr ActionBits kCreate = action_bit(Action::ddl_create);
constexpr ActionBits kAlter = action_bit(Action::ddl_alter);
constexpr ActionBits kDrop = action_bit(Action::ddl_drop);
constexpr ActionBits kComment = action_bit(Action::ddl_comment);
constexpr ActionBits kRoutine = action_bit(Action::ddl_routine);
constexpr ActionBits kRole = action_bit(Action::role_change_role);
constexpr ActionBits kGrant = action_bit(Action::role_change_grant);
constexpr ActionBits kOwner = action_bit(Action::role_change_owner);
constexpr ActionBits kRowSecurity = action_bit(Action::role_change_policy);
constexpr ActionBits kSecret = action_bit(Action::secret_rotation);
constexpr ActionBits kExtension = action_bit(Action::extension);
constexpr ActionBits kOutbound = action_bit(Action::outbound);

// What lies at its root in the object's type, for the statements that are about any object.
ActionBits of_object(ObjectType type) {
  switch (type) {
    case OBJECT_EXTENSION: return kExtension;
    case OBJECT_FDW: case OBJECT_FOREIGN_SERVER: case OBJECT_FOREIGN_TABLE: case OBJECT_SUBSCRIPTION:
    case OBJECT_PUBLICATION: case OBJECT_PUBLICATION_NAMESPACE: case OBJECT_PUBLICATION_REL: return kOutbound;
    case OBJECT_POLICY: return kRowSecurity;
    case OBJECT_ROLE: return kRole;
    case OBJECT_USER_MAPPING: return kSecret | kOutbound;
    case OBJECT_AGGREGATE: case OBJECT_FUNCTION: case OBJECT_PROCEDURE: case OBJECT_ROUTINE: case OBJECT_OPERATOR:
    case OBJECT_OPCLASS: case OBJECT_OPFAMILY: case OBJECT_AMOP: case OBJECT_AMPROC: case OBJECT_CAST: case OBJECT_TRANSFORM:
    case OBJECT_LANGUAGE: case OBJECT_TRIGGER: case OBJECT_EVENT_TRIGGER: case OBJECT_RULE: case OBJECT_ACCESS_METHOD:
    case OBJECT_CONVERSION: return kRoutine;
    case OBJECT_ATTRIBUTE: case OBJECT_COLUMN: case OBJECT_COLLATION: case OBJECT_DATABASE: case OBJECT_DEFAULT: case OBJECT_DEFACL:
    case OBJECT_DOMAIN: case OBJECT_DOMCONSTRAINT: case OBJECT_INDEX: case OBJECT_LARGEOBJECT: case OBJECT_MATVIEW:
    case OBJECT_PARAMETER_ACL: case OBJECT_SCHEMA: case OBJECT_SEQUENCE: case OBJECT_STATISTIC_EXT: case OBJECT_TABCONSTRAINT:
    case OBJECT_TABLE: case OBJECT_TABLESPACE: case OBJECT_TSCONFIGURATION: case OBJECT_TSDICTIONARY: case OBJECT_TSPARSER:
    case OBJECT_TSTEMPLATE: case OBJECT_TYPE: case OBJECT_VIEW: return 0;
  }
  return 0;
}

bool sets_security(const List* options) {
  const auto list = elements<DefElem>(options);
  for (const auto* option : list) {
    if (text_of(option->defname) == "security") return true;
  }
  return false;
}

ActionBits of_alter_table(const AlterTableStmt& statement) {
  ActionBits kinds = kAlter | of_object(statement.objtype);
  for (const auto* command : elements<AlterTableCmd>(statement.cmds)) {
    switch (static_cast<int>(command->subtype)) {
      case AT_ChangeOwner: kinds |= kOwner; break;
      case AT_EnableRowSecurity: case AT_DisableRowSecurity: case AT_ForceRowSecurity: case AT_NoForceRowSecurity: kinds |= kRowSecurity; break;
      case AT_EnableTrig: case AT_EnableAlwaysTrig: case AT_EnableReplicaTrig: case AT_DisableTrig: case AT_EnableTrigAll: case AT_DisableTrigAll:
      case AT_EnableTrigUser: case AT_DisableTrigUser: case AT_EnableRule: case AT_EnableAlwaysRule: case AT_EnableReplicaRule: case AT_DisableRule:
        kinds |= kRoutine;
        break;
    }
  }
  return kinds;
}

// 0: not among them.
ActionBits of_ddl(const Node* node) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_CreateStmt: case T_CreateTableAsStmt: case T_ViewStmt: case T_CreateSeqStmt: case T_IndexStmt: case T_CreateStatsStmt:
    case T_CreateDomainStmt: case T_CompositeTypeStmt: case T_CreateEnumStmt: case T_CreateRangeStmt: case T_CreatedbStmt: case T_CreateTableSpaceStmt:
      return kCreate;
    case T_CreateSchemaStmt: {
      ActionBits kinds = kCreate;
      for (const Node* element : elements(as<CreateSchemaStmt>(node).schemaElts)) {
        kinds |= IsA(element, GrantStmt) ? kGrant : of_ddl(element);
      }
      return kinds;
    }
    case T_DefineStmt: return kCreate | of_object(as<DefineStmt>(node).kind);
    case T_CreateForeignTableStmt: case T_CreateFdwStmt: case T_CreateForeignServerStmt: case T_ImportForeignSchemaStmt:
    case T_CreatePublicationStmt:
      return kCreate | kOutbound;
    case T_AlterFdwStmt: case T_AlterForeignServerStmt: case T_AlterPublicationStmt: return kAlter | kOutbound;
    case T_CreateSubscriptionStmt: return kCreate | kOutbound | kSecret;  // its connection string
    case T_AlterSubscriptionStmt: return kAlter | kOutbound | (as<AlterSubscriptionStmt>(node).kind == ALTER_SUBSCRIPTION_CONNECTION ? kSecret : 0);
    case T_DropSubscriptionStmt: return kDrop | kOutbound;
    case T_CreateExtensionStmt: return kCreate | kExtension;
    case T_AlterExtensionStmt: case T_AlterExtensionContentsStmt: return kAlter | kExtension;
    case T_CreateFunctionStmt: return kRoutine | (sets_security(as<CreateFunctionStmt>(node).options) ? kRowSecurity : 0);
    case T_AlterFunctionStmt: return kRoutine | (sets_security(as<AlterFunctionStmt>(node).actions) ? kRowSecurity : 0);
    case T_CreatePLangStmt: case T_CreateCastStmt: case T_CreateConversionStmt: case T_CreateTransformStmt: case T_CreateAmStmt:
    case T_CreateOpClassStmt: case T_CreateOpFamilyStmt: case T_AlterOpFamilyStmt: case T_AlterOperatorStmt:
    case T_CreateEventTrigStmt: case T_AlterEventTrigStmt: case T_CreateTrigStmt: case T_RuleStmt:
      return kRoutine;
    case T_CreatePolicyStmt: return kCreate | kRowSecurity;
    case T_AlterPolicyStmt: return kAlter | kRowSecurity;
    case T_AlterTableStmt: return of_alter_table(as<AlterTableStmt>(node));
    case T_AlterOwnerStmt: return kAlter | kOwner | of_object(as<AlterOwnerStmt>(node).objectType);
    case T_RenameStmt: return kAlter | of_object(as<RenameStmt>(node).renameType);
    case T_AlterObjectSchemaStmt: return kAlter | of_object(as<AlterObjectSchemaStmt>(node).objectType);
    case T_AlterObjectDependsStmt: return kAlter | of_object(as<AlterObjectDependsStmt>(node).objectType);
    case T_AlterTableMoveAllStmt: case T_AlterSeqStmt: case T_AlterDomainStmt: case T_AlterEnumStmt: case T_AlterTypeStmt:
    case T_AlterCollationStmt: case T_AlterStatsStmt: case T_AlterTSDictionaryStmt: case T_AlterTSConfigurationStmt:
    case T_AlterDatabaseStmt: case T_AlterDatabaseRefreshCollStmt: case T_AlterDatabaseSetStmt: case T_AlterTableSpaceOptionsStmt:
      return kAlter;
    case T_DropdbStmt: case T_DropTableSpaceStmt: return kDrop;
    case T_DropStmt: return kDrop | of_object(as<DropStmt>(node).removeType);
    case T_CommentStmt: return kComment;
    case T_SecLabelStmt: return kComment | kRowSecurity;
    case T_DropOwnedStmt: return kDrop;
    case T_ReassignOwnedStmt: return kAlter;
  }
  return 0;
}

ActionBits of_role_change(const Node* node) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_CreateRoleStmt: case T_AlterRoleStmt: case T_AlterRoleSetStmt: case T_DropRoleStmt: return kRole;
    case T_CreateUserMappingStmt: case T_AlterUserMappingStmt: case T_DropUserMappingStmt: return kRole | kOutbound;
    case T_GrantStmt: case T_GrantRoleStmt: case T_AlterDefaultPrivilegesStmt: return kGrant;
    case T_DropOwnedStmt: return kOwner | kGrant;
    case T_ReassignOwnedStmt: return kOwner;
  }
  return 0;
}

ActionBits of_server_file(const Node* node) {
  if (!IsA(node, CopyStmt)) return 0;
  const auto& copy = as<CopyStmt>(node);
  return action_bit(copy.is_program ? Action::server_file_program : copy.is_from ? Action::server_file_read : Action::server_file_write);
}

}  // namespace

ActionBits action_kinds(const Node* statement, ActionBits groups) {
  // What is on no list stays what the group says: rules that name the group know it.
  const auto refine = [&groups](Action group, ActionBits kinds) {
    if ((groups & action_bit(group)) != 0 && kinds != 0) groups = (groups & ~action_bit(group)) | kinds;
  };
  refine(Action::ddl, of_ddl(statement));
  refine(Action::role_change, of_role_change(statement));
  refine(Action::server_file, of_server_file(statement));
  refine(Action::export_, IsA(statement, CopyStmt) ? action_bit(Action::export_copy) : 0);
  return groups;
}

}  // namespace sluice::sql
