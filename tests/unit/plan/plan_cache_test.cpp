#include "plan/plan_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace sluice::plan {
namespace {

std::shared_ptr<const TextPlan> plan_of(SnapshotVersions versions) {
  auto plan = std::make_shared<TextPlan>();
  plan->versions = versions;
  return plan;
}

PlanScope scope_of(const std::string& identity, std::vector<std::string> search_path = {"public"}) {
  return {auth::Identity{IdentityId{identity}, auth::IdentityKind::agent, {}, {}, {}}, DatabaseAlias{"shop"}, sql::NameContext{std::move(search_path), {}, {}}};
}

constexpr SnapshotVersions kFirst{1, 1};

TEST(PlanCache, FindsWhatWasInsertedForAnEqualScope) {
  PlanCache cache(10, 1 << 20);
  const auto plan = plan_of(kFirst);
  cache.insert("SELECT 1", scope_of("bot"), plan);
  const auto* found = cache.find("SELECT 1", scope_of("bot"), kFirst);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(*found, plan);
  EXPECT_EQ(cache.hits(), 1u);
}

TEST(PlanCache, KeepsApartWhateverAPlanDependsOn) {
  PlanCache cache(10, 1 << 20);
  cache.insert("SELECT 1", scope_of("bot"), plan_of(kFirst));
  EXPECT_EQ(cache.find("SELECT 2", scope_of("bot"), kFirst), nullptr);
  EXPECT_EQ(cache.find("SELECT 1", scope_of("other"), kFirst), nullptr);
  EXPECT_EQ(cache.find("SELECT 1", scope_of("bot", {"hr"}), kFirst), nullptr);
  EXPECT_EQ(cache.find("SELECT 1", scope_of("bot"), {2, 1}), nullptr);
  EXPECT_EQ(cache.find("SELECT 1", scope_of("bot"), {1, 2}), nullptr);
  PlanScope grouped(auth::Identity{IdentityId{"bot"}, auth::IdentityKind::agent, {GroupId{"dbas"}}, {}, {}}, DatabaseAlias{"shop"}, {});
  EXPECT_EQ(cache.find("SELECT 1", grouped, kFirst), nullptr) << "the same name in another group is somebody else";
  sql::NameContext temporary;
  temporary.temporary_schema = "pg_temp_3";
  const PlanScope with_temporary(scope_of("bot").identity(), DatabaseAlias{"shop"}, temporary);
  EXPECT_EQ(cache.find("SELECT 1", with_temporary, kFirst), nullptr);
  EXPECT_EQ(cache.misses(), 7u);
}

TEST(PlanCache, StaysWithinItsEntriesAndKeepsWhatIsUsed) {
  PlanCache cache(8, 1 << 20);
  const PlanScope scope = scope_of("bot");
  cache.insert("hot", scope, plan_of(kFirst));
  for (int i = 0; i < 1000; ++i) {
    cache.insert("SELECT " + std::to_string(i), scope, plan_of(kFirst));
    EXPECT_LE(cache.entries(), 8u);
    EXPECT_NE(cache.find("hot", scope, kFirst), nullptr) << i;
  }
}

TEST(PlanCache, StaysWithinItsBytes) {
  constexpr std::size_t kBytes = 100'000;
  PlanCache cache(1000, kBytes);
  const PlanScope scope = scope_of("bot");
  for (int i = 0; i < 200; ++i) {
    cache.insert(std::string(static_cast<std::size_t>(i) * 50, 'x'), scope, plan_of(kFirst));
    EXPECT_LE(cache.bytes(), kBytes);
  }
  EXPECT_GT(cache.entries(), 0u);
  const std::string giant(kBytes, 'x');
  const std::size_t entries = cache.entries();
  cache.insert(giant, scope, plan_of(kFirst));
  EXPECT_EQ(cache.find(giant, scope, kFirst), nullptr);
  EXPECT_EQ(cache.entries(), entries) << "a giant drives nobody out";
  cache.clear();
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_EQ(cache.find("x", scope, kFirst), nullptr);
}

TEST(PlanCache, ReplacesAPlanOfTheSameKey) {
  PlanCache cache(4, 1 << 20);
  const PlanScope scope = scope_of("bot");
  const auto second = plan_of(kFirst);
  cache.insert("SELECT 1", scope, plan_of(kFirst));
  cache.insert("SELECT 1", scope, second);
  EXPECT_EQ(cache.entries(), 1u);
  EXPECT_EQ(*cache.find("SELECT 1", scope, kFirst), second);
}

TEST(PlanCache, NeverFindsAnythingButWhatAMapWouldHold) {
  PlanCache cache(16, 1 << 20);
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const TextPlan>> inserted;
  unsigned seed = 1;
  const auto next = [&](unsigned range) { return (seed = seed * 1664525u + 1013904223u) / 65536u % range; };
  for (int i = 0; i < 20000; ++i) {
    const std::string text = "SELECT " + std::to_string(next(40));
    const std::string who = next(2) == 0 ? "a" : "b";
    if (next(3) == 0) {
      cache.insert(text, scope_of(who), inserted[{text, who}] = plan_of(kFirst));
    } else if (const auto* found = cache.find(text, scope_of(who), kFirst)) {
      ASSERT_EQ(*found, (inserted[{text, who}]));
    }
  }
  EXPECT_GT(cache.hits(), 100u);
}

}  // namespace
}  // namespace sluice::plan
