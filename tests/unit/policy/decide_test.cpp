#include <gtest/gtest.h>

#include <algorithm>

#include "policy/policy.h"
#include "policy/tag_map.h"
#include "shop_catalog.h"

namespace sluice::policy {
namespace {

using sql::Action;

const DatabaseAlias kShop{"shop"};

auth::Identity agent() { return {IdentityId{"bot"}, auth::IdentityKind::agent, {GroupId{"agents"}}, IdentityId{"alice"}, {}}; }

Rule allow_all(std::vector<std::string> tables = {}, std::vector<Action> actions = {}) {
  Rule rule;
  rule.id = RuleId{"allow"};
  rule.effect = Effect::allow;
  rule.tables = std::move(tables);
  rule.actions = std::move(actions);
  return rule;
}

Rule mask_tag(std::string id, std::string tag, sql::MaskingFunction function) {
  Rule rule;
  rule.id = RuleId{std::move(id)};
  rule.effect = Effect::mask;
  rule.tags = {std::move(tag)};
  rule.mask = std::move(function);
  return rule;
}

Rule hold(std::string id, std::vector<Action> actions, std::vector<GroupId> approvers) {
  Rule rule;
  rule.id = RuleId{std::move(id)};
  rule.effect = Effect::hold;
  rule.actions = std::move(actions);
  rule.approval = RequireApproval{};
  rule.approval->approver_groups = std::move(approvers);
  return rule;
}

Rule deny(std::string id) {
  Rule rule;
  rule.id = RuleId{std::move(id)};
  rule.effect = Effect::deny;
  return rule;
}

sql::Analysis reading(Oid relation, std::vector<std::int16_t> columns) {
  sql::Analysis analysis;
  analysis.actions = {Action::select};
  analysis.relations = {{relation, true, false, false, false}};
  for (const std::int16_t column : columns) analysis.uses.push_back({{relation, column}, sql::Use::output});
  return analysis;
}

class Deciding : public testing::Test {
 protected:
  Decision decide(const sql::Analysis& analysis) const { return decide_as(agent(), analysis); }
  Decision decide_as(const auth::Identity& identity, const sql::Analysis& analysis) const {
    return policy::decide(policy_, identity, kShop, analysis, *catalog_, TagMap::resolve(policy_, kShop, *catalog_));
  }
  void tag(std::string schema, std::string table, std::string column, std::string tag) {
    policy_.taggings.push_back({kShop, std::move(schema), std::move(table), std::move(column), {std::move(tag)}});
  }

  std::shared_ptr<const sql::Catalog> catalog_ = shop_catalog();
  Policy policy_;
};

TEST_F(Deciding, DeniesEverythingThatNoRuleAllows) {
  const Decision decision = decide(reading(kCustomers, {1}));
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_TRUE(decision.reasons.empty());
  ASSERT_TRUE(decision.missing);
  EXPECT_EQ(decision.missing->relation, "public.customers");
  EXPECT_EQ(decision.missing->action, Action::select);

  sql::Analysis nothing;
  EXPECT_EQ(decide(nothing).verdict, Verdict::allow) << "no action and no relation needs no grant";
  nothing.actions = {Action::transaction};
  EXPECT_EQ(decide(nothing).verdict, Verdict::deny);
}

TEST_F(Deciding, NeedsAGrantForEveryRelation) {
  policy_.rules = {allow_all({"public.*"})};
  sql::Analysis join = reading(kCustomers, {1});
  join.relations.push_back({kSalaries, true, false, false, false});
  const Decision decision = decide(join);
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.missing->relation, "hr.salaries");
  policy_.rules.push_back(allow_all({"hr.salaries"}));
  EXPECT_EQ(decide(join).verdict, Verdict::allow);
}

TEST_F(Deciding, NeedsAGrantForEveryActionOnEachRelation) {
  policy_.rules = {allow_all({"public.customers"}, {Action::select}), allow_all({"public.cards"}, {Action::select, Action::delete_})};
  sql::Analysis statement = reading(kCustomers, {1});
  statement.actions = {Action::select, Action::delete_};
  statement.relations.push_back({kCards, false, false, false, true});
  EXPECT_EQ(decide(statement).verdict, Verdict::allow);
  statement.relations[0].deletes = true;
  EXPECT_EQ(decide(statement).verdict, Verdict::deny) << "the right to delete from one table says nothing of another";
}

TEST_F(Deciding, TakesAnAccessWithoutFlagsForAllThatTheStatementDoes) {
  policy_.rules = {allow_all({"public.*"}, {Action::select, Action::ddl})};
  sql::Analysis alter;
  alter.actions = {Action::ddl};
  alter.relations = {{kSalaries, false, false, false, false}};
  EXPECT_EQ(decide(alter).missing->relation, "hr.salaries");
  alter.relations[0].relation = kCards;
  EXPECT_EQ(decide(alter).verdict, Verdict::allow);
}

TEST_F(Deciding, GrantsOnlyInTheNamedDatabase) {
  policy_.rules = {allow_all()};
  policy_.rules[0].databases = {DatabaseAlias{"warehouse"}};
  EXPECT_EQ(decide(reading(kCustomers, {1})).verdict, Verdict::deny);
}

TEST_F(Deciding, GrantsToThoseInIdentitiesOrInGroups) {
  policy_.rules = {allow_all()};
  policy_.rules[0].identities = {IdentityId{"someone"}};
  EXPECT_EQ(decide(reading(kCustomers, {1})).verdict, Verdict::deny);
  policy_.rules[0].groups = {GroupId{"agents"}};
  EXPECT_EQ(decide(reading(kCustomers, {1})).verdict, Verdict::allow);
}

TEST_F(Deciding, LetsEverybodyWithAGrantReadTheSystemCatalogs) {
  EXPECT_EQ(decide(reading(kClass, {1})).verdict, Verdict::deny);
  policy_.rules = {allow_all({"public.customers"}, {Action::select})};
  EXPECT_EQ(decide(reading(kClass, {1})).verdict, Verdict::allow);
  sql::Analysis write = reading(kClass, {1});
  write.actions = {Action::update};
  write.relations[0] = {kClass, false, false, true, false};
  policy_.rules.push_back(allow_all());
  EXPECT_EQ(decide(write).verdict, Verdict::deny) << "a rule for any table does not open the catalogs for writing";
}

TEST_F(Deciding, RefusesARelationThatTheCatalogDoesNotHave) {
  policy_.rules = {allow_all()};
  EXPECT_EQ(decide(reading(4711, {1})).verdict, Verdict::deny);
}

TEST_F(Deciding, OpensTemporaryTablesToThoseWhoMayMakeThem) {
  policy_.rules = {allow_all({"public.*"}, {Action::select})};
  EXPECT_EQ(decide(reading(kTemporary, {1})).verdict, Verdict::deny);
  policy_.rules.push_back(allow_all({"public.*"}, {Action::temporary}));
  EXPECT_EQ(decide(reading(kTemporary, {1})).verdict, Verdict::allow);
}

TEST_F(Deciding, DenyRulesWinAndAreNamed) {
  policy_.rules = {allow_all(), deny("never-hr")};
  policy_.rules[1].tables = {"hr.*"};
  EXPECT_EQ(decide(reading(kCustomers, {1})).verdict, Verdict::allow);
  const Decision decision = decide(reading(kSalaries, {1}));
  EXPECT_EQ(decision.verdict, Verdict::deny);
  EXPECT_EQ(decision.reasons, std::vector<RuleId>{RuleId{"never-hr"}});
  EXPECT_FALSE(decision.missing);
}

TEST_F(Deciding, RestrictsAnActionOnlyOnTheTableWhereItHappens) {
  policy_.rules = {allow_all(), deny("no-deletes-in-hr")};
  policy_.rules[1].tables = {"hr.*"};
  policy_.rules[1].actions = {Action::delete_};
  sql::Analysis statement = reading(kSalaries, {1});
  statement.actions = {Action::select, Action::delete_};
  statement.relations.push_back({kCards, false, false, false, true});
  std::sort(statement.relations.begin(), statement.relations.end());
  EXPECT_EQ(decide(statement).verdict, Verdict::allow);
  statement.relations.back().deletes = true;
  EXPECT_EQ(decide(statement).verdict, Verdict::deny);
}

TEST_F(Deciding, MasksEveryTaggedColumnOfATouchedRelationUsedOrNot) {
  tag("public", "customers", "email", "pii");
  tag("public", "customers", "phone", "pii");
  policy_.rules = {allow_all(), mask_tag("pii", "pii", sql::TokenMask{"tok-"})};
  const Decision decision = decide(reading(kCustomers, {1}));
  ASSERT_EQ(decision.obligations.size(), 2u);
  EXPECT_EQ(decision.obligations[0], Obligation(MaskColumn{{kCustomers, 3}, sql::TokenMask{"tok-"}}));
  EXPECT_EQ(decision.obligations[1], Obligation(MaskColumn{{kCustomers, 4}, sql::TokenMask{"tok-"}}));
  EXPECT_EQ(decision.reasons, (std::vector<RuleId>{RuleId{"allow"}, RuleId{"pii"}}));
  EXPECT_TRUE(decide(reading(kCards, {1})).obligations.empty());
}

TEST_F(Deciding, MasksThroughPartitionsInBothDirections) {
  tag("public", "orders", "note", "pii");
  policy_.rules = {allow_all(), mask_tag("pii", "pii", sql::NullMask{})};
  policy_.rules[1].tables = {"public.orders"};
  const auto masked = [&](const sql::Analysis& analysis) {
    std::vector<ColumnId> columns;
    for (const Obligation& obligation : decide(analysis).obligations) columns.push_back(std::get<MaskColumn>(obligation).column);
    return columns;
  };
  const std::vector<ColumnId> all{{kOrders, 3}, {kOrders2024, 1}, {kOrders2025, 3}};
  EXPECT_EQ(masked(reading(kOrders, {1})), all);
  EXPECT_NE(std::count(all.begin(), all.end(), masked(reading(kOrders2024, {2})).front()), 0);
}

TEST_F(Deciding, ShowsClearValuesToWhomNoMaskRuleConcerns) {
  tag("public", "customers", "email", "pii");
  policy_.rules = {allow_all(), mask_tag("pii", "pii", sql::NullMask{})};
  policy_.rules[1].groups = {GroupId{"agents"}};
  auth::Identity person = agent();
  person.groups = {GroupId{"dbas"}};
  EXPECT_TRUE(decide_as(person, reading(kCustomers, {3})).obligations.empty());
}

TEST_F(Deciding, TakesTheStrictestOfSeveralMasks) {
  tag("public", "customers", "email", "pii");
  tag("public", "customers", "email", "secret");
  policy_.rules = {allow_all(), mask_tag("partial", "pii", sql::PartialMask{2, 4, "*", 8}),
                   mask_tag("token", "secret", sql::TokenMask{"t-"})};
  const auto mask = [&] { return std::get<MaskColumn>(decide(reading(kCustomers, {3})).obligations.at(0)).function; };
  EXPECT_EQ(mask(), sql::MaskingFunction(sql::TokenMask{"t-"}));
  policy_.rules.push_back(mask_tag("constant", "pii", sql::ConstantMask{"x"}));
  EXPECT_EQ(mask(), sql::MaskingFunction(sql::ConstantMask{"x"}));
  policy_.rules.push_back(mask_tag("null", "pii", sql::NullMask{}));
  EXPECT_EQ(mask(), sql::MaskingFunction(sql::NullMask{}));
  policy_.rules = {allow_all(), mask_tag("a", "pii", sql::PartialMask{2, 4, "*", 8}),
                   mask_tag("b", "pii", sql::PartialMask{0, 9, "#", 12})};
  EXPECT_EQ(mask(), sql::MaskingFunction(sql::PartialMask{0, 4, "*", 12})) << "two partial masks keep what both keep";
}

TEST_F(Deciding, HoldsAndNamesTheApprovers) {
  policy_.rules = {allow_all(), hold("ddl", {Action::ddl}, {GroupId{"approvers"}})};
  EXPECT_EQ(decide(reading(kCustomers, {1})).verdict, Verdict::allow);
  sql::Analysis ddl;
  ddl.actions = {Action::ddl};
  const Decision decision = decide(ddl);
  EXPECT_EQ(decision.verdict, Verdict::hold);
  const auto& approval = std::get<RequireApproval>(decision.obligations.at(0));
  EXPECT_EQ(approval.rule, RuleId{"ddl"});
  EXPECT_EQ(approval.approver_groups, std::vector<GroupId>{GroupId{"approvers"}});
}

TEST_F(Deciding, SatisfiesAllRulesThatHoldAStatement) {
  policy_.rules = {allow_all(), hold("one", {}, {GroupId{"a"}}), hold("two", {}, {GroupId{"b"}})};
  policy_.rules[2].approval->approvals = 2;
  policy_.rules[2].approval->mode = HoldMode::error;
  policy_.rules[2].approval->expires_after = std::chrono::seconds(60);
  const Decision decision = decide(reading(kCustomers, {1}));
  ASSERT_EQ(decision.obligations.size(), 1u);
  const auto& approval = std::get<RequireApproval>(decision.obligations[0]);
  EXPECT_EQ(approval.approvals, 2u);
  EXPECT_EQ(approval.mode, HoldMode::error);
  EXPECT_EQ(approval.expires_after, std::chrono::seconds(60));
  EXPECT_FALSE(may_approve(approval, {GroupId{"a"}}));
  EXPECT_FALSE(may_approve(approval, {GroupId{"b"}}));
  EXPECT_TRUE(may_approve(approval, {GroupId{"a"}, GroupId{"b"}}));
}

TEST_F(Deciding, HoldsTaggedDataOnlyWhereItIsUsed) {
  tag("public", "customers", "email", "pii");
  policy_.rules = {allow_all(), hold("pii", {}, {GroupId{"approvers"}})};
  policy_.rules[1].tags = {"pii"};
  EXPECT_EQ(decide(reading(kCustomers, {1, 2})).verdict, Verdict::allow);
  EXPECT_EQ(decide(reading(kCustomers, {1, 3})).verdict, Verdict::hold);
  sql::Analysis wiping;
  wiping.actions = {Action::truncate};
  wiping.relations = {{kCustomers, false, false, false, true}};
  EXPECT_EQ(decide(wiping).verdict, Verdict::hold) << "what removes rows concerns all their columns";
  wiping.actions = {Action::ddl};
  wiping.relations = {{kCustomers, false, false, false, false}};
  EXPECT_EQ(decide(wiping).verdict, Verdict::hold);
}

TEST_F(Deciding, AsksForAnEstimateUnlessTheTextProvesItNeedless) {
  policy_.rules = {allow_all(), hold("bulk", {Action::select}, {GroupId{"approvers"}})};
  policy_.rules[1].above_rows = 1000;
  sql::Analysis statement = reading(kCustomers, {1});
  const Decision decision = decide(statement);
  EXPECT_EQ(decision.verdict, Verdict::allow);
  EXPECT_EQ(std::get<HoldAboveEstimate>(decision.obligations.at(0)).rows, 1000u);
  statement.max_rows = 1000;
  EXPECT_TRUE(decide(statement).obligations.empty());
  statement.max_rows = 1001;
  EXPECT_EQ(decide(statement).obligations.size(), 1u);
  policy_.rules.push_back(hold("always", {}, {GroupId{"others"}}));
  const Decision both_hold = decide(statement);
  EXPECT_EQ(both_hold.verdict, Verdict::hold);
  EXPECT_FALSE(may_approve(std::get<RequireApproval>(both_hold.obligations.at(0)), {GroupId{"others"}}));
}

TEST_F(Deciding, DoesNotTrustABoundThatAMaskedKeyProves) {
  tag("public", "customers", "email", "pii");
  policy_.rules = {allow_all(), mask_tag("mask", "pii", sql::ConstantMask{"hidden"}), hold("bulk", {Action::select}, {GroupId{"approvers"}})};
  policy_.rules[2].above_rows = 1000;
  sql::Analysis statement = reading(kCustomers, {1});
  statement.max_rows = 1;  // WHERE email = 'hidden', which is every row
  statement.uses.push_back({{kCustomers, 3}, sql::Use::predicate});
  EXPECT_EQ(decide(statement).obligations.size(), 2u);
  policy_.rules.erase(policy_.rules.begin() + 1);
  EXPECT_TRUE(decide(statement).obligations.empty());
}

TEST_F(Deciding, NeedsTheRightToUpdateWhereRowsAreLocked) {
  policy_.rules = {allow_all({}, {Action::select}), allow_all({"public.cards"}, {Action::update})};
  sql::Analysis locking = reading(kCustomers, {1});
  locking.actions = {Action::select, Action::update};
  EXPECT_EQ(decide(locking).missing->relation, "public.customers");
  locking.relations[0].relation = kCards;
  locking.uses.clear();
  EXPECT_EQ(decide(locking).verdict, Verdict::allow);
}

TEST_F(Deciding, AnApprovalLiftsTheMasksOfTheTagsThatItsRuleNames) {
  tag("public", "customers", "email", "pii");
  tag("public", "customers", "phone", "secret");
  policy_.rules = {allow_all(), mask_tag("mask", "pii", sql::NullMask{}), mask_tag("secrets", "secret", sql::NullMask{})};
  Rule hold;
  hold.id = RuleId{"in-clear"};
  hold.effect = Effect::hold;
  hold.actions = {Action::select};
  hold.clear_tags = {"pii"};
  hold.approval = RequireApproval{};
  policy_.rules.push_back(hold);
  const Decision decision = decide(reading(kCustomers, {3}));
  EXPECT_EQ(decision.verdict, Verdict::hold);
  ASSERT_EQ(decision.obligations.size(), 2u) << "the other mask and the approval";
  EXPECT_EQ(decision.obligations[0], Obligation(MaskColumn{{kCustomers, 4}, sql::NullMask{}}));

  policy_.rules.back().actions = {Action::export_};
  EXPECT_EQ(decide(reading(kCustomers, {3})).obligations.size(), 2u) << "a rule that does not match lifts nothing";
  policy_.rules.back().actions.clear();
  policy_.rules.back().above_rows = 10;
  EXPECT_EQ(decide(reading(kCustomers, {3})).obligations.size(), 3u) << "nor does one that may let the statement through";
}

TEST_F(Deciding, AnApprovalLiftsNoMaskThatAnotherTagOfTheColumnAsksFor) {
  tag("public", "customers", "email", "pii");
  policy_.taggings.back().tags.push_back("secret");
  policy_.rules = {allow_all(), mask_tag("mask", "pii", sql::NullMask{}), mask_tag("secrets", "secret", sql::NullMask{})};
  Rule hold;
  hold.id = RuleId{"in-clear"};
  hold.effect = Effect::hold;
  hold.clear_tags = {"pii"};
  hold.approval = RequireApproval{};
  policy_.rules.push_back(hold);
  EXPECT_EQ(decide(reading(kCustomers, {3})).obligations[0], Obligation(MaskColumn{{kCustomers, 3}, sql::NullMask{}}));
}

}  // namespace
}  // namespace sluice::policy
