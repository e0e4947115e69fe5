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

TEST(Lint, DoubtsWhoEscapesTheRulesThatConcernThem) {
  Policy policy;
  policy.rules.resize(5);
  policy.rules[0].id = RuleId{"dbas-pass"};
  policy.rules[0].effect = Effect::audit_only;
  policy.rules[0].groups = {GroupId{"dbas"}};
  policy.rules[0].databases = {kShop};
  policy.rules[1].id = RuleId{"masks"};
  policy.rules[1].effect = Effect::mask;
  policy.rules[2].id = RuleId{"elsewhere"};
  policy.rules[2].effect = Effect::hold;
  policy.rules[2].databases = {DatabaseAlias{"other"}};
  policy.rules[3].id = RuleId{"not-them"};
  policy.rules[3].effect = Effect::deny;
  policy.rules[3].groups = {GroupId{"agents"}};
  policy.rules[4].id = RuleId{"stream"};
  policy.rules[4].effect = Effect::allow;
  policy.rules[4].groups = {GroupId{"agents"}};
  policy.rules[4].actions = {sql::Action::replication};
  const auth::Identity dana{IdentityId{"dana"}, auth::IdentityKind::person, {GroupId{"dbas"}}, {}, {}};
  const auth::Identity bot{IdentityId{"bot"}, auth::IdentityKind::agent, {GroupId{"agents"}}, {}, {}};
  auto doubts = lint(policy, {dana, bot});
  EXPECT_TRUE(says(doubts, "\"dana\" escapes rules that concern it too: masks"));
  EXPECT_TRUE(says(doubts, "\"bot\" escapes rules that concern it too: masks"));
  EXPECT_FALSE(says(doubts, "elsewhere"));
  EXPECT_FALSE(says(doubts, "not-them"));
  EXPECT_FALSE(says(doubts, "passes unmasked"));
  EXPECT_FALSE(says(doubts, "no rule allows anything"));
  policy.rules[0].identities = {IdentityId{"bot"}};
  doubts = lint(policy, {dana, bot});
  EXPECT_TRUE(says(doubts, "the agent \"bot\" passes unmasked, unheld and unrefused"));
}

}  // namespace
}  // namespace sluice::policy
