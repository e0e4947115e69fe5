// We walk PostgreSQL's raw parse tree through headers of the server and an entry point that is not part of libpg_query's public
// API. If the headers and the library ever disagree about the layout of a node, these tests see it: the same statements, through
// the public JSON, must give the same kinds, names and places.

#include "sql/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "sql/raw_tree.h"

extern "C" bool raw_expression_tree_walker(Node* node, bool (*walker)(Node*, void*), void* context);

namespace sluice::sql {
namespace {

using nlohmann::json;

std::vector<std::string> statements() {
  std::vector<std::string> result;
  std::ifstream file(std::string(SLUICE_TESTS_DIR) + "/unit/sql/raw_tree_statements.sql");
  for (std::string line; std::getline(file, line);) result.push_back(line);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(SLUICE_TESTS_DIR) + "/sql_cases")) {
    if (entry.path().extension() != ".case") continue;
    std::ifstream cases(entry.path());
    std::string statement;
    bool inside = false;
    for (std::string line; std::getline(cases, line);) {
      if (line == "----" && inside) {
        result.push_back(statement);
        inside = false;
      } else if (line.starts_with("## ")) {
        inside = true;
        statement.clear();
      } else if (inside) {
        statement += line + "\n";
      }
    }
  }
  return result;
}

/// What the tree says, one line for each name; sorted, as the two walks differ in order.
using Facts = std::vector<std::string>;

struct RawFacts {
  Facts facts;
};

bool gather(Node* node, void* context) {
  auto* found = static_cast<RawFacts*>(context);
  if (node == nullptr) return false;
  if (IsA(node, RangeVar)) {
    const auto& range = as<RangeVar>(node);
    found->facts.push_back("relation " + std::string(text_of(range.schemaname)) + "." + range.relname + (range.inh ? "" : " only") + " @" +
                           std::to_string(range.location));
  }
  if (IsA(node, ColumnRef)) {
    std::string fact = "column";
    for (const Node* field : elements(as<ColumnRef>(node).fields)) fact += " " + (IsA(field, A_Star) ? "*" : std::string(text_of(field)));
    found->facts.push_back(fact + " @" + std::to_string(as<ColumnRef>(node).location));
  }
  if (IsA(node, FuncCall)) {
    std::string fact = "call";
    for (const Node* part : elements(as<FuncCall>(node).funcname)) fact += " " + std::string(text_of(part));
    found->facts.push_back(fact + " @" + std::to_string(as<FuncCall>(node).location));
  }
  return raw_expression_tree_walker(node, gather, context);
}

int place(const json& node) { return node.value("location", 0); }

std::string name_in(const json& string) { return string.contains("String") ? string["String"].value("sval", "") : "*"; }

// Fields of a fixed type stand without the name of the type around them: a relation is known by its relname.
void gather(const json& node, Facts& found) {
  if (node.is_array()) {
    for (const json& element : node) gather(element, found);
  }
  if (!node.is_object()) return;
  if (node.contains("relname") && node.contains("relpersistence")) {
    found.push_back("relation " + node.value("schemaname", "") + "." + node["relname"].get<std::string>() + (node.value("inh", false) ? "" : " only") +
                    " @" + std::to_string(place(node)));
  }
  if (node.contains("ColumnRef")) {
    std::string fact = "column";
    for (const json& field : node["ColumnRef"]["fields"]) fact += " " + name_in(field);
    found.push_back(fact + " @" + std::to_string(place(node["ColumnRef"])));
  }
  const auto call = [&](const json& function) {
    std::string fact = "call";
    for (const json& part : function["funcname"]) fact += " " + name_in(part);
    found.push_back(fact + " @" + std::to_string(place(function)));
  };
  if (node.contains("FuncCall")) call(node["FuncCall"]);
  for (const auto& [key, value] : node.items()) gather(value, found);
}

struct Kind {
  NodeTag tag;
  const char* name;
};
#define SLUICE_KIND(name) {T_##name, #name}
constexpr Kind kKinds[] = {
    SLUICE_KIND(SelectStmt), SLUICE_KIND(InsertStmt), SLUICE_KIND(UpdateStmt), SLUICE_KIND(DeleteStmt), SLUICE_KIND(MergeStmt),
    SLUICE_KIND(ExplainStmt), SLUICE_KIND(PrepareStmt), SLUICE_KIND(ExecuteStmt), SLUICE_KIND(DeallocateStmt), SLUICE_KIND(DeclareCursorStmt),
    SLUICE_KIND(FetchStmt), SLUICE_KIND(ClosePortalStmt), SLUICE_KIND(CopyStmt), SLUICE_KIND(CreateTableAsStmt), SLUICE_KIND(ViewStmt),
    SLUICE_KIND(CreateStmt), SLUICE_KIND(IndexStmt), SLUICE_KIND(AlterTableStmt), SLUICE_KIND(DropStmt), SLUICE_KIND(TruncateStmt),
    SLUICE_KIND(LockStmt), SLUICE_KIND(TransactionStmt), SLUICE_KIND(VariableSetStmt), SLUICE_KIND(VariableShowStmt), SLUICE_KIND(DiscardStmt),
    SLUICE_KIND(ListenStmt), SLUICE_KIND(NotifyStmt), SLUICE_KIND(UnlistenStmt), SLUICE_KIND(GrantStmt), SLUICE_KIND(GrantRoleStmt),
    SLUICE_KIND(CreateRoleStmt), SLUICE_KIND(AlterRoleStmt), SLUICE_KIND(AlterRoleSetStmt), SLUICE_KIND(DropRoleStmt),
    SLUICE_KIND(CreateFunctionStmt), SLUICE_KIND(CreateTrigStmt), SLUICE_KIND(RuleStmt), SLUICE_KIND(CreateEnumStmt), SLUICE_KIND(CreateDomainStmt),
    SLUICE_KIND(CreateSchemaStmt), SLUICE_KIND(CreateSeqStmt), SLUICE_KIND(CreateExtensionStmt), SLUICE_KIND(CreatePolicyStmt),
    SLUICE_KIND(CommentStmt), SLUICE_KIND(DoStmt), SLUICE_KIND(CallStmt), SLUICE_KIND(VacuumStmt), SLUICE_KIND(ReindexStmt),
    SLUICE_KIND(ClusterStmt), SLUICE_KIND(RefreshMatViewStmt), SLUICE_KIND(CheckPointStmt), SLUICE_KIND(LoadStmt), SLUICE_KIND(AlterSystemStmt),
    SLUICE_KIND(CreateUserMappingStmt), SLUICE_KIND(RenameStmt), SLUICE_KIND(AlterOwnerStmt), SLUICE_KIND(AlterObjectSchemaStmt),
    SLUICE_KIND(ConstraintsSetStmt), SLUICE_KIND(CreatedbStmt), SLUICE_KIND(DropdbStmt), SLUICE_KIND(AlterSeqStmt),
    SLUICE_KIND(AlterDefaultPrivilegesStmt), SLUICE_KIND(AlterExtensionStmt), SLUICE_KIND(AlterFunctionStmt), SLUICE_KIND(AlterPolicyStmt),
    SLUICE_KIND(AlterSubscriptionStmt), SLUICE_KIND(AlterUserMappingStmt), SLUICE_KIND(CreateCastStmt), SLUICE_KIND(CreateEventTrigStmt),
    SLUICE_KIND(CreateForeignServerStmt), SLUICE_KIND(CreateForeignTableStmt), SLUICE_KIND(CreatePublicationStmt), SLUICE_KIND(CreateSubscriptionStmt),
    SLUICE_KIND(DefineStmt), SLUICE_KIND(DropOwnedStmt), SLUICE_KIND(ImportForeignSchemaStmt), SLUICE_KIND(ReassignOwnedStmt),
    SLUICE_KIND(SecLabelStmt),
};
#undef SLUICE_KIND

std::string kind_name(const Node* node) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& kind) { return kind.tag == nodeTag(node); });
  return found == std::end(kKinds) ? "tag " + std::to_string(nodeTag(node)) : found->name;
}

json public_parse(const std::string& statement) {
  PgQueryParseResult result = pg_query_parse(statement.c_str());
  json tree = result.error == nullptr ? json::parse(result.parse_tree) : json();
  pg_query_free_parse_result(result);
  return tree;
}

TEST(RawTree, SaysWhatThePublicJsonSays) {
  std::size_t compared = 0;
  std::size_t facts = 0;
  for (const std::string& statement : statements()) {
    const json expected = public_parse(statement);
    const auto parsed = ParsedText::parse(statement, {});
    ASSERT_EQ(parsed.ok(), !expected.is_null()) << statement;
    if (!parsed.ok()) continue;
    ASSERT_EQ(parsed->size(), expected["stmts"].size()) << statement;
    for (std::size_t i = 0; i < parsed->size(); ++i) {
      const json& raw = expected["stmts"][i];
      Node* node = parsed->statement(i)->stmt;
      EXPECT_EQ(parsed->statement(i)->stmt_location, raw.value("stmt_location", 0)) << statement;
      EXPECT_EQ(parsed->statement(i)->stmt_len, raw.value("stmt_len", 0)) << statement;
      ASSERT_EQ(raw["stmt"].size(), 1u) << statement;
      EXPECT_EQ(kind_name(node), raw["stmt"].begin().key()) << statement;
      ++compared;
      const NodeTag tag = nodeTag(node);
      if (tag != T_SelectStmt && tag != T_InsertStmt && tag != T_UpdateStmt && tag != T_DeleteStmt) continue;
      RawFacts found;
      gather(node, &found);
      Facts wanted;
      gather(raw["stmt"], wanted);
      std::sort(found.facts.begin(), found.facts.end());
      std::sort(wanted.begin(), wanted.end());
      EXPECT_EQ(found.facts, wanted) << statement;
      facts += wanted.size();
    }
  }
  EXPECT_GT(compared, 250u);
  EXPECT_GT(facts, 500u);
}

TEST(RawTree, LibraryAndHeadersAreOfTheSameMajorVersion) {
  EXPECT_EQ(PG_VERSION_NUM / 10000, 15);
  EXPECT_EQ(public_parse("SELECT 1")["version"].get<int>() / 10000, 15);
}

}  // namespace
}  // namespace sluice::sql
