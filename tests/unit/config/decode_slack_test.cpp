#include <gtest/gtest.h>

#include "config/config.h"

namespace sluice::config {
namespace {

Result<std::string> read_test_file(const std::string& path) {
  if (path.ends_with("/bot")) return std::string("xoxb-1\n");
  if (path.ends_with("/app")) return std::string("xapp-1\n");
  if (path.ends_with("/signing")) return std::string("secret");
  return make_error(ErrorKind::configuration, "cannot read file \"" + path + "\"");
}

Decoded decode(const std::string& slack) {
  const std::string text =
      "listen: [{address: 127.0.0.1, port: 6432}]\nadmin: {address: 127.0.0.1, port: 6480}\nstore: {path: s.db}\naudit: {directory: a}\n"
      "databases:\n  shop: {host: 127.0.0.1, database: shop, user: up, tls: disable}\n"
      "identities:\n  - {id: alice, kind: person, groups: [approvers]}\n"
      "rules:\n  - {id: work, effect: allow}\n"
      "channels:\n  public_url: https://sluice.example.com/\n  slack: " + slack + "\n";
  return decode_config(text, "/etc/sluice/sluice.yaml", read_test_file);
}

bool finds(const Decoded& decoded, const std::string& part, bool error = true) {
  for (const Finding& finding : decoded.findings) {
    if (finding.error == error && finding.message.find(part) != std::string::npos) return true;
  }
  return false;
}

const std::string kRest = "app_id: A1, teams: [T1], bot_token_file: bot, routes: [{channel: C1}]";

TEST(DecodeSlack, ReadsAll) {
  const Decoded decoded = decode(
      "{app_id: A1, teams: [T1, T2], bot_token_file: bot, signing_secret_files: [signing, x/signing], app_token_file: app, "
      "routes: [{approvers: [approvers], channel: C1}, {channel: G2}], disclose: [internal], statement: without_values, email_domains: [example.com]}");
  ASSERT_TRUE(decoded.config) << decoded.findings.front().message;
  const SlackChannel& slack = *decoded.config->channels.slack;
  EXPECT_EQ(slack.app_id, "A1");
  EXPECT_EQ(slack.bot_token.reveal(), "xoxb-1");
  EXPECT_EQ(slack.signing_secrets.size(), 2u);
  EXPECT_EQ(slack.app_token.reveal(), "xapp-1");
  ASSERT_EQ(slack.routes.size(), 2u);
  EXPECT_EQ(slack.routes[0].approver_groups, std::vector{GroupId{"approvers"}});
  EXPECT_EQ(slack.routes[1].target, "G2");
  EXPECT_EQ(slack.disclosure.tags, std::set<std::string>{"internal"});
  EXPECT_EQ(slack.disclosure.statement, StatementLevel::without_values);
  EXPECT_EQ(decoded.config->channels.public_url, "https://sluice.example.com");
  EXPECT_TRUE(finds(decoded, "linked accounts are safer", false));
}

TEST(DecodeSlack, SaysWhatIsWrong) {
  EXPECT_TRUE(finds(decode("{" + kRest + "}"), "clicks come either over HTTP"));
  EXPECT_TRUE(finds(decode("{" + kRest + ", signing_secret_files: [signing, a/signing, b/signing]}"), "at most two"));
  EXPECT_TRUE(finds(decode("{" + kRest + ", signing_secret_files: [missing]}"), "cannot read file"));
  EXPECT_TRUE(finds(decode("{" + kRest + ", app_token_file: bot}"), "xapp-"));
  EXPECT_TRUE(finds(decode("{" + kRest + ", app_token_file: app, api_url: \"http://slack.example.com\"}"), "https://"));
  EXPECT_TRUE(finds(decode("{" + kRest + ", app_token_file: app, email_domains: [Example.com]}"), "lower case"));
  EXPECT_TRUE(finds(decode("{" + kRest + ", app_token_file: app, statement: some}"), "without_values"));
  EXPECT_TRUE(finds(decode("{app_id: x, teams: [T1], bot_token_file: bot, app_token_file: app, routes: [{channel: C1}]}"), "an id of Slack"));
  EXPECT_TRUE(finds(decode("{app_id: A1, teams: [shop], bot_token_file: bot, app_token_file: app, routes: [{channel: C1}]}"), "a workspace"));
  EXPECT_TRUE(finds(decode("{app_id: A1, teams: [T1], bot_token_file: app, app_token_file: app, routes: [{channel: C1}]}"), "xoxb-"));
  EXPECT_TRUE(finds(decode("{app_id: A1, teams: [T1], bot_token_file: bot, app_token_file: app, routes: []}"), "at least one route"));
  EXPECT_TRUE(finds(decode("{app_id: A1, teams: [T1], bot_token_file: bot, app_token_file: app, routes: [{channel: \"#dbas\"}]}"), "an id of Slack"));
  EXPECT_TRUE(finds(decode("{app_id: A1, teams: [T1], bot_token_file: bot, app_token_file: app, routes: [{channel: C1, approvers: [nobody]}]}"), "nobody is in", false));
}

}  // namespace
}  // namespace sluice::config
