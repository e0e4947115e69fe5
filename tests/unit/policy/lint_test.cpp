#include "policy/lint.h"

#include <gtest/gtest.h>

#include "shop_catalog.h"

namespace sluice::policy {
namespace {

const DatabaseAlias kShop{"shop"};

bool says(const std::vector<Doubt>& doubts, const std::string& part) {
  for (const Doubt& doubt : doubts) {
    if (doubt.message.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST(Lint, IsSilentAboutAPolicyInWhichEverythingMeetsSomething) {
  Policy policy;
  policy.taggings = {{kShop, "public", "customers", "email", {"pii"}}};
  policy.rules.resize(2);
  policy.rules[0].effect = Effect::allow;
  policy.rules[0].tables = {"public.*"};
  policy.rules[1].effect = Effect::mask;
  policy.rules[1].tags = {"pii"};
  const auth::Identity bot{IdentityId{"bot"}, auth::IdentityKind::agent, {}, {}, {}};
  EXPECT_TRUE(lint(policy, {bot}).empty());
  const auto catalog = shop_catalog();
  EXPECT_TRUE(lint(policy, kShop, *catalog, TagMap::resolve(policy, kShop, *catalog)).empty());
}

TEST(Lint, DoubtsWhatMeetsNothing) {
  Policy policy;
  policy.taggings = {{kShop, "public", "customers", "mail", {"pii"}}};
  policy.rules.resize(1);
  policy.rules[0].effect = Effect::deny;
  policy.rules[0].groups = {GroupId{"nobody"}};
  policy.rules[0].tags = {"pci"};
  policy.rules[0].tables = {"public.ordres"};
  const auto doubts = lint(policy, {});
  EXPECT_TRUE(says(doubts, "no rule allows anything"));
  EXPECT_TRUE(says(doubts, "concerns no identity"));
  EXPECT_TRUE(says(doubts, "nothing is tagged \"pci\""));
  EXPECT_TRUE(says(doubts, "no rule speaks of the tag \"pii\""));
  const auto catalog = shop_catalog();
  const auto more = lint(policy, kShop, *catalog, TagMap::resolve(policy, kShop, *catalog));
  EXPECT_TRUE(says(more, "public.customers.mail"));
  EXPECT_TRUE(says(more, "\"public.ordres\" matches no table"));
}

}  // namespace
}  // namespace sluice::policy
