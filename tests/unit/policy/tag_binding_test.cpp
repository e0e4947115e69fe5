#include "policy/tag_binding.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "policy/tag_map.h"
#include "shop_catalog.h"

namespace sluice::policy {
namespace {

using Tags = std::vector<std::string>;

const DatabaseAlias kShop{"shop"};

Tagging on(std::string table, std::string column, Tags tags = {"pii"}) {
  return {kShop, "public", std::move(table), std::move(column), std::move(tags)};
}

/// A database whose catalog changes under a policy, as a gateway sees it over the years.
class Life {
 public:
  explicit Life(std::vector<Tagging> taggings) {
    policy_.taggings = std::move(taggings);
    for (const sql::Relation& relation : relations()) put(relation);
  }

  sql::Relation& relation(Oid oid) {
    return *std::find_if(relations_.begin(), relations_.end(), [oid](const sql::Relation& each) { return each.oid == oid; });
  }
  void put(const sql::Relation& relation) { relations_.push_back(relation); }
  void drop(Oid oid) {
    std::erase_if(relations_, [oid](const sql::Relation& each) { return each.oid == oid; });
  }
  void add_column(Oid oid, std::string name) {
    sql::Relation& table = relation(oid);
    const auto attribute = static_cast<std::int16_t>(++last_attribute_);
    sql::Column column = table.columns.front();
    column.name = std::move(name);
    column.attribute = attribute;
    table.columns.push_back(std::move(column));
  }
  void drop_column(Oid oid, const std::string& name) {
    std::erase_if(relation(oid).columns, [&](const sql::Column& column) { return column.name == name; });
  }
  void rename_column(Oid oid, const std::string& from, std::string to) {
    for (sql::Column& column : relation(oid).columns) {
      if (column.name == from) {
        column.name = std::move(to);
        return;
      }
    }
  }
  void tag(Tagging tagging) { policy_.taggings.push_back(std::move(tagging)); }
  void untag_all() { policy_.taggings.clear(); }

  void look() {
    sql::CatalogBuilder builder(++version_, "shop", "7000000000000000001");
    for (const sql::Relation& relation : relations_) builder.add_relation(relation);
    catalog_ = std::move(builder).build();
    map_ = TagMap::resolve(policy_, kShop, *catalog_, map_.bindings());
  }

  Tags tags(Oid oid, const std::string& column) {
    const auto found = map_.tags_of({oid, relation(oid).column(column)->attribute});
    return {found.begin(), found.end()};
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> texts;
    for (const TagNote& note : map_.notes()) texts.push_back(to_text(note));
    return texts;
  }
  [[nodiscard]] const TagMap& map() const { return map_; }

 private:
  static std::vector<sql::Relation> relations() {
    std::vector<sql::Relation> all;
    shop_catalog()->for_each_relation([&](const sql::Relation& relation) { all.push_back(relation); });
    return all;
  }

  Policy policy_;
  std::vector<sql::Relation> relations_;
  std::uint64_t version_ = 0;
  int last_attribute_ = 100;
  std::shared_ptr<const sql::Catalog> catalog_;
  TagMap map_;
};

const Tags kPii{"pii"};
const Tags kNone{};

TEST(TagBinding, FollowsRenamesOfColumnTableAndSchema) {
  Life life({on("customers", "email")});
  life.look();
  life.rename_column(kCustomers, "email", "contact");
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "contact"), kPii);
  EXPECT_EQ(life.tags(kCustomers, "name"), kNone);
  life.relation(kCustomers).name = "clients";
  life.look();
  life.relation(kCustomers).schema = "crm";
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "contact"), kPii);
  EXPECT_EQ(life.tags(kCustomers, "name"), kNone);
  EXPECT_EQ(life.notes(), Tags{"the tag on public.customers.email lies on crm.clients.contact, as it is called now: write it so"});
}

TEST(TagBinding, FollowsTheColumnAndNotTheNameWhenTwoAreExchanged) {
  Life life({on("customers", "email")});
  life.look();
  life.rename_column(kCustomers, "email", "swap");
  life.rename_column(kCustomers, "name", "email");
  life.rename_column(kCustomers, "swap", "name");
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "name"), kPii);   // what was email
  EXPECT_EQ(life.tags(kCustomers, "email"), kPii);  // what is called so now
  EXPECT_EQ(life.tags(kCustomers, "phone"), kNone);
  EXPECT_EQ(life.notes(), Tags{"the tag on public.customers.email also lies on public.customers.name, which was part of it before: "
                               "write a tag for each"});
}

TEST(TagBinding, TagsTheOldTableAndTheOneThatTookItsName) {
  Life life({on("customers", "email")});
  life.look();
  life.relation(kCustomers).name = "customers_old";
  life.put(table_of(17000, "public", "customers", {"id", "name", "email"}));
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "email"), kPii);
  EXPECT_EQ(life.tags(17000, "email"), kPii);
  // Neither is forgotten when the name goes on to a third, or when the newer one is renamed too.
  life.relation(17000).name = "customers_older";
  life.look();
  EXPECT_EQ(life.tags(17000, "email"), kPii);
  life.drop(kCustomers);
  life.look();
  EXPECT_EQ(life.tags(17000, "email"), kPii);
}

TEST(TagBinding, KeepsTheNameOfADroppedTable) {
  Life life({on("customers", "email")});
  life.look();
  life.drop(kCustomers);
  life.look();
  EXPECT_EQ(life.notes(), Tags{"the tag on public.customers.email matches nothing"});
  life.put(table_of(17000, "public", "customers", {"email", "id"}));
  life.look();
  EXPECT_EQ(life.tags(17000, "email"), kPii);
  EXPECT_EQ(life.tags(17000, "id"), kNone);
}

TEST(TagBinding, LeavesTheOtherColumnsAloneWhenATaggedOneIsDropped) {
  Life life({on("customers", "email")});
  life.look();
  life.drop_column(kCustomers, "email");
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "name"), kNone);
  EXPECT_EQ(life.notes(), Tags{"the tag on public.customers.email matches nothing any more: it was dropped"});
  life.add_column(kCustomers, "mail");  // which may well hold the same
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "mail"), kPii);
}

TEST(TagBinding, GivesANewColumnAllTagsOfItsTableUntilATaggingNamesIt) {
  Life life({on("customers", "email"), on("customers", "phone", {"contact"})});
  life.look();
  life.add_column(kCustomers, "birthday");
  life.add_column(kCards, "birthday");  // of a table without tags
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "birthday"), (Tags{"contact", "pii"}));
  EXPECT_EQ(life.tags(kCustomers, "name"), kNone);
  EXPECT_EQ(life.tags(kCards, "birthday"), kNone);
  EXPECT_EQ(life.notes(), Tags{"the column public.customers.birthday is new and has all tags of its table: tag it, or write "
                               "public.customers.birthday: [] if it needs none"});
  life.tag(on("customers", "birthday", {}));
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "birthday"), kNone);
  EXPECT_TRUE(life.notes().empty());
  life.rename_column(kCustomers, "birthday", "born");
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "born"), kNone);
}

TEST(TagBinding, DoesNotTakeANewColumnForADroppedOneOfTheSameName) {
  Life life({on("customers", "email")});
  life.look();
  life.drop_column(kCustomers, "name");
  life.add_column(kCustomers, "name");
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "name"), kPii);
}

TEST(TagBinding, StaysOnAPartitionThatIsDetached) {
  Life life({on("orders", "note")});
  life.look();
  life.relation(kOrders2024).parents.clear();
  life.relation(kOrders2024).name = "archive";
  life.rename_column(kOrders2024, "note", "remark");
  life.look();
  EXPECT_EQ(life.tags(kOrders2024, "remark"), kPii);
  EXPECT_EQ(life.tags(kOrders2024, "id"), kNone);
  life.add_column(kOrders2024, "more");
  life.look();
  EXPECT_EQ(life.tags(kOrders2024, "more"), kPii);
}

TEST(TagBinding, ANewColumnOfAPartitionedTableIsReviewedForItsPartitionsToo) {
  Life life({on("orders", "note")});
  life.look();
  for (const Oid oid : {kOrders, kOrders2024, kOrders2025}) life.add_column(oid, "memo");
  life.look();
  for (const Oid oid : {kOrders, kOrders2024, kOrders2025}) EXPECT_EQ(life.tags(oid, "memo"), kPii);
  life.tag(on("orders", "memo", {}));
  life.look();
  for (const Oid oid : {kOrders, kOrders2024, kOrders2025}) EXPECT_EQ(life.tags(oid, "memo"), kNone);
}

TEST(TagBinding, StaysOnAGeneratedColumnThatBecomesAPlainOne) {
  Life life({on("customers", "email")});
  life.relation(kCustomers).columns[1].generated = true;
  life.relation(kCustomers).columns[1].generated_from = {3};
  life.look();
  life.relation(kCustomers).columns[1].generated = false;
  life.relation(kCustomers).columns[1].generated_from.clear();
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "name"), kPii);
}

TEST(TagBinding, StaysOnWhatADroppedViewWasMadeOf) {
  Life life({on("contacts", "contact")});
  sql::Relation view = table_of(17000, "public", "contacts", {"contact"});
  view.kind = sql::RelationKind::view;
  view.view_definition = " SELECT customers.email AS contact FROM public.customers;";
  life.put(view);
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "email"), kPii);
  life.drop(17000);
  life.look();
  EXPECT_EQ(life.tags(kCustomers, "email"), kPii);
}

TEST(TagBinding, ForgetsWhatTheConfigurationTagsNoLonger) {
  Life life({on("customers", "email")});
  life.look();
  life.untag_all();
  life.look();
  EXPECT_FALSE(life.map().any());
  EXPECT_EQ(life.map().bindings(), TagBindings{});
}

TEST(TagBinding, RemembersTheSameAfterEachLook) {
  Life life({on("customers", "email"), on("orders", "note"), on("nobody", "x"), on("customers", "gone")});
  life.look();
  const TagBindings first = life.map().bindings();
  life.look();
  EXPECT_EQ(life.map().bindings(), first);
  EXPECT_TRUE(std::is_sorted(first.targets.begin(), first.targets.end()));
  EXPECT_TRUE(std::is_sorted(first.reviewed.begin(), first.reviewed.end()));
}

}  // namespace
}  // namespace sluice::policy
