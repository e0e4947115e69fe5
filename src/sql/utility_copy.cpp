// COPY and EXPLAIN: what they do; the query or table within is analysed by the caller.

#include <algorithm>
#include <iterator>

#include "sql/protected_relations.h"
#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr std::string_view kOptions[] = {"delimiter", "encoding", "escape", "force_not_null", "force_null", "force_quote",
                                         "format", "freeze", "header", "null", "quote"};
static_assert(std::is_sorted(std::begin(kOptions), std::end(kOptions)));

Status check_options(const List* options) {
  for (const auto* option : elements<DefElem>(options)) {
    const std::string_view name = text_of(option->defname);
    if (!std::binary_search(std::begin(kOptions), std::end(kOptions), name)) return unsupported("COPY option \"" + std::string(name) + "\"");
    if (name != "encoding") continue;
    const std::string_view value = option->arg != nullptr && IsA(option->arg, String) ? text_of(option->arg) : std::string_view();
    if (value != "UTF8" && value != "utf8" && value != "UTF-8" && value != "utf-8") return unsupported("COPY in an encoding other than UTF8");
  }
  return Done{};
}

UtilityAnalysis kind_of(const CopyStmt& statement) {
  if (statement.is_program || statement.filename != nullptr) {
    return utility_analysis(StatementKind::copy_server_file, {Action::server_file});
  }
  return statement.is_from ? utility_analysis(StatementKind::copy_in, {Action::copy_in})
                           : utility_analysis(StatementKind::copy_out, {Action::export_});
}

Result<UtilityAnalysis> copy(const CopyStmt& statement, const UtilityInput& input) {
  SLUICE_CHECK(check_options(statement.options));
  UtilityAnalysis result = kind_of(statement);
  result.query = statement.query;
  RelationAccess how;
  (statement.is_from ? how.inserts : how.reads) = true;
  NamedRelations relations(input.text, input.catalog, input.names);
  const Relation* relation = relations.touch(statement.relation, how);
  if (relation != nullptr && (is_protected_relation(relation->schema, relation->name) || (statement.is_from && relation->system))) {
    Error error = make_error(ErrorKind::denied, "permission denied for relation " + relation->name);
    error.position = character_position(input.text, statement.relation->location);
    return error;
  }
  return std::move(relations).finish(std::move(result));
}

UtilityAnalysis explain(const ExplainStmt& statement) {
  UtilityAnalysis result = utility_analysis(StatementKind::explain, {Action::explain});
  result.analysis.returns_rows = true;
  result.query = statement.query;
  return result;
}

}  // namespace

UtilityAnswer copy_statement(const Node* node, const UtilityInput& input) {
  if (IsA(node, CopyStmt)) return copy(as<CopyStmt>(node), input);
  if (IsA(node, ExplainStmt)) return explain(as<ExplainStmt>(node));
  return std::nullopt;
}

}  // namespace sluice::sql
