#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "channels/slack_interaction.h"
#include "channels/slack_signature.h"
#include "unit/approvals/held.h"

namespace sluice::channels {
namespace {

using nlohmann::json;

constexpr const char* kRequest = "AR01KAM4KK0094JBWD6CMB2FD6KJ";
constexpr const char* kNonce = "0123456789abcdef0123456789abcdef";

net::HttpRequest signed_request(const std::string& secret, const std::string& time, const std::string& body) {
  net::HttpRequest request;
  request.body = body;
  request.fields = {{"x-slack-request-timestamp", time}, {"x-slack-signature", "v0=" + to_hex(hmac_sha256(secret, "v0:" + time + ":" + body))}};
  return request;
}

std::vector<Secret> secrets() { return {Secret("first"), Secret("second")}; }

TEST(SlackSignature, KnowsTheExampleOfSlacksDocumentation) {
  net::HttpRequest request;
  request.body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&"
                 "user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
                 "96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  request.fields = {{"x-slack-request-timestamp", "1531420618"}, {"x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"}};
  std::vector<Secret> example;
  example.emplace_back("8f742231b10e8888abcd99yyyzzz85a5");
  const auto at = [](std::int64_t second) { return Timestamp(std::chrono::seconds(second)); };
  EXPECT_TRUE(check_slack_signature(request, example, at(1531420618)).ok());
  EXPECT_TRUE(check_slack_signature(request, example, at(1531420618 + 300)).ok());
  EXPECT_FALSE(check_slack_signature(request, example, at(1531420618 + 301)).ok());
  EXPECT_FALSE(check_slack_signature(request, example, at(1531420618 - 301)).ok());
}

TEST(SlackSignature, TakesEitherSecretAndNothingElse) {
  const Timestamp now(std::chrono::seconds(1000));
  EXPECT_TRUE(check_slack_signature(signed_request("first", "1000", "a=b"), secrets(), now).ok());
  EXPECT_TRUE(check_slack_signature(signed_request("second", "1000", "a=b"), secrets(), now).ok());
  EXPECT_FALSE(check_slack_signature(signed_request("third", "1000", "a=b"), secrets(), now).ok());
  EXPECT_FALSE(check_slack_signature(signed_request("", "1000", "a=b"), {}, now).ok());
  for (const char* time : {"", "-1000", "1000 ", " 1000", "1e3", "0x3e8", "99999999999999999999", "1000.0"}) {
    EXPECT_FALSE(check_slack_signature(signed_request("first", time, "a=b"), secrets(), now).ok()) << time;
  }
  net::HttpRequest changed = signed_request("first", "1000", "a=b");
  changed.body = "a=c";
  EXPECT_FALSE(check_slack_signature(changed, secrets(), now).ok());
  net::HttpRequest twice = signed_request("first", "1000", "a=b");
  twice.fields.push_back(twice.fields[1]);
  EXPECT_FALSE(check_slack_signature(twice, secrets(), now).ok());
  net::HttpRequest longer = signed_request("first", "1000", "a=b");
  longer.fields[1].second += "0";
  EXPECT_FALSE(check_slack_signature(longer, secrets(), now).ok());
}

json button() {
  return {{"type", "block_actions"},
          {"api_app_id", "A1"},
          {"team", {{"id", "T1"}}},
          {"user", {{"id", "U1"}, {"team_id", "T1"}}},
          {"trigger_id", "1.2.x"},
          {"container", {{"channel_id", "C1"}, {"message_ts", "17.5"}}},
          {"actions", json::array({{{"action_id", "sluice_approve"}, {"value", std::string(kRequest) + ":" + kNonce}, {"action_ts", "18.25"}}})}};
}

TEST(SlackInteraction, ReadsAButtonAndAForm) {
  const auto click = interaction_from_payload(button());
  ASSERT_TRUE(click.ok());
  EXPECT_EQ(click->action, SlackAction::approve);
  EXPECT_EQ(click->request.text, kRequest);
  EXPECT_EQ(click->account(), "T1/U1");
  EXPECT_EQ(click->sight, "button/U1/sluice_approve/C1/17.5/18.25");
  const json form{{"type", "view_submission"},
                  {"api_app_id", "A1"},
                  {"team", {{"id", "T1"}}},
                  {"user", {{"id", "U1"}}},
                  {"view",
                   {{"id", "V1"},
                    {"callback_id", "sluice_deny"},
                    {"private_metadata", form_metadata(*click)},
                    {"state", {{"values", {{kReasonBlock, {{kReasonInput, {{"type", "plain_text_input"}, {"value", "not now"}}}}}}}}}}}};
  const auto submitted = interaction_from_payload(form);
  ASSERT_TRUE(submitted.ok());
  EXPECT_TRUE(submitted->form);
  EXPECT_EQ(submitted->action, SlackAction::deny);
  EXPECT_EQ(submitted->reason, "not now");
  EXPECT_EQ(submitted->channel, "C1");
  EXPECT_EQ(submitted->message, "17.5");
  EXPECT_EQ(submitted->nonce, kNonce);
}

TEST(SlackInteraction, RefusesGarbage) {
  for (const char* body : {"", "payload", "payload=", "payload=%7B", "payload=%ZZ", "payload=[]", "payload=null", "x=1", "payload={}&payload={}", "payload=%00",
                           "payload={\"type\":\"block_actions\"}", "payload={\"type\":1,\"user\":[]}", "payload={\"a\":1,\"a\":2}"}) {
    EXPECT_FALSE(interaction_from_form(body).ok()) << body;
  }
  EXPECT_FALSE(interaction_from_form("payload=" + std::string(100'000, '[')).ok());
  const auto refused = [](const std::string& pointer, const json& value) {
    json changed = button();
    changed[json::json_pointer(pointer)] = value;
    return !interaction_from_payload(changed).ok();
  };
  EXPECT_TRUE(refused("/actions/0/value", "AR01KAM4KK0094JBWD6CMB2FD6KJ"));
  EXPECT_TRUE(refused("/actions/0/value", std::string(kRequest) + ":" + std::string(31, '0')));
  EXPECT_TRUE(refused("/actions/0/value", std::string(5000, 'x')));
  EXPECT_TRUE(refused("/actions/0/action_id", "other"));
  EXPECT_TRUE(refused("/actions", json::array()));
  EXPECT_TRUE(refused("/user/id", "U1/../x"));
  EXPECT_TRUE(refused("/user/id", 7));
  EXPECT_TRUE(refused("/container/channel_id", "C1\n"));
  EXPECT_TRUE(refused("/container/message_ts", "now"));
}

TEST(SlackInteraction, ComesFromOurAppAndOurWorkspacesAlone) {
  config::SlackChannel slack;
  slack.app_id = "A1";
  slack.teams = {"T1", "T2"};
  SlackInteraction click;
  click.app = "A1";
  click.team = "T1";
  click.user_team = "T2";
  EXPECT_TRUE(check_origin(click, slack).ok());
  click.user_team = "T9";
  EXPECT_FALSE(check_origin(click, slack).ok());
  click.user_team = "T1";
  click.team = "";
  EXPECT_FALSE(check_origin(click, slack).ok());
  click.team = "T1";
  click.app = "A2";
  EXPECT_FALSE(check_origin(click, slack).ok());
}

}  // namespace
}  // namespace sluice::channels
