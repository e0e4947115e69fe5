#include "control/statement_facts_of.h"

#include <gtest/gtest.h>

namespace sluice::control {
namespace {

constexpr Oid kPeople = 16001;

plan::Snapshot snapshot_of(const policy::Policy& policy) {
  sql::CatalogBuilder builder(1, "shop", "7");
  builder.add_schema("public");
  sql::Relation people;
  people.oid = kPeople;
  people.schema = "public";
  people.name = "people";
  for (const char* name : {"id", "email"}) {
    sql::Column column;
    column.name = name;
    column.attribute = static_cast<std::int16_t>(people.columns.size() + 1);
    people.columns.push_back(column);
  }
  builder.add_relation(people);
  plan::Snapshot snapshot;
  snapshot.catalog = std::move(builder).build();
  snapshot.tags = policy::TagMap::resolve(policy, DatabaseAlias{"shop"}, *snapshot.catalog);
  return snapshot;
}

TEST(StatementFactsOf, NamesTablesColumnsTagsAndMasks) {
  policy::Policy policy;
  policy.taggings = {{DatabaseAlias{"shop"}, "public", "people", "email", {"pii"}}};
  const plan::Snapshot snapshot = snapshot_of(policy);
  plan::TextPlan plan;
  plan.versions = {5, 6};
  plan.statements.resize(1);
  sql::Analysis& analysis = plan.statements[0].analysis;
  analysis.actions = {sql::Action::select};
  analysis.relations = {{kPeople, true, false, false, false}};
  analysis.uses = {{{kPeople, 1}, sql::Use::predicate}, {{kPeople, 2}, sql::Use::output}};
  analysis.outputs = {{"email", {{{kPeople, 2}, sql::FlowKind::copied}}}};
  plan.statements[0].decision.verdict = policy::Verdict::allow;
  plan.statements[0].decision.reasons = {RuleId{"all"}};
  plan.statements[0].decision.obligations = {policy::MaskColumn{{kPeople, 2}, sql::NullMask{}}};

  const auth::Identity bot{IdentityId{"bot"}, auth::IdentityKind::agent, {}, IdentityId{"alice"}, {}};
  const audit::StatementFacts facts = facts_of(plan, 0, bot, DatabaseAlias{"shop"}, snapshot);
  EXPECT_EQ(facts.identity, bot);
  EXPECT_EQ(facts.verdict, policy::Verdict::allow);
  EXPECT_EQ(facts.tables, std::vector<std::string>{"public.people"});
  EXPECT_EQ(facts.columns, (std::vector<audit::ColumnUsage>{{"public.people", "id", {}, false, sql::Use::predicate},
                                                            {"public.people", "email", {"pii"}, true, sql::Use::output}}));
  EXPECT_EQ(facts.output_columns, 1u);
  EXPECT_EQ(facts.versions, (SnapshotVersions{5, 6}));
}

}  // namespace
}  // namespace sluice::control
