// Cards of Teams: what strangers planted cannot change what a card seems to say. With SLUICE_WRITE_CARDS=directory the cards are written
// there too, for Microsoft's own library in tests/integration/test_teams_cards.py.
#include "channels/teams_card.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "approvals/card_json.h"
#include "channels/teams_activity.h"
#include "support/card_attacks.h"

namespace sluice::channels {
namespace {

using approvals::DecisionCard;

DecisionCard sample_card(const approvals::ApprovalRequest& request) { return fit_for_teams(approvals::make_card(request, {}, approvals::CardLimits{{"pii"}})); }

TeamsCardOptions options_for(const DecisionCard& card) {
  TeamsCardOptions options;
  options.nonce = std::string(32, 'a');
  options.shown = shown_of(card);
  options.link = "https://sluice.example/approvals/" + card.id.text;
  return options;
}

/// Every object of a card that has a "type".
void collect(const CardJson& json, std::vector<const CardJson*>& found) {
  if (json.is_object() && json.contains("type")) found.push_back(&json);
  for (const CardJson& each : json) {
    if (each.is_structured()) collect(each, found);
  }
}

std::vector<const CardJson*> of_type(const CardJson& card, const std::string& type) {
  std::vector<const CardJson*> all;
  collect(card, all);
  std::erase_if(all, [&](const CardJson* each) { return each->at("type") != type; });
  return all;
}

/// "{{" and something: cards know functions like {{DATE(…)}}.
bool may_be_function(const std::string& text) {
  for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 1)) {
    if (at + 2 < text.size() && text[at + 2] != '{') return true;
  }
  return false;
}

std::string text_in(const CardJson& block) {
  std::string text;
  for (const CardJson& run : block.at("inlines")) text += run.at("text").get<std::string>();
  for (std::size_t at = 0; (at = text.find("\xC2\xA0", at)) != std::string::npos;) text.replace(at, 2, " ");
  return text;
}

/// The labels of a card in their order.
std::vector<std::string> labels_of(const CardJson& card) {
  std::vector<std::string> labels;
  for (const CardJson& block : card.at("body")) {
    if (block.at("type") != "RichTextBlock") continue;
    const CardJson& first = block.at("inlines").at(0);
    const std::string label = first.value("weight", "") == "Bolder" ? first.at("text").get<std::string>() : "";
    if (label != "Note: " && !label.starts_with("This card does not") && !label.empty()) labels.push_back(label);
  }
  return labels;
}

bool has_verb(const CardJson& card, const char* verb) {
  for (const CardJson* action : of_type(card, "Action.Execute")) {
    if (action->at("verb") == verb) return true;
  }
  return false;
}

void write(const std::string& name, const DecisionCard& model, const CardJson& card, bool approvable) {
  const char* directory = std::getenv("SLUICE_WRITE_CARDS");
  if (directory == nullptr) return;
  const CardJson all{{"name", name}, {"approvable", approvable}, {"model", approvals::card_json(model)}, {"card", card}};
  std::ofstream(std::string(directory) + "/" + name + ".json") << to_text(all);
}

TEST(TeamsCard, NothingPlantedChangesItsFrame) {
  const auto attacks = test::card_attacks();
  ASSERT_GT(attacks.size(), 60u);
  for (const test::CardAttack& attack : attacks) {
    SCOPED_TRACE(attack.name);
    const DecisionCard model = sample_card(attack.request);
    const CardJson card = teams_card(model, options_for(model));
    const DecisionCard twin = sample_card(test::harmless_twin(attack.request));
    EXPECT_EQ(labels_of(card), labels_of(teams_card(twin, options_for(twin))));
    EXPECT_EQ(model.complete(), attack.approvable) << ::testing::PrintToString(model.left_out);
    EXPECT_EQ(has_verb(card, kTeamsApprove), attack.approvable);
    EXPECT_TRUE(has_verb(card, kTeamsDeny));
    EXPECT_TRUE(of_type(card, "TextBlock").empty()) << "a TextBlock reads Markdown";
    EXPECT_TRUE(of_type(card, "FactSet").empty());
    for (const CardJson* run : of_type(card, "TextRun")) {
      const auto text = run->at("text").get<std::string>();
      EXPECT_FALSE(may_be_function(text)) << text;
      EXPECT_EQ(text.find('\n'), std::string::npos);
      EXPECT_FALSE(run->contains("selectAction"));
    }
    EXPECT_LE(to_text(card).size(), kMaxTeamsCardBytes);
    const std::string text = to_text(card);
    for (const std::string& character : attack.never) EXPECT_EQ(text.find(character), std::string::npos) << text;
    write(attack.name, model, card, attack.approvable);
  }
}

TEST(TeamsCard, ShowsTheStatementLineByLine) {
  approvals::ApprovalRequest request = approvals::sample_request();
  request.held.statement = "SELECT 1\n\n  FROM   t -- {{DATE(2026-01-01T00:00:00Z,SHORT)}} {{{{\n";
  const DecisionCard model = sample_card(request);
  const CardJson card = teams_card(model, options_for(model));
  std::string shown;
  for (const CardJson& line : of_type(card, "Container").at(1)->at("items")) shown += (shown.empty() ? "" : "\n") + text_in(line);
  std::string expected = model.statement;
  if (expected.ends_with('\n')) expected += ' ';  // an empty line is a blank
  for (std::size_t at = 0; (at = expected.find("\n\n", at)) != std::string::npos;) expected.insert(at + 1, " ");
  EXPECT_EQ(shown, expected);
  write("blanks_and_functions", model, card, model.complete());
}

TEST(TeamsCard, WhatDoesNotFitIsCutAndCannotBeApproved) {
  for (const std::string& part : {std::string("\n"), std::string("x"), std::string("{"), std::string("ю"), std::string("\\"), std::string("\"")}) {
    approvals::ApprovalRequest request = approvals::sample_request();
    request.held.statement = "SELECT '";
    while (request.held.statement.size() < 20'000) request.held.statement += part;
    request.held.objects = std::vector<std::string>(500, std::string(150, 'o'));
    request.held.columns = std::vector<approvals::HeldColumn>(500, {std::string(150, 'c'), {"pii"}, "output", true});
    request.held.parameters = std::vector<approvals::Parameter>(200, {false, false, std::string(500, '"'), 25});
    const DecisionCard model = sample_card(request);
    const CardJson card = teams_card(model, options_for(model));
    EXPECT_FALSE(model.complete());
    EXPECT_LE(to_text(card).size(), kMaxTeamsCardBytes) << part;
    EXPECT_FALSE(has_verb(card, kTeamsApprove));
    EXPECT_TRUE(has_verb(card, kTeamsDeny));
  }
  approvals::ApprovalRequest lines = approvals::sample_request();
  lines.held.statement = "SELECT 1";
  for (int i = 0; i < 60; ++i) lines.held.statement += ",\n1";
  EXPECT_FALSE(sample_card(lines).complete());
}

TEST(TeamsCard, EveryViewerGetsTheirActions) {
  const DecisionCard pending = sample_card(approvals::sample_request());
  ASSERT_TRUE(pending.complete());
  for (const auto& [viewer, approve, link, refresh] :
       {std::tuple(TeamsViewer::everyone, true, false, true), std::tuple(TeamsViewer::approver, true, false, true),
        std::tuple(TeamsViewer::unlinked, false, true, true), std::tuple(TeamsViewer::other, false, false, true),
        std::tuple(TeamsViewer::notified, false, false, false)}) {
    TeamsCardOptions options = options_for(pending);
    options.viewer = viewer;
    options.notice = "For you alone.";
    const CardJson card = teams_card(pending, options);
    EXPECT_EQ(has_verb(card, kTeamsApprove), approve);
    EXPECT_EQ(has_verb(card, kTeamsDeny), approve);
    EXPECT_EQ(has_verb(card, kTeamsLink), link);
    EXPECT_EQ(card.contains("refresh"), refresh);
    EXPECT_EQ(of_type(card, "Action.OpenUrl").size(), 1u);
    write("viewer_" + std::to_string(static_cast<int>(viewer)), pending, card, approve);
  }
}

TEST(TeamsCard, EveryStateHasAText) {
  using approvals::RequestState;
  std::set<std::string> titles;
  for (const RequestState state : {RequestState::pending, RequestState::approved, RequestState::denied, RequestState::expired, RequestState::withdrawn, RequestState::consumed}) {
    approvals::ApprovalRequest request = approvals::sample_request();
    request.state = state;
    request.requirement.reason_required = true;
    const DecisionCard model = sample_card(request);
    const CardJson card = teams_card(model, options_for(model));
    EXPECT_EQ(has_verb(card, kTeamsApprove), state == RequestState::pending);
    titles.insert(text_in(card.at("body").at(0).at("items").at(0)));
    write("state_" + std::string(approvals::to_text(state)), model, card, state == RequestState::pending);
  }
  EXPECT_EQ(titles.size(), 6u);
}

TEST(TeamsCard, VotesDoNotMakeItStaleButEverythingElseDoes) {
  const approvals::ApprovalRequest request = approvals::sample_request();
  const std::string before = shown_of(sample_card(request));
  approvals::ApprovalRequest voted = request;
  voted.votes.push_back({IdentityId{"bob"}, true, "fine", {}, "slack"});
  EXPECT_EQ(shown_of(sample_card(voted)), before);
  approvals::ApprovalRequest other = request;
  other.held.statement += " ";
  EXPECT_NE(shown_of(sample_card(other)), before);
  DecisionCard changed = sample_card(request);
  changed.reason += "!";
  EXPECT_NE(shown_of(changed), before);
}

TEST(TeamsActivity, IsDecodedFromWhateverComes) {
  for (const char* text : {"", "[]", "1", "{", R"({"a":1,"a":2})"}) EXPECT_FALSE(decode_activity(text).ok()) << text;
  for (const char* text : {"{}", R"({"from":null,"conversation":7,"channelData":[],"value":"x","type":{},"id":[]})"}) {
    const auto decoded = decode_activity(text);
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->type + decoded->tenant + decoded->person + decoded->action.verb + decoded->conversation, "");
  }
  const auto click = decode_activity(R"({"type":"invoke","name":"adaptiveCard/action","conversation":{"id":"19:x@thread;messageid=1","tenantId":"T"},
    "channelData":{"tenant":{"id":"t"}},"from":{"aadObjectId":"ABC"},"value":{"trigger":"manual","action":{"type":"Action.Execute",
    "verb":"sluice/deny","data":{"request":"nonsense","nonce":"n","deny_reason":"no","approve_reason":"yes"}}}})");
  ASSERT_TRUE(click.ok());
  EXPECT_EQ(click->conversation, "19:x@thread");
  EXPECT_EQ(click->tenant, "t");
  EXPECT_EQ(click->person, "abc");
  EXPECT_EQ(click->action.verb, kTeamsDeny);
  EXPECT_TRUE(click->action.manual);
  EXPECT_EQ(click->action.reason, "no");
  EXPECT_TRUE(click->action.request.empty());
  const auto two_tenants = decode_activity(R"({"conversation":{"tenantId":"a"},"channelData":{"tenant":{"id":"b"}}})");
  EXPECT_EQ(two_tenants->tenant, "");
}

}  // namespace
}  // namespace sluice::channels
