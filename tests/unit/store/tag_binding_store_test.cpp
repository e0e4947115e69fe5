#include "store/tag_binding_store.h"

#include <gtest/gtest.h>

#include "store/store.h"
#include "support/scratch_directory.h"

namespace sluice::store {
namespace {

TEST(TagBindingStore, GivesBackWhatWasSavedForTheSameDatabaseOnly) {
  const test::ScratchDirectory scratch;
  const TagBindingOwner shop{DatabaseAlias{"shop"}, "7000000000000000001", "shop"};
  const TagBindingOwner elsewhere{DatabaseAlias{"shop"}, "7000000000000000002", "shop"};
  const policy::TagBindings bindings{{{"public", "customers", "email", {16001, 3}}, {"public", "orders", "", {4294967295u, 0}}},
                                     {{16001, 0}, {16001, 1}, {16001, 3}}};
  {
    const auto store = Store::open(scratch / "store.db");
    ASSERT_TRUE(store.ok());
    EXPECT_TRUE((*store)->use([&](const Database& open) { return save_tag_bindings(open, {{elsewhere, {}}, {shop, {{}, {{1, 0}}}}}); }).ok());
    EXPECT_TRUE((*store)->use([&](const Database& open) { return save_tag_bindings(open, {{shop, bindings}}); }).ok());
  }
  const auto database = Database::open(scratch / "store.db", OpenMode::read_only);
  EXPECT_EQ(*load_tag_bindings(*database, shop), bindings);
  EXPECT_EQ(*load_tag_bindings(*database, elsewhere), policy::TagBindings{});
}

}  // namespace
}  // namespace sluice::store
