// The card in Slack: nothing planted changes anything but its own element. tests/card_attacks/README.md

#include "channels/slack_card.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "channels/slack_interaction.h"
#include "channels/routes.h"
#include "support/card_attacks.h"

namespace sluice::channels {
namespace {

using nlohmann::json;

SlackButtons buttons() {
  return {button_value(RequestId{"AR01234567890123456789ABCDEF"}, "0123456789abcdef0123456789abcdef"), "https://sluice.example.com/approvals/AR01"};
}

json message_for(const approvals::ApprovalRequest& request) {
  return slack_message(approvals::make_card(request, {}, limits_of({{"pii"}})), buttons());
}

bool is_code(const json& element) { return element.value("/style/code"_json_pointer, false); }

// All that Slack shows which strangers did not write: their texts become "…".
json frame_of(json value, const std::string& under = {}) {
  if (value.is_object() && value.value("type", "") == "text" && (under == "rich_text_preformatted" || is_code(value))) {
    value["text"] = "…";
    return value;
  }
  if (value.is_object()) {
    const std::string type = value.value("type", under);
    if (value.contains("confirm") && value["confirm"].is_object()) value["confirm"]["text"] = "checked by itself";
    for (auto& [key, member] : value.items()) member = frame_of(member, type);
  } else if (value.is_array()) {
    json kept = json::array();
    for (const json& item : value) {
      const json first = item.is_object() && item.contains("elements") ? item["elements"][0] : json();
      const std::string words = first.is_object() && first.contains("text") && first["text"].is_string() ? first["text"].get<std::string>() : "";
      // Our own words about the text, and the button that goes with them.
      if (words == "Note: " || words == "Not shown: " || words.starts_with("This card does not show")) continue;
      if (item.is_object() && item.value("action_id", "") == kApproveAction) continue;
      kept.push_back(frame_of(item, under));
    }
    return kept;
  }
  return value;
}

const json* approve_button(const json& message) {
  for (const json& block : message["blocks"]) {
    if (block["type"] != "actions") continue;
    for (const json& element : block["elements"]) {
      if (element["action_id"] == kApproveAction) return &element;
    }
  }
  return nullptr;
}

void expect_within_limits(const json& value) {
  if (value.is_string()) {
    EXPECT_LE(value.get_ref<const std::string&>().size(), 12'000u);  // 3000 characters
  }
  if (value.is_object() && value.value("type", "") == "text") {
    EXPECT_FALSE(value["text"].get_ref<const std::string&>().empty());
  }
  if (value.is_structured()) {
    for (const json& member : value) expect_within_limits(member);
  }
}

TEST(SlackCard, NothingPlantedChangesAnythingButItsOwnElement) {
  for (const test::CardAttack& attack : test::card_attacks()) {
    SCOPED_TRACE(attack.name);
    const json message = message_for(attack.request);
    EXPECT_EQ(frame_of(message), frame_of(message_for(test::harmless_twin(attack.request))));
    const std::string text = message.dump();
    for (const std::string& character : attack.never) EXPECT_EQ(text.find(character), std::string::npos);
  }
}

TEST(SlackCard, HasNoMarkupThatSlackParses) {
  for (const test::CardAttack& attack : test::card_attacks()) {
    const std::string text = message_for(attack.request).dump();
    EXPECT_EQ(text.find("\"mrkdwn\""), std::string::npos) << attack.name;
    EXPECT_EQ(text.find("\"emoji\":true"), std::string::npos) << attack.name;
  }
}

TEST(SlackCard, OffersApprovalOnlyOfWhatItShows) {
  for (const test::CardAttack& attack : test::card_attacks()) {
    SCOPED_TRACE(attack.name);
    const json message = message_for(attack.request);
    const json* approve = approve_button(message);
    EXPECT_EQ(approve != nullptr, attack.approvable);
    EXPECT_NE(message.dump().find(kDenyAction), std::string::npos);
    EXPECT_NE(message.dump().find(kOpenAction), std::string::npos);
    if (approve == nullptr) continue;
    const std::string question = (*approve)["confirm"]["text"]["text"];
    EXPECT_TRUE(question.starts_with("export on shop")) << question;
    EXPECT_EQ(question.find_first_of("<>*`@:\n"), std::string::npos) << question;
  }
}

TEST(SlackCard, StaysWithinSlacksLimits) {
  for (const test::CardAttack& attack : test::card_attacks()) {
    SCOPED_TRACE(attack.name);
    const json message = message_for(attack.request);
    EXPECT_LE(message["blocks"].size(), 50u);
    EXPECT_LE(message["blocks"][0]["text"]["text"].get<std::string>().size(), 150u);
    expect_within_limits(message);
  }
}

TEST(SlackCard, ADecidedRequestHasNoButtonsThatDecide) {
  approvals::ApprovalRequest request = approvals::sample_request();
  for (const auto state : {approvals::RequestState::approved, approvals::RequestState::denied, approvals::RequestState::expired, approvals::RequestState::withdrawn,
                           approvals::RequestState::consumed}) {
    request.state = state;
    const std::string text = message_for(request).dump();
    EXPECT_EQ(text.find(kDenyAction), std::string::npos);
    EXPECT_EQ(text.find(kApproveAction), std::string::npos);
  }
}

// For those who check them with Slack's own types: one file a card.
TEST(SlackCard, CanBeWrittenToFiles) {
  const char* directory = std::getenv("SLUICE_CARDS_DIRECTORY");
  if (directory == nullptr) GTEST_SKIP() << "SLUICE_CARDS_DIRECTORY is not set";
  for (const test::CardAttack& attack : test::card_attacks()) {
    std::ofstream(std::string(directory) + "/" + attack.name + ".json") << message_for(attack.request)["blocks"];
    const auto card = approvals::make_card(attack.request, {}, limits_of({}));
    std::ofstream(std::string(directory) + "/short_" + attack.name + ".json") << slack_short_message(card, buttons())["blocks"];
  }
  std::ofstream(std::string(directory) + "/view_deny.json") << slack_reason_form(false, false, "{}");
  std::ofstream(std::string(directory) + "/view_approve.json") << slack_reason_form(true, true, "{}");
}

}  // namespace
}  // namespace sluice::channels
