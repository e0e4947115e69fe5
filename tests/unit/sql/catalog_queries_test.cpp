#include "sql/catalog_queries.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sql/parse.h"

namespace sluice::sql {
namespace {

using Values = std::vector<std::optional<std::string_view>>;

Status add(CatalogDecoder& decoder, CatalogPart part, const Values& row) { return decoder.add_row(part, row); }

/// A database with one table of three columns, of which the third is generated.
CatalogDecoder small_database() {
  CatalogDecoder decoder(3);
  EXPECT_TRUE(add(decoder, CatalogPart::database, {"shop", "7710742051344347171"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::schemas, {"public"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::relations, {"16385", "public", "users", "r", "1.5e+06", std::nullopt, "t", "f", "t"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::columns, {"16385", "1", "id", "23", "-1", "integer", "N", "b", "t", "f"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::columns, {"16385", "2", "email", "1043", "24", "character varying(20)", "S", "b", "f", "f"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::columns, {"16385", "4", "folded", "25", "-1", "text", "S", "b", "f", "t"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::keys, {"16385", "t", "1"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::keys, {"16385", "f", "2 4"}).ok());
  EXPECT_TRUE(add(decoder, CatalogPart::generated_columns, {"16385", "4", "2"}).ok());
  return decoder;
}

TEST(CatalogQueries, AreWrittenInGrammarThatWeUnderstandOurselves) {
  EXPECT_TRUE(ParsedText::parse(catalog_transaction(), {}).ok());
  for (const CatalogQuery& query : catalog_queries()) {
    auto parsed = ParsedText::parse(query.sql, {});
    ASSERT_TRUE(parsed.ok()) << query.sql << parsed.error().message;
    EXPECT_EQ(parsed->size(), 1u);
  }
}

TEST(CatalogDecoder, MakesACatalogOfRows) {
  auto catalog = small_database().finish();
  ASSERT_TRUE(catalog.ok());
  EXPECT_EQ((*catalog)->version(), 3u);
  EXPECT_EQ((*catalog)->database(), "shop");
  EXPECT_EQ((*catalog)->system_identifier(), "7710742051344347171");
  const Relation* users = (*catalog)->relation("public", "users");
  ASSERT_NE(users, nullptr);
  EXPECT_EQ(users->oid, 16385u);
  EXPECT_EQ(users->kind, RelationKind::table);
  EXPECT_EQ(users->row_estimate, 1.5e6);
  EXPECT_TRUE(users->has_user_triggers);
  EXPECT_FALSE(users->has_user_rules);
  EXPECT_TRUE(users->has_row_security);
  EXPECT_FALSE(users->system);
  EXPECT_EQ(users->primary_key, (std::vector<std::int16_t>{1}));
  EXPECT_EQ(users->unique_keys, (std::vector<std::vector<std::int16_t>>{{1}, {2, 4}}));
  ASSERT_EQ(users->columns.size(), 3u);
  const Column& email = users->columns[1];
  EXPECT_EQ(email.name, "email");
  EXPECT_EQ(email.attribute, 2);
  EXPECT_EQ(email.type, 1043u);
  EXPECT_EQ(email.type_modifier, 24);
  EXPECT_EQ(email.type_name, "character varying(20)");
  EXPECT_EQ(email.type_category, 'S');
  EXPECT_EQ(email.type_kind, 'b');
  EXPECT_FALSE(email.not_null);
  EXPECT_FALSE(email.generated);
  EXPECT_TRUE(users->columns[0].not_null);
  EXPECT_TRUE(users->columns[2].generated);
  EXPECT_EQ(users->columns[2].generated_from, (std::vector<std::int16_t>{2}));
}

TEST(CatalogDecoder, MarksSystemRelationsAndKeepsViewDefinitions) {
  CatalogDecoder decoder = small_database();
  ASSERT_TRUE(add(decoder, CatalogPart::relations, {"1259", "pg_catalog", "pg_class", "r", "-1", std::nullopt, "f", "f", "f"}).ok());
  ASSERT_TRUE(add(decoder, CatalogPart::relations, {"16390", "public", "v", "v", "0", " SELECT 1;", "f", "f", "f"}).ok());
  auto catalog = std::move(decoder).finish();
  ASSERT_TRUE(catalog.ok());
  EXPECT_TRUE((*catalog)->relation(1259)->system);
  EXPECT_EQ((*catalog)->relation(16390)->view_definition, " SELECT 1;");
}

TEST(CatalogDecoder, AGeneratedColumnOfTheWholeRowComesFromAllOtherColumns) {
  CatalogDecoder decoder = small_database();
  ASSERT_TRUE(add(decoder, CatalogPart::generated_columns, {"16385", "4", "0"}).ok());
  auto catalog = std::move(decoder).finish();
  ASSERT_TRUE(catalog.ok());
  EXPECT_EQ((*catalog)->relation(16385)->columns[2].generated_from, (std::vector<std::int16_t>{1, 2}));
}

TEST(CatalogDecoder, KnowsWhatElseCanRefuseARow) {
  CatalogDecoder decoder = small_database();
  ASSERT_TRUE(add(decoder, CatalogPart::constraints, {"16385", "c", "2 1"}).ok());
  ASSERT_TRUE(add(decoder, CatalogPart::constraints, {"16385", "c", "0"}).ok());
  ASSERT_TRUE(add(decoder, CatalogPart::constraints, {"16385", "u", "0 2 2"}).ok());
  ASSERT_TRUE(add(decoder, CatalogPart::constraints, {"99", "u", "1"}).ok());
  ASSERT_TRUE(add(decoder, CatalogPart::foreign_keys, {"16385", "1 2", "16390", "3 4", "c", "a"}).ok());
  auto catalog = std::move(decoder).finish();
  ASSERT_TRUE(catalog.ok());
  const Relation& users = *(*catalog)->relation(16385);
  EXPECT_EQ(users.checks, (std::vector<std::vector<std::int16_t>>{{1, 2}, {1, 2, 4}}));
  EXPECT_EQ(users.conflict_keys, (std::vector<std::vector<std::int16_t>>{{2}}));
  EXPECT_EQ(users.foreign_keys, (std::vector<ForeignKey>{{{1, 2}, 16390, {3, 4}, 'c', 'a'}}));
}

TEST(CatalogDecoder, RefusesRowsOfTheWrongShape) {
  const std::vector<std::pair<CatalogPart, Values>> bad = {
      {CatalogPart::database, {"shop"}},
      {CatalogPart::relations, {"16390", "public", "v", "?", "0", std::nullopt, "f", "f", "f"}},
      {CatalogPart::relations, {"x", "public", "v", "r", "0", std::nullopt, "f", "f", "f"}},
      {CatalogPart::relations, {"16390", "public", "v", "r", "0", std::nullopt, "f", "f", "yes"}},
      {CatalogPart::columns, {"99", "1", "id", "23", "-1", "integer", "N", "b", "t", "f"}},
      {CatalogPart::columns, {"16385", "40000", "id", "23", "-1", "integer", "N", "b", "t", "f"}},
      {CatalogPart::columns, {"16385", "5", std::nullopt, "23", "-1", "integer", "N", "b", "t", "f"}},
      {CatalogPart::keys, {"16385", "t", ""}},
      {CatalogPart::keys, {"16385", "t", "1 x"}},
      {CatalogPart::constraints, {"16385", "x", "1"}},
      {CatalogPart::foreign_keys, {"16385", "1 2", "16390", "3"}},
      {CatalogPart::routines, {"16400", "public", "f"}},
      {CatalogPart::routine_settings, {"16400", "search_path"}},
      {CatalogPart::triggers, {"16385", "16400", "f", std::nullopt}},
      {CatalogPart::code_in_relations, {"16385", "cc", "16400"}},
      {CatalogPart::types, {std::nullopt, "16400"}},
  };
  for (const auto& [part, row] : bad) {
    CatalogDecoder decoder = small_database();
    const Status added = add(decoder, part, row);
    ASSERT_FALSE(added.ok()) << static_cast<int>(part);
    EXPECT_EQ(added.error().kind, ErrorKind::internal);
  }
}

TEST(CatalogDecoder, RefusesToBeBuiltOfNothing) {
  EXPECT_FALSE(CatalogDecoder(1).finish().ok());
  CatalogDecoder decoder(1);
  ASSERT_TRUE(add(decoder, CatalogPart::database, {"shop", "1"}).ok());
  EXPECT_FALSE(std::move(decoder).finish().ok());
}

}  // namespace
}  // namespace sluice::sql
