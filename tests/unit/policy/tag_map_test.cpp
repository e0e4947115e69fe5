#include "policy/tag_map.h"

#include <gtest/gtest.h>

#include "shop_catalog.h"

namespace sluice::policy {
namespace {

using Tags = std::vector<std::string>;

const DatabaseAlias kShop{"shop"};

Tags tags_of(const TagMap& map, Oid relation, std::int16_t attribute) {
  const auto tags = map.tags_of({relation, attribute});
  return {tags.begin(), tags.end()};
}

Policy tagged(std::vector<Tagging> taggings) {
  Policy policy;
  policy.taggings = std::move(taggings);
  return policy;
}

sql::Relation view_of(Oid oid, std::string name, sql::RelationKind kind, std::string definition, const std::vector<std::string>& columns) {
  sql::Relation view = table_of(oid, "public", std::move(name), columns);
  view.kind = kind;
  view.view_definition = std::move(definition);
  return view;
}

TEST(TagMap, TagsOneColumnOrAllOfATable) {
  const auto catalog = shop_catalog();
  const TagMap map = TagMap::resolve(
      tagged({{kShop, "public", "customers", "email", {"pii"}}, {kShop, "hr", "salaries", "", {"salary", "hr"}}}), kShop, *catalog);
  EXPECT_EQ(tags_of(map, kCustomers, 3), Tags{"pii"});
  EXPECT_EQ(tags_of(map, kCustomers, 1), Tags{});
  EXPECT_EQ(tags_of(map, kSalaries, 1), (Tags{"hr", "salary"}));
  EXPECT_EQ(tags_of(map, kSalaries, 2), (Tags{"hr", "salary"}));
  EXPECT_TRUE(map.any());
}

TEST(TagMap, LooksOnlyAtItsOwnDatabase) {
  const TagMap map = TagMap::resolve(tagged({{DatabaseAlias{"other"}, "public", "customers", "email", {"pii"}}}), kShop, *shop_catalog());
  EXPECT_FALSE(map.any());
  EXPECT_TRUE(map.notes().empty());
}

TEST(TagMap, TellsWhatMatchesNothing) {
  const std::vector<Tagging> wrong{{kShop, "public", "customers", "mail", {"pii"}}, {kShop, "public", "nobody", "", {"pii"}}};
  const TagMap map = TagMap::resolve(tagged(wrong), kShop, *shop_catalog());
  const std::vector<TagNote> expected{{TagNote::Kind::unmatched, "public.customers.mail", {}}, {TagNote::Kind::unmatched, "public.nobody", {}}};
  EXPECT_EQ(map.notes(), expected);
}

TEST(TagMap, TagsTheWholeTableWhenATaggedColumnIsGone) {
  const TagMap map = TagMap::resolve(tagged({{kShop, "public", "customers", "mail", {"pii"}}}), kShop, *shop_catalog());
  for (std::int16_t attribute = 1; attribute <= 4; ++attribute) EXPECT_EQ(tags_of(map, kCustomers, attribute), Tags{"pii"});
  EXPECT_EQ(tags_of(map, kCards, 1), Tags{});
}

TEST(TagMap, FlowsToPartitionsByNameNotByPosition) {
  const TagMap map = TagMap::resolve(tagged({{kShop, "public", "orders", "note", {"pii"}}}), kShop, *shop_catalog());
  EXPECT_EQ(tags_of(map, kOrders2024, 1), Tags{"pii"});
  EXPECT_EQ(tags_of(map, kOrders2024, 3), Tags{});
  EXPECT_EQ(tags_of(map, kOrders2025, 3), Tags{"pii"});
}

TEST(TagMap, ShowsThroughParentsButNotInSiblings) {
  const TagMap map = TagMap::resolve(tagged({{kShop, "public", "orders_2024", "note", {"pii"}}}), kShop, *shop_catalog());
  EXPECT_EQ(tags_of(map, kOrders, 3), Tags{"pii"});
  EXPECT_EQ(tags_of(map, kOrders2025, 3), Tags{});
}

TEST(TagMap, FlowsToGeneratedColumnsAndTheirPartitions) {
  sql::CatalogBuilder builder = shop_builder();
  sql::Relation parent = table_of(17000, "public", "people", {"name", "initial", "twice"});
  parent.columns[1].generated = parent.columns[2].generated = true;
  parent.columns[1].generated_from = {1};
  parent.columns[2].generated_from = {2};
  builder.add_relation(parent);
  sql::Relation child = table_of(17001, "public", "people_old", {"twice", "initial", "name"});
  child.parents = {17000};
  builder.add_relation(child);
  const auto catalog = std::move(builder).build();
  const TagMap map = TagMap::resolve(tagged({{kShop, "public", "people", "name", {"pii"}}}), kShop, *catalog);
  EXPECT_EQ(tags_of(map, 17000, 2), Tags{"pii"});
  EXPECT_EQ(tags_of(map, 17000, 3), Tags{"pii"});
  EXPECT_EQ(tags_of(map, 17001, 1), Tags{"pii"});
}

TEST(TagMap, FlowsToEveryColumnOfAMaterializedViewThatMentionsATaggedRelation) {
  sql::CatalogBuilder builder = shop_builder();
  const auto kind = sql::RelationKind::materialized_view;
  builder.add_relation(view_of(17000, "by_mail", kind, " SELECT count(*) AS n FROM public.customers WHERE customers.email > 'm'::text;", {"n"}));
  builder.add_relation(view_of(17001, "of_that", kind, " SELECT by_mail.n FROM public.by_mail;", {"n"}));
  builder.add_relation(view_of(17002, "harmless", kind, " SELECT cards.id FROM public.cards;", {"id"}));
  const auto catalog = std::move(builder).build();
  const TagMap map = TagMap::resolve(tagged({{kShop, "public", "customers", "email", {"pii"}}}), kShop, *catalog);
  EXPECT_EQ(tags_of(map, 17000, 1), Tags{"pii"});
  EXPECT_EQ(tags_of(map, 17001, 1), Tags{"pii"});
  EXPECT_EQ(tags_of(map, 17002, 1), Tags{});
}

TEST(TagMap, GivesEveryTagToAMaterializedViewThatItCannotRead) {
  sql::CatalogBuilder builder = shop_builder();
  builder.add_relation(
      view_of(17000, "opaque", sql::RelationKind::materialized_view, " SELECT public.reads_everything() AS r;", {"r"}));
  builder.add_function("public", "reads_everything");
  const auto catalog = std::move(builder).build();
  const TagMap map = TagMap::resolve(
      tagged({{kShop, "public", "customers", "email", {"pii"}}, {kShop, "public", "cards", "number", {"pci"}}}), kShop, *catalog);
  EXPECT_EQ(tags_of(map, 17000, 1), (Tags{"pci", "pii"}));
}

TEST(TagMap, TagsOnAViewLieOnWhatItIsMadeOf) {
  sql::CatalogBuilder builder = shop_builder();
  builder.add_relation(view_of(17000, "contacts", sql::RelationKind::view,
                               " SELECT customers.id, customers.name || customers.email AS contact FROM public.customers;", {"id", "contact"}));
  const auto catalog = std::move(builder).build();
  const TagMap map = TagMap::resolve(tagged({{kShop, "public", "contacts", "contact", {"pii"}}}), kShop, *catalog);
  EXPECT_EQ(tags_of(map, kCustomers, 1), Tags{});
  EXPECT_EQ(tags_of(map, kCustomers, 2), Tags{"pii"});
  EXPECT_EQ(tags_of(map, kCustomers, 3), Tags{"pii"});
}

}  // namespace
}  // namespace sluice::policy
