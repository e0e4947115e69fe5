#include "sql/utility.h"

#include <array>
#include <utility>

#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr std::array kProductions = {
    transaction_statement, setting_statement, session_statement, copy_statement, create_statement,
    alter_statement, drop_statement, definition_statement, role_statement, maintenance_statement,
};

}  // namespace

Error unsupported(std::string what, std::string hint) {
  return make_error(ErrorKind::not_supported, std::move(what) + " is not supported", std::move(hint));
}

Result<UtilityAnalysis> analyse_utility(const Node* statement, std::string_view text, const Catalog& catalog, const NameContext& names) {
  const UtilityInput input{text, catalog, names};
  for (const auto& production : kProductions) {
    if (UtilityAnswer answer = production(statement, input)) return std::move(*answer);
  }
  return unsupported("this statement");
}

bool is_query(const Node* statement) {
  return IsA(statement, SelectStmt) || IsA(statement, InsertStmt) || IsA(statement, UpdateStmt) || IsA(statement, DeleteStmt) ||
         IsA(statement, MergeStmt);
}

}  // namespace sluice::sql
