#include "policy/upstream_role.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "shop_catalog.h"

namespace sluice::policy {
namespace {

using sql::Action;
using Attributes = std::vector<std::int16_t>;

const DatabaseAlias kShop{"shop"};

auth::Identity identity(std::string name, std::string group) {
  auth::Identity made;
  made.id.text = std::move(name);
  made.groups = {GroupId{std::move(group)}};
  return made;
}

Rule rule_for(std::string group, Effect effect) {
  Rule rule;
  rule.id.text = group;
  rule.effect = effect;
  rule.groups = {GroupId{std::move(group)}};
  return rule;
}

class UpstreamRole : public testing::Test {
 protected:
  UpstreamRole() {
    policy_.taggings = {{kShop, "public", "customers", "email", {"pii"}}, {kShop, "public", "customers", "phone", {"pii"}},
                        {kShop, "hr", "salaries", "", {"salary"}}};
    Rule work = rule_for("agents", Effect::allow);
    work.tables = {"public.*", "hr.salaries"};
    work.actions = {Action::select, Action::insert, Action::update};
    Rule mask = rule_for("agents", Effect::mask);
    mask.tags = {"pii", "salary"};
    mask.mask = sql::NullMask{};
    policy_.rules = {work, mask};
  }

  void look() {
    tags_ = TagMap::resolve(policy_, kShop, *catalog_);
    needs_ = needs_of_role(policy_, {identity("bot", "agents"), identity("bot2", "agents"), identity("dana", "dbas")}, kShop, *catalog_, tags_);
    hidden_ = never_read(needs_, *catalog_, tags_);
  }
  const RelationNeeds& of(Oid oid) const {
    return *std::find_if(needs_.relations.begin(), needs_.relations.end(), [oid](const RelationNeeds& each) { return each.relation == oid; });
  }
  std::vector<RoleFinding> judge(const RoleFacts& facts) const { return judge_role(facts, hidden_, policy_, *catalog_); }

  std::shared_ptr<const sql::Catalog> catalog_ = shop_catalog();
  Policy policy_;
  TagMap tags_;
  RoleNeeds needs_;
  std::vector<ColumnId> hidden_;
};

TEST_F(UpstreamRole, NeedsColumnsThatSomebodySeesAndNoOthers) {
  look();
  EXPECT_EQ(of(kCustomers).select, (Attributes{1, 2}));
  EXPECT_EQ(of(kCustomers).update, (Attributes{1, 2}));
  EXPECT_TRUE(of(kCustomers).insert);
  EXPECT_FALSE(of(kCustomers).deletes);
  EXPECT_EQ(of(kSalaries).select, Attributes{});
  EXPECT_EQ(hidden_, (std::vector<ColumnId>{{kCustomers, 3}, {kCustomers, 4}, {kSalaries, 1}, {kSalaries, 2}}));
}

TEST_F(UpstreamRole, NeedsWhatMasksReadAndWhatAnybodySeesInClear) {
  policy_.rules[1].mask = sql::PartialMask{1, 1, "*", 4};
  look();
  EXPECT_EQ(of(kCustomers).select, (Attributes{1, 2, 3, 4}));
  EXPECT_EQ(of(kCustomers).update, (Attributes{1, 2}));
  policy_.rules[1].mask = sql::TokenMask{"t-"};
  policy_.rules.push_back(rule_for("dbas", Effect::allow));
  look();
  EXPECT_EQ(of(kCustomers).select, (Attributes{1, 2, 3, 4}));
  EXPECT_TRUE(hidden_.empty());
}

TEST_F(UpstreamRole, NeedsEverythingForThoseWhoAreOnlyRecorded) {
  policy_.rules.push_back(rule_for("dbas", Effect::audit_only));
  look();
  EXPECT_EQ(of(kSalaries).select, (Attributes{1, 2}));
  EXPECT_TRUE(hidden_.empty());
}

TEST_F(UpstreamRole, NeedsWhatAnApprovalMayShow) {
  Rule hold = rule_for("agents", Effect::hold);
  hold.clear_tags = {"salary"};
  policy_.rules.push_back(hold);
  look();
  EXPECT_EQ(of(kSalaries).select, (Attributes{1, 2}));
  EXPECT_EQ(of(kCustomers).select, (Attributes{1, 2}));
}

TEST_F(UpstreamRole, IsJudgedByWhatItCouldReadWithoutUs) {
  look();
  RoleFacts facts;
  facts.role = "sluice";
  facts.exists = true;
  EXPECT_TRUE(judge(facts).empty());
  facts.readable = {{kCustomers, 3}};
  EXPECT_EQ(judge(facts), (std::vector<RoleFinding>{
                              {true, "the upstream role \"sluice\" may read public.customers (email), which no allowed statement needs"}}));
  facts.readable.clear();
  facts.attributes = {"SUPERUSER", "CREATEDB"};
  facts.memberships = {"pg_monitor", "friends"};
  facts.owned = {kSalaries};
  facts.functions = {{"public", "peek", "public.peek()", true, true}};
  const auto findings = judge(facts);
  ASSERT_EQ(findings.size(), 5u);
  EXPECT_EQ(std::count_if(findings.begin(), findings.end(), [](const auto& finding) { return finding.grave; }), 3);
}

TEST_F(UpstreamRole, GetsDdlThatGrantsColumnByColumn) {
  look();
  RoleFacts facts;
  facts.role = "sluice";
  facts.memberships = {"pg_read_all_data"};
  facts.open_to_all = {kCustomers};
  const std::string ddl = role_ddl(facts, needs_, policy_, *catalog_);
  for (const char* line : {"CREATE ROLE \"sluice\" LOGIN NOSUPERUSER", "REVOKE \"pg_read_all_data\" FROM \"sluice\";",
                           "REVOKE SELECT ON \"public\".\"customers\" FROM PUBLIC;",
                           "GRANT SELECT (\"id\", \"name\"), INSERT, UPDATE (\"id\", \"name\") ON TABLE \"public\".\"customers\" TO \"sluice\";",
                           "GRANT SELECT (tableoid), INSERT ON TABLE \"hr\".\"salaries\" TO \"sluice\";",
                           "GRANT USAGE ON SCHEMA \"hr\" TO \"sluice\";"}) {
    EXPECT_NE(ddl.find(line), std::string::npos) << line << "\n" << ddl;
  }
}

}  // namespace
}  // namespace sluice::policy
