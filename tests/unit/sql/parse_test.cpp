#include "sql/parse.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

std::string repeat(std::string_view text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

/// Runs on a thread with a stack of 1 MiB, the least that parse() promises to be content with.
void on_small_stack(const std::function<void()>& body) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 1 << 20), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&body)), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

TEST(ParsedText, KnowsItsStatementsAndWhereTheyLie) {
  const std::string text = " select 1 ; /* x */ update t set a = 1;;";
  auto parsed = ParsedText::parse(text, {});
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed->size(), 2u);
  EXPECT_EQ(nodeTag(parsed->statement(0)->stmt), T_SelectStmt);
  EXPECT_EQ(nodeTag(parsed->statement(1)->stmt), T_UpdateStmt);
  EXPECT_EQ(text.substr(parsed->range(0).begin, parsed->range(0).size), " select 1 ");
  EXPECT_NE(text.substr(parsed->range(1).begin, parsed->range(1).size).find("update t set a = 1"), std::string::npos);
}

TEST(ParsedText, RangeOfALastStatementWithoutSemicolonReachesTheEnd) {
  auto parsed = ParsedText::parse("select 1; select 22", {});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->range(1).begin + parsed->range(1).size, 19u);
}

TEST(ParsedText, AnEmptyQueryHasNoStatements) {
  for (const std::string_view text : {"", " ", ";", " ; -- only this", "/* and this */"}) {
    auto parsed = ParsedText::parse(text, {});
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(parsed->size(), 0u);
  }
}

TEST(ParsedText, SyntaxErrorsCountCharactersAndCarryPostgresqlsMessage) {
  auto parsed = ParsedText::parse("select 'ä€' fromm t where", {});
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().kind, ErrorKind::syntax_error);
  EXPECT_EQ(parsed.error().message, "syntax error at or near \"t\"");
  EXPECT_EQ(parsed.error().position, 19);
  EXPECT_EQ(parsed.error().hint, "");  // PostgreSQL has none either
}

TEST(ParsedText, MessageOfAnUnterminatedLiteralIsCutWhereACharacterEnds) {
  auto parsed = ParsedText::parse("select '" + repeat("€", 5000), {});
  ASSERT_FALSE(parsed.ok());
  EXPECT_LT(parsed.error().message.size(), 1100u);
  EXPECT_TRUE(parsed.error().message.ends_with("€…\"")) << parsed.error().message;
}

TEST(ParsedText, RefusesTextsThatAreTooLarge) {
  auto parsed = ParsedText::parse("select 1", {.max_bytes = 7});
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().kind, ErrorKind::statement_too_large);
}

TEST(ParsedText, RefusesNulAndInvalidUtf8) {
  for (const std::string_view text : {std::string_view("select 1\0; drop", 15), std::string_view("select '\x95\x5c'"), std::string_view("select \xc3")}) {
    auto parsed = ParsedText::parse(text, {});
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().kind, ErrorKind::invalid_text_encoding);
  }
}

TEST(ParsedText, SeveralMayBeAliveAndDieInAnyOrder) {
  auto first = ParsedText::parse("select 1", {});
  auto second = ParsedText::parse("select 2; select 3", {});
  ASSERT_TRUE(first.ok() && second.ok());
  { const ParsedText gone = std::move(first).value(); }
  EXPECT_EQ(second->size(), 2u);
  auto third = ParsedText::parse("select 4", {});
  ASSERT_TRUE(third.ok());
  *second = std::move(*third);
  EXPECT_EQ(second->size(), 1u);
  EXPECT_EQ(third->size(), 0u);
}

TEST(ParsedText, ParsesOnManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i) {
        const std::string text = "select " + repeat("a, ", static_cast<std::size_t>(i * 5)) + std::to_string(t);
        auto parsed = ParsedText::parse(text, {});
        ASSERT_TRUE(parsed.ok());
        ASSERT_EQ(parsed->size(), 1u);
        ASSERT_FALSE(ParsedText::parse("selekt", {}).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

struct Shape {
  const char* name;
  const char* prefix;
  const char* open;
  const char* middle;
  const char* close;
};

// Shapes that nest once per repetition, by the grammar's recursion or by that of its trees.
const Shape kShapes[] = {
    {"sum", "SELECT ", "1+", "1", ""},
    {"minus", "SELECT ", "- ", "1", ""},
    {"not", "SELECT ", "NOT ", "a", ""},
    {"cast", "SELECT 1", "", "", "::a"},
    {"function", "SELECT ", "f(", "1", ")"},
    {"subquery", "", "SELECT(", "SELECT 1", ")"},
    {"case", "SELECT ", "CASE ", "1", " WHEN a THEN b END"},
    {"array", "SELECT ARRAY", "[", "1", "]"},
    {"union", "", "", "SELECT 1", " UNION SELECT 1"},
    {"join", "SELECT FROM a", "", "", " JOIN b ON c"},
    {"from_subquery", "SELECT 1", " FROM(SELECT 1", "", ")x"},
    {"row", "SELECT ", "ROW(", "1", ")"},
    {"is_null", "SELECT a", "", "", " ISNULL"},
    {"collate", "SELECT a", "", "", " COLLATE c"},
    {"with", "", "WITH a AS(", "SELECT 1", ")SELECT 1"},
    {"in", "SELECT a", "", "", " = ANY(b) IS TRUE"},
    {"type_modifier", "SELECT 1::a(", "1+", "1", ")"},
    {"at_time_zone", "SELECT a", "", "", " AT TIME ZONE b"},
    {"two_orders", "(SELECT 1 ORDER BY 1) ORDER BY ", "1+", "1", ""},
    {"two_limits", "(SELECT 1 LIMIT 1) LIMIT 1", "", "", "::a"},
    {"returns_table", "CREATE FUNCTION f() RETURNS TABLE(a b(", "1+", "1", ")) LANGUAGE sql AS 'x'"},
    {"aggregate", "CREATE AGGREGATE f(VARIADIC a(1) ORDER BY VARIADIC a(", "1+", "1", ")) (sfunc = x)"},
    {"parentheses", "SELECT ", "(", "1", ")"},
    {"xml", "SELECT ", "xmlconcat(", "1", ")"},
    {"explain", "", "EXPLAIN ", "SELECT 1", ""},
    {"subscript", "SELECT a", "", "", "[1]"},
    {"in_list", "SELECT a WHERE a IN (1", "", "", ",1)"},
};

class HostileShape : public testing::TestWithParam<Shape> {};

TEST_P(HostileShape, IsRefusedOrFlatAndNeverExhaustsASmallStack) {
  const Shape& shape = GetParam();
  const std::size_t each = std::string_view(shape.open).size() + std::string_view(shape.close).size();
  for (const std::size_t bytes : {std::size_t{30000}, std::size_t{1} << 20}) {
    const std::size_t fixed = std::string_view(shape.prefix).size() + std::string_view(shape.middle).size();
    const std::size_t times = (bytes - fixed) / each;
    const std::string text = std::string(shape.prefix) + repeat(shape.open, times) + shape.middle + repeat(shape.close, times);
    on_small_stack([&] {
      auto parsed = ParsedText::parse(text, {});
      if (parsed.ok()) return;
      EXPECT_TRUE(parsed.error().kind == ErrorKind::statement_too_complex || parsed.error().kind == ErrorKind::syntax_error)
          << parsed.error().message;
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, HostileShape, testing::ValuesIn(kShapes), [](const auto& shape) { return std::string(shape.param.name); });

TEST(ParsedText, NestsUpToTheBoundAndNoDeeper) {
  for (const Shape& shape : kShapes) {
    const std::string_view name = shape.name;
    if (name != "sum" && name != "not" && name != "cast" && name != "function" && name != "array" && name != "union" && name != "join" &&
        name != "row" && name != "case" && name != "is_null" && name != "xml")
      continue;
    const auto text = [&](std::size_t times) {
      return std::string(shape.prefix) + repeat(shape.open, times) + shape.middle + repeat(shape.close, times);
    };
    EXPECT_TRUE(ParsedText::parse(text(900), {}).ok()) << name;
    auto deeper = ParsedText::parse(text(1100), {});
    ASSERT_FALSE(deeper.ok()) << name;
    EXPECT_EQ(deeper.error().kind, ErrorKind::statement_too_complex) << name;
  }
}

TEST(ParsedText, LongFlatStatementsAreNotDeep) {
  EXPECT_TRUE(ParsedText::parse("SELECT a WHERE a IN (1" + repeat(",1", 50000) + ")", {}).ok());
  EXPECT_TRUE(ParsedText::parse("SELECT a WHERE a = 1" + repeat(" OR a = 1", 20000), {}).ok());
  EXPECT_TRUE(ParsedText::parse("INSERT INTO t VALUES (1, 2)" + repeat(", (1, 2)", 20000), {}).ok());
  EXPECT_TRUE(ParsedText::parse(repeat("SELECT 1;", 5000), {}).ok());
  EXPECT_TRUE(ParsedText::parse("SELECT CASE" + repeat(" WHEN a THEN b", 5000) + " END", {}).ok());
}

TEST(ParsedText, ASourceOfManyAssignmentsIsWalkedOnce) {
  // One tree under each of 20000 columns.
  const std::string text = "UPDATE t SET (" + repeat("a,", 20000) + "a) = (SELECT " + repeat("b,", 50000) + "b)";
  EXPECT_TRUE(ParsedText::parse(text, {}).ok());
}

TEST(ParsedText, RefusesTextsThatWouldTakeTheScannerMinutes) {
  for (const std::string& text : {repeat("/*", 400000), "SELECT " + repeat("+-", 400000) + "1"}) {
    auto parsed = ParsedText::parse(text, {});
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().kind, ErrorKind::statement_too_complex);
  }
}

}  // namespace
}  // namespace sluice::sql
