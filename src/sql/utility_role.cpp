// Roles, privileges, and what stores a secret.

#include <algorithm>

#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

UtilityAnalysis role_change() { return utility_analysis(StatementKind::role, {Action::role_change}); }

UtilityAnalysis secret_rotation() { return utility_analysis(StatementKind::secret_rotation, {Action::role_change, Action::secret_rotation}); }

UtilityAnalysis with_options(const List* options) {
  for (const auto* option : elements<DefElem>(options)) {
    if (text_of(option->defname) == "password") return secret_rotation();
  }
  return role_change();
}

Result<UtilityAnalysis> grant(const GrantStmt& statement, const UtilityInput& input) {
  NamedRelations relations(input.text, input.catalog, input.names);
  if (statement.targtype == ACL_TARGET_OBJECT && (statement.objtype == OBJECT_TABLE || statement.objtype == OBJECT_SEQUENCE)) {
    relations.touch_all(statement.objects);
  }
  return std::move(relations).finish(role_change());
}

}  // namespace

UtilityAnswer role_statement(const Node* node, const UtilityInput& input) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_CreateRoleStmt: return with_options(as<CreateRoleStmt>(node).options);
    case T_AlterRoleStmt: return with_options(as<AlterRoleStmt>(node).options);
    case T_AlterRoleSetStmt:
    case T_DropRoleStmt:
    case T_GrantRoleStmt:
    case T_AlterDefaultPrivilegesStmt: return role_change();
    case T_GrantStmt: return grant(as<GrantStmt>(node), input);
    case T_CreateUserMappingStmt:
    case T_AlterUserMappingStmt:
    case T_DropUserMappingStmt: return secret_rotation();
    case T_DropOwnedStmt:
    case T_ReassignOwnedStmt: {
      UtilityAnalysis result = utility_analysis(StatementKind::role, {Action::ddl, Action::role_change});
      result.analysis.changes_catalog = true;
      return result;
    }
  }
  return std::nullopt;
}

}  // namespace sluice::sql
