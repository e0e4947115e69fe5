#include "approvals/card.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "approvals/card_json.h"
#include "approvals/card_text.h"
#include "approvals/comments.h"
#include "unit/approvals/held.h"

namespace sluice::approvals {
namespace {

DecisionCard card_of(const std::string& statement, const CardLimits& limits = {}) {
  ApprovalRequest request = sample_request();
  request.held.parameters.clear();
  request.held.statement = statement;
  return make_card(request, {}, limits);
}

TEST(Card, TellsAllThatAPersonNeeds) {
  ApprovalRequest request = sample_request();
  request.held.application = "psql";
  request.held.upstream_role = "app";
  request.held.objects = {"public.orders"};
  request.held.clear_columns = {"public.customers.email"};
  request.requirement.max_rows = 1000;
  request.requirement.further_approver_groups = {{GroupId{"security"}, GroupId{"legal"}}};
  request.requirement.approvals = 2;
  request.requirement.reason_required = true;
  request.votes = {{IdentityId{"bob"}, true, "seen with the team", at_second(5), "slack"}};
  CardHistory history;
  history.last_decision = Vote{IdentityId{"eve"}, false, "not now", at_second(-50), "rest"};
  history.denials_last_hour = 3;
  CardLimits limits;
  limits.disclosed_tags = {"pii"};
  const std::string text = card_text(make_card(request, history, limits));
  for (const char* expected :
       {"Action          export", "Database        shop", "Asked by        agent bot", "Groups          agents", "Owner           alice",
        "On behalf of    carol", "From            127.0.0.1:5000", "Program         psql", "Runs as         app",
        "Why held        tagged data leaves in bulk (rule exports-need-a-person)", "Estimate        12 rows expected",
        "Ceiling         rolled back above 1000 rows", "Tagged column   public.customers.email [pii] output, masked",
        "Comes in clear  public.customers.email", "Changes         public.orders", "    1 | COPY (SELECT email FROM customers) TO STDOUT",
        "Parameter       $1 text: 'abc'", "Parameter       $2 of unknown type: NULL", "Parameter       $3 bytea: binary, 0x00ff",
        "Approvers       approvers, and security or legal; needed: 2; with a reason", "Vote            approved by bob (slack, 2025-11-21 21:20:05 UTC): seen with",
        "History         the same kind of statement was last denied by eve (rest, 2025-11-21 21:19:10 UTC):",
        "History         3 denials for this requester in the last hour", "Expires         2025-11-21 21:21:40 UTC"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
  EXPECT_EQ(text.find("Not shown"), std::string::npos);
}

TEST(Card, SaysHowItEnded) {
  ApprovalRequest request = sample_request();
  request.state = RequestState::consumed;
  request.execution = Execution{"completed", 37, 4198, std::chrono::milliseconds(120), at_second(9)};
  EXPECT_EQ(make_card(request, {}, {}).outcome, "ran: 37 rows, 4198 bytes, 120 ms");
  request.execution->outcome = "failed";
  EXPECT_EQ(make_card(request, {}, {}).outcome, "failed: 37 rows, 4198 bytes, 120 ms");
}

TEST(Card, WithholdsValuesThatTouchTagsTheChannelMayNotShow) {
  ApprovalRequest request = sample_request();
  request.held.columns = {{"public.customers.email", {"pii", "internal"}, "predicate", true}};
  CardLimits limits;
  limits.disclosed_tags = {"pii"};
  DecisionCard card = make_card(request, {}, limits);
  EXPECT_TRUE(card.parameters[0].withheld);
  EXPECT_EQ(card.parameters[0].value, "");
  EXPECT_EQ(card.parameters[1].value, "NULL");
  EXPECT_FALSE(card.complete());
  limits.disclosed_tags.insert("internal");
  EXPECT_TRUE(make_card(request, {}, limits).complete());
  limits = {};
  limits.disclose_all = true;
  EXPECT_TRUE(make_card(request, {}, limits).complete());
}

TEST(Card, WithholdsLiteralsAsItDoesParameters) {
  ApprovalRequest request = sample_request();
  request.held.parameters.clear();
  request.held.statement = "UPDATE t SET a = 'x' || $$y$$, b = 7 /* z */ WHERE \"c d\" = $1 -- 8";
  request.held.columns = {{"public.t.a", {"pii"}, "written", false}};
  DecisionCard card = make_card(request, {}, {});
  EXPECT_EQ(card.statement, "UPDATE t SET a = <value> || <value>, b = <value> <comment> WHERE \"c d\" = $1");
  EXPECT_FALSE(card.complete());
  CardLimits limits;
  limits.disclosed_tags = {"pii"};
  EXPECT_TRUE(make_card(request, {}, limits).complete());
  limits.statement = StatementShown::without_values;
  EXPECT_EQ(make_card(request, {}, limits).statement, card.statement);
  limits.statement = StatementShown::fingerprint;
  EXPECT_TRUE(make_card(request, {}, limits).statement.starts_with("fingerprint "));
  limits.statement = StatementShown::nothing;
  EXPECT_EQ(make_card(request, {}, limits).statement, "");
  EXPECT_FALSE(make_card(request, {}, limits).complete());
  request.held.statement = "DROP TABLE t;";
  EXPECT_TRUE(make_card(request, {}, {}).complete());
}

TEST(Card, WhatIsTooMuchIsLeftOutAndSaidSo) {
  CardLimits limits;
  limits.statement_characters = 10;
  DecisionCard card = card_of("SELECT 'äöüäöü' FROM t", limits);
  EXPECT_EQ(card.statement, "SELECT 'äö…");
  EXPECT_EQ(card.left_out, std::vector<std::string>{"the statement is cut"});
  EXPECT_TRUE(card_of("SELECT 'äöüäöü' FROM t", no_limits()).complete());
}

TEST(Card, ItsDigestCoversWhatItShows) {
  const ApprovalRequest request = sample_request();
  const Digest before = digest_of(make_card(request, {}, {}));
  EXPECT_EQ(digest_of(make_card(request, {}, {})), before);
  CardHistory history;
  history.denials_last_hour = 1;
  EXPECT_NE(digest_of(make_card(request, history, {})), before);
  ApprovalRequest other = request;
  other.held.application = "psql";
  EXPECT_NE(digest_of(make_card(other, {}, {})), before);
}

TEST(Card, SurvivesAnyDocument) {
  for (const char* text : {"{}", "[]", "null", "1", R"({"parameters": 3, "columns": [1, {"tags": "x"}], "votes": {}, "expires_us": 1e300, "state": "x"})",
                           R"({"expires_us": 9223372036854775807, "statement": 4, "left_out": [1, null]})", R"({"expires_us": -5})"}) {
    EXPECT_FALSE(card_text(card_from_json(nlohmann::json::parse(text))).empty());
  }
}

TEST(Comments, AreFoundWhereTheyAreNone) {
  const auto texts = [](std::string_view statement) {
    std::vector<std::string> found;
    for (const Comment& comment : comments_of(statement)) found.emplace_back(statement.substr(comment.begin, comment.end - comment.begin));
    return found;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts("SELECT 1 -- a\n+ 2 /* b /* c */ d */ -- e"), (Texts{"-- a", "/* b /* c */ d */", "-- e"}));
  EXPECT_EQ(texts("SELECT '--', $$ /* $$, \"/*\", E'\\'--' FROM t"), Texts{});
  EXPECT_EQ(texts("/* x */SELECT 1--"), (Texts{"/* x */", "--"}));
}

}  // namespace
}  // namespace sluice::approvals
