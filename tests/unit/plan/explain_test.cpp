#include "plan/explain.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plan/plan_statement.h"
#include "support/catalog_from_ddl.h"

namespace sluice::plan {
namespace {

using Outcome = Explanation::Outcome;

const DatabaseAlias kShop{"shop"};

policy::Rule rule(std::string id, policy::Effect effect) {
  policy::Rule made;
  made.id = RuleId{std::move(id)};
  made.effect = effect;
  return made;
}

class Explaining : public testing::Test {
 protected:
  Explaining() {
    snapshot_.catalog = test::catalog_from_ddl(
        "CREATE TABLE public.people (id integer PRIMARY KEY, name text, email text); CREATE SCHEMA hr; CREATE TABLE hr.pay (id integer);");
    auto policy = std::make_shared<policy::Policy>();
    policy->taggings = {{kShop, "public", "people", "email", {"pii"}}};
    policy->rules = {rule("all", policy::Effect::allow), rule("mask", policy::Effect::mask), rule("export", policy::Effect::hold),
                     rule("secret-rule", policy::Effect::deny)};
    policy->rules[0].tables = {"public.*"};
    policy->rules[1].tags = {"pii"};
    policy->rules[1].mask = sql::NullMask{};
    policy->rules[2].actions = {sql::Action::export_};
    policy->rules[2].approval = policy::RequireApproval{};
    policy->rules[2].approval->approver_groups = {GroupId{"approvers"}};
    policy->rules[2].approval->reason = "data leaves";
    policy->rules[3].actions = {sql::Action::truncate};
    snapshot_.tags = policy::TagMap::resolve(*policy, kShop, *snapshot_.catalog);
    snapshot_.policy = policy;
    snapshot_.versions = {3, 4};
  }

  Result<std::shared_ptr<const TextPlan>> plan(std::string_view text) const {
    static const sql::NameContext names;
    static const auth::Identity agent{IdentityId{"bot"}, auth::IdentityKind::agent, {}, IdentityId{"alice"}, {}};
    return plan_statement({text, agent, kShop, names, snapshot_, {}});
  }

  Explanation explanation(std::string_view text) const {
    const auto planned = plan(text);
    return planned.ok() ? explain(**planned, snapshot_) : explain(planned.error());
  }

  Snapshot snapshot_;
};

TEST_F(Explaining, TellsTheFiveOutcomesApart) {
  EXPECT_EQ(explanation("SELECT name FROM people").outcome, Outcome::allow);
  EXPECT_EQ(explanation("SELECT email FROM people").outcome, Outcome::mask);
  EXPECT_EQ(explanation("COPY people TO STDOUT").outcome, Outcome::hold);
  EXPECT_EQ(explanation("TRUNCATE people").outcome, Outcome::deny);
  EXPECT_EQ(explanation("SELECT id FROM hr.pay").outcome, Outcome::deny);
  EXPECT_EQ(explanation("SELECT id FROM people WHERE").outcome, Outcome::error);
  EXPECT_EQ(explanation("UPDATE people SET name = email").outcome, Outcome::deny);
  EXPECT_EQ(explanation("").outcome, Outcome::allow);
}

TEST_F(Explaining, SaysThatEverythingPassesUnderAuditOnly) {
  auto policy = std::make_shared<policy::Policy>(*snapshot_.policy);
  policy->rules.push_back(rule("pass", policy::Effect::audit_only));
  policy->rules.back().identities = {IdentityId{"bot"}};
  snapshot_.policy = policy;
  for (const char* text : {"SELECT email FROM people", "COPY people TO STDOUT", "TRUNCATE people", "SELECT id FROM hr.pay", "DO 'x'", "SELECT WHERE FROM",
                           "\xff", "CREATE TEMP TABLE t (a int); SELECT * FROM t", ""}) {
    const auto planned = plan(text);
    ASSERT_TRUE(planned.ok()) << text;
    EXPECT_EQ((*planned)->grade, policy::Grade::audit_only);
    EXPECT_FALSE((*planned)->upstream) << text;
    const Explanation explained = explain(**planned, snapshot_);
    EXPECT_EQ(explained.outcome, Outcome::allow) << text;
    EXPECT_NE(explained.text.find("grade:     audit_only"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(explained.json).at("grade"), "audit_only");
  }
  const auto understood = (*plan("SELECT email FROM people"))->statements;
  EXPECT_EQ(understood.front().analysis.kind, sql::StatementKind::select);
  EXPECT_EQ(understood.front().decision.reasons, std::vector<RuleId>{RuleId{"pass"}});
  EXPECT_TRUE(understood.front().decision.obligations.empty());
  const auto unknown = (*plan("DO 'x'; SELECT WHERE FROM"))->statements;
  ASSERT_EQ(unknown.size(), 1u);
  EXPECT_EQ(unknown.front().analysis.kind, sql::StatementKind::unknown);
}

TEST_F(Explaining, ReadsUnderAuditOnlyWhatMeansTheSameInEveryEncoding) {
  auto policy = std::make_shared<policy::Policy>(*snapshot_.policy);
  policy->rules.push_back(rule("pass", policy::Effect::audit_only));
  snapshot_.policy = policy;
  const auto kind_of = [&](std::string_view text, TextReading reading) {
    static const sql::NameContext names;
    static const auth::Identity person{IdentityId{"dana"}, auth::IdentityKind::person, {}, {}, {}};
    return (*plan_statement({text, person, kShop, names, snapshot_, {}, reading}))->statements.front().analysis.kind;
  };
  EXPECT_EQ(kind_of("SELECT 'é'", {}), sql::StatementKind::select);
  EXPECT_EQ(kind_of("SELECT 'é'", {.utf8 = false}), sql::StatementKind::unknown);
  EXPECT_EQ(kind_of("SELECT 'e'", {.utf8 = false}), sql::StatementKind::select);
  EXPECT_EQ(kind_of("SELECT '\\', email FROM people --'", {}), sql::StatementKind::select);
  EXPECT_EQ(kind_of("SELECT '\\', email FROM people --'", {.standard_strings = false}), sql::StatementKind::unknown);
  EXPECT_EQ(kind_of("SELECT 1", {.standard_strings = false}), sql::StatementKind::select);
}

TEST_F(Explaining, LetsReplicationByARuleThatNamesItAlone) {
  static const sql::NameContext names;
  static const auth::Identity agent{IdentityId{"bot"}, auth::IdentityKind::agent, {}, IdentityId{"alice"}, {}};
  const auto verdict = [&] {
    return plan_opaque({"IDENTIFY_SYSTEM", agent, kShop, names, snapshot_, {}}, sql::StatementKind::replication)->verdict();
  };
  EXPECT_EQ(verdict(), policy::Verdict::deny) << "a rule for all actions does not grant it";
  auto policy = std::make_shared<policy::Policy>(*snapshot_.policy);
  policy->rules.push_back(rule("stream", policy::Effect::allow));
  policy->rules.back().actions = {sql::Action::replication};
  snapshot_.policy = policy;
  EXPECT_EQ(verdict(), policy::Verdict::allow);
  policy = std::make_shared<policy::Policy>(*snapshot_.policy);
  policy->rules.push_back(rule("no-stream", policy::Effect::deny));
  policy->rules.back().actions = {sql::Action::replication};
  snapshot_.policy = policy;
  EXPECT_EQ(verdict(), policy::Verdict::deny);
}

TEST_F(Explaining, TakesTheStrictestOutcomeOfSeveralStatements) {
  EXPECT_EQ(explanation("SELECT 1; SELECT email FROM people; COPY people TO STDOUT").outcome, Outcome::hold);
}

TEST_F(Explaining, NamesRulesTagsMasksAndApprovers) {
  const std::string text = explanation("SELECT email FROM people; COPY people TO STDOUT").text;
  for (const char* part : {"rules:     all, mask", "public.people.email [pii] as output, masked: null", "1 of group approvers", "data leaves",
                           "upstream:  SELECT email FROM (SELECT"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " not in\n" << text;
  }
}

TEST_F(Explaining, WritesTheSameAsJson) {
  const auto json = nlohmann::json::parse(explanation("SELECT email FROM people").json);
  EXPECT_EQ(json.at("decision"), "mask");
  EXPECT_EQ(json.at("statements").at(0).at("rules"), (nlohmann::json{"all", "mask"}));
  EXPECT_EQ(json.at("statements").at(0).at("columns").at(0).at("mask"), "null");
  EXPECT_EQ(nlohmann::json::parse(explanation("SELECT \xc3\x28").json).at("decision"), "error") << "not even valid UTF-8 breaks it";
}

TEST_F(Explaining, TellsAnAgentWhichGrantItLacks) {
  const auto planned = plan("SELECT id FROM hr.pay");
  ASSERT_TRUE(planned.ok());
  const Error error = denial_of(**planned);
  EXPECT_EQ(error.kind, ErrorKind::denied);
  EXPECT_EQ(error.message, "permission denied for table hr.pay");
  EXPECT_EQ(nlohmann::json::parse(error.detail), (nlohmann::json{{"action", "select"}, {"table", "hr.pay"}}));
}

TEST_F(Explaining, TellsAnAgentOnlyTheNameOfADenyRule) {
  const auto planned = plan("TRUNCATE people");
  ASSERT_TRUE(planned.ok());
  const Error error = denial_of(**planned);
  EXPECT_EQ(error.message, "permission denied by policy");
  EXPECT_EQ(nlohmann::json::parse(error.detail), (nlohmann::json{{"rule", "secret-rule"}}));
}

TEST_F(Explaining, PlansCarryTheVersionsAndTheDigestOfTheirText) {
  const auto planned = plan("SELECT 1");
  ASSERT_TRUE(planned.ok());
  EXPECT_EQ((*planned)->versions, (SnapshotVersions{3, 4}));
  EXPECT_EQ((*planned)->text_digest, sha256("SELECT 1"));
  EXPECT_FALSE((*planned)->upstream) << "nothing to pin and nothing to mask";
}

TEST_F(Explaining, AColumnThatIsTaggedOnAViewIsMaskedThereAndInItsTable) {
  snapshot_.catalog = test::catalog_from_ddl(
      "CREATE TABLE public.people (id integer PRIMARY KEY, name text, email text);"
      "CREATE VIEW public.names AS SELECT p.id, p.name AS called FROM public.people p;");
  auto policy = std::make_shared<policy::Policy>(*snapshot_.policy);
  policy->taggings = {{kShop, "public", "names", "called", {"pii"}}};
  snapshot_.tags = policy::TagMap::resolve(*policy, kShop, *snapshot_.catalog);
  snapshot_.policy = policy;
  for (const char* text : {"SELECT called FROM names", "SELECT name FROM people", "SELECT n FROM names n"}) {
    const auto planned = plan(text);
    ASSERT_TRUE(planned.ok()) << planned.error().message;
    ASSERT_TRUE((*planned)->upstream) << text;
    EXPECT_NE((*planned)->upstream->text().find("NULL::pg_catalog.text"), std::string::npos) << (*planned)->upstream->text();
  }
}

TEST_F(Explaining, TheFunctionsOfThePolicyAreAllowedWhateverTheSessionSays) {
  sql::NameContext names;
  names.allowed_functions = {"public.leak"};
  const auth::Identity agent{IdentityId{"bot"}, auth::IdentityKind::agent, {}, {}, {}};
  snapshot_.catalog = test::catalog_from_ddl("CREATE FUNCTION public.leak() RETURNS integer LANGUAGE plpython3u AS 'return 1';");
  EXPECT_FALSE(plan_statement({"SELECT leak()", agent, kShop, names, snapshot_, {}}).ok());
}

}  // namespace
}  // namespace sluice::plan
