#include "sql/catalog.h"

#include <gtest/gtest.h>

namespace sluice::sql {
namespace {

Relation relation(Oid oid, std::string schema, std::string name) {
  Relation r;
  r.oid = oid;
  r.schema = std::move(schema);
  r.name = std::move(name);
  return r;
}

std::shared_ptr<const Catalog> sample() {
  CatalogBuilder builder(7, "shop", "123");
  builder.add_schema("empty");
  Relation users = relation(10, "public", "users");
  users.columns.resize(2);
  users.columns[0].name = "b";
  users.columns[0].attribute = 4;
  users.columns[1].name = "a";
  users.columns[1].attribute = 1;
  builder.add_relation(users);
  Relation child = relation(12, "public", "users_new");
  child.parents = {10};
  builder.add_relation(child);
  Relation other = relation(11, "archive", "users");
  other.parents = {10};
  builder.add_relation(other);
  builder.add_function("public", "f");
  builder.add_function("public", "f");
  builder.add_operator("===");
  builder.add_type("mood");
  return std::move(builder).build();
}

TEST(Catalog, FindsRelationsByOidAndByName) {
  const auto catalog = sample();
  EXPECT_EQ(catalog->version(), 7u);
  EXPECT_EQ(catalog->database(), "shop");
  EXPECT_EQ(catalog->system_identifier(), "123");
  ASSERT_NE(catalog->relation(11), nullptr);
  EXPECT_EQ(catalog->relation("archive", "users"), catalog->relation(11));
  EXPECT_EQ(catalog->relation("public", "nothing"), nullptr);
  EXPECT_EQ(catalog->relation("nowhere", "users"), nullptr);
  EXPECT_EQ(catalog->relation(99), nullptr);
}

TEST(Catalog, KnowsSchemasWithAndWithoutRelations) {
  const auto catalog = sample();
  EXPECT_TRUE(catalog->has_schema("empty"));
  EXPECT_TRUE(catalog->has_schema("archive"));
  EXPECT_FALSE(catalog->has_schema("Archive"));
}

TEST(Catalog, FindsColumnsByNameAndByAttributeNumberWhateverTheOrderOfArrival) {
  const auto catalog = sample();
  const Relation& users = *catalog->relation(10);
  EXPECT_EQ(users.columns.front().name, "a");
  EXPECT_EQ(users.column("b")->attribute, 4);
  EXPECT_EQ(users.column(std::int16_t{1})->name, "a");
  EXPECT_EQ(users.column(std::int16_t{2}), nullptr);
  EXPECT_EQ(users.column("B"), nullptr);
}

TEST(Catalog, KnowsTheChildrenOfARelation) {
  const auto catalog = sample();
  const auto children = catalog->children(10);
  EXPECT_EQ(std::vector<Oid>(children.begin(), children.end()), (std::vector<Oid>{11, 12}));
  EXPECT_TRUE(catalog->children(11).empty());
}

TEST(Catalog, KnowsFunctionsOperatorsAndTypesOutsideTheSystem) {
  const auto catalog = sample();
  EXPECT_TRUE(catalog->has_user_function("f"));
  EXPECT_TRUE(catalog->has_user_function("public", "f"));
  EXPECT_FALSE(catalog->has_user_function("archive", "f"));
  EXPECT_FALSE(catalog->has_user_function("g"));
  EXPECT_EQ(catalog->code().of_operator("===").size(), 1u);
  EXPECT_TRUE(catalog->code().of_operator("=").empty());
  EXPECT_EQ(catalog->code().of_type("mood").size(), 1u);
  EXPECT_TRUE(catalog->code().of_type("text").empty());
}

}  // namespace
}  // namespace sluice::sql
