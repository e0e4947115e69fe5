#include <gtest/gtest.h>

#include "config/config.h"

namespace sluice::config {
namespace {

Result<std::string> read_test_file(const std::string& path) {
  if (path.ends_with("bot.secret")) return std::string("bot secret\n");
  if (path.ends_with("flow.url")) return std::string("https://prod-1.westeurope.logic.azure.com:443/workflows/x?sig=y\n");
  if (path.ends_with("evil.url")) return std::string("https://logic.azure.com.evil.example/workflows/x?sig=y\n");
  if (path.ends_with("local.url")) return std::string("http://127.0.0.1:1234/flow?sig=y\n");
  return make_error(ErrorKind::configuration, "cannot read file \"" + path + "\"");
}

constexpr const char* kIds = "app_id: 11111111-2222-3333-4444-55555555555A, tenant: aaaaaaaa-0000-0000-0000-00000000000a, client_secret_file: bot.secret";

Decoded decode(const std::string& channels, bool admin = true) {
  const std::string text = "listen: [{address: 127.0.0.1, port: 6432}]\nstore: {path: var/s.db}\naudit: {directory: var/audit}\n" +
                           std::string(admin ? "admin: {address: 127.0.0.1, port: 6480}\n" : "") +
                           "databases:\n  shop: {host: 127.0.0.1, database: shop, user: up, tls: disable}\n"
                           "identities:\n  - {id: bob, kind: person, groups: [dbas]}\n  - {id: eve, kind: person, groups: [dbas]}\n"
                           "  - {id: bot, kind: agent, owner: amy, groups: [agents], peer: [amy]}\n  - {id: amy, kind: person, groups: [owners]}\n"
                           "rules:\n  - {id: ask, effect: hold, groups: [agents], actions: [ddl], approvers: [dbas]}\n  - {id: work, effect: allow}\n"
                           "channels: {" + channels + "}\n";
  return decode_config(text, "/etc/sluice/sluice.yaml", read_test_file);
}

std::string all(const Decoded& decoded) {
  std::string text;
  for (const Finding& finding : decoded.findings) text += finding.where + (finding.error ? ": error: " : ": warning: ") + finding.message + "\n";
  return text;
}

TEST(DecodeTeams, FillsInThePublicCloud) {
  const Decoded decoded = decode("teams: {" + std::string(kIds) + ", routes: [{approvers: [dbas], conversation: '19:x@thread.tacv2'}], disclose: [pii]}");
  ASSERT_TRUE(decoded.config) << all(decoded);
  const TeamsChannel& teams = *decoded.config->channels.teams;
  EXPECT_EQ(teams.app_id, "11111111-2222-3333-4444-55555555555a");
  EXPECT_EQ(teams.tenants, (std::set<std::string>{"aaaaaaaa-0000-0000-0000-00000000000a"}));
  EXPECT_EQ(teams.client_secret.reveal(), "bot secret");
  EXPECT_EQ(teams.token_url, "https://login.microsoftonline.com/aaaaaaaa-0000-0000-0000-00000000000a/oauth2/v2.0/token");
  EXPECT_EQ(teams.issuer, "https://api.botframework.com");
  EXPECT_EQ(teams.service_hosts, (std::set<std::string>{"smba.trafficmanager.net"}));
  EXPECT_FALSE(teams.private_addresses);
  ASSERT_EQ(teams.routes.size(), 1u);
  EXPECT_EQ(teams.routes[0].target, "19:x@thread.tacv2");
  EXPECT_EQ(all(decoded).find("teams"), std::string::npos) << all(decoded);
}

TEST(DecodeTeams, OtherClouds) {
  const Decoded decoded = decode("teams: {" + std::string(kIds) +
                                 ", openid_metadata: https://login.botframework.azure.us/v1/.well-known/openidconfiguration, issuer: https://api.botframework.us"
                                 ", token_url: https://login.microsoftonline.us/x/oauth2/v2.0/token, token_scope: https://api.botframework.us/.default"
                                 ", service_hosts: [smba.infra.gov.teams.microsoft.us], service_url: 'https://smba.infra.gov.teams.microsoft.us/teams/'"
                                 ", further_tenants: [BBBBBBBB-0000-0000-0000-00000000000b], routes: [{conversation: x}]}");
  ASSERT_TRUE(decoded.config) << all(decoded);
  EXPECT_EQ(decoded.config->channels.teams->issuer, "https://api.botframework.us");
  EXPECT_EQ(decoded.config->channels.teams->tenants.size(), 2u);
}

TEST(DecodeTeams, RefusesMistakes) {
  const std::string ids = kIds;
  const std::string route = ", routes: [{conversation: x}]";
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {ids, "routes"},
           {ids + ", routes: []", "a list of routes"},
           {ids + ", routes: [{approvers: [dbas]}]", "conversation"},
           {ids + ", routes: [{conversation: 'a/b'}]", "the id of a conversation"},
           {ids + route + ", secret: x", "secret"},
           {ids + route + ", token_url: 'http://login.microsoftonline.com/x'", "https://"},
           {ids + route + ", openid_metadata: 'ftp://x'", "https://"},
           {ids + route + ", openid_metadata: 'http://127.0.0.1@evil.example/'", "https://"},
           {ids + route + ", openid_metadata: 'http://127.0.0.1.evil.example/'", "https://"},
           {ids + route + ", service_hosts: ['https://smba.trafficmanager.net']", "expected a host"},
           {ids + route + ", service_hosts: ['*']", "expected a host"},
           {ids + route + ", service_url: 'https://evil.example/'", "not among service_hosts"},
           {ids + route + ", disclose: ['No Tag']", "is no tag"},
           {ids + route + ", further_tenants: [common]", "expected an id"},
           {"app_id: x, tenant: common, client_secret_file: bot.secret" + route, "expected an id"},
           {"app_id: 11111111-2222-3333-4444-555555555555, tenant: aaaaaaaa-0000-0000-0000-00000000000a, client_secret_file: none" + route, "cannot read"}}) {
    const Decoded decoded = decode("teams: {" + text + "}");
    EXPECT_FALSE(decoded.config) << text;
    EXPECT_NE(all(decoded).find(why), std::string::npos) << text << "\n" << all(decoded);
  }
}

TEST(DecodeTeams, Warns) {
  const std::string start = "teams: {" + std::string(kIds);
  EXPECT_NE(all(decode(start + ", routes: [{conversation: x}]}", false)).find("cannot reach Sluice"), std::string::npos);
  EXPECT_NE(all(decode(start + ", routes: [{approvers: [owners], conversation: x}]}")).find("shown in no conversation"), std::string::npos);
  EXPECT_NE(all(decode(start + ", routes: [{approvers: [nobody], conversation: x}, {conversation: y}]}")).find("nobody is in the group"), std::string::npos);
  EXPECT_NE(all(decode(start + ", routes: [{conversation: x}, {conversation: y}]}")).find("never used"), std::string::npos);
  EXPECT_NE(all(decode(start + ", private_addresses: true, routes: [{conversation: x}]}")).find("trying out"), std::string::npos);
}

TEST(DecodeTeamsWorkflow, KnowsPowerAutomatesHosts) {
  EXPECT_TRUE(decode("teams_workflow: {url_file: flow.url}").config);
  EXPECT_TRUE(decode("teams_workflow: {url_file: local.url, private_addresses: true}").config);
  for (const char* file : {"evil.url", "local.url", "bot.secret", "none"}) {
    const Decoded decoded = decode("teams_workflow: {url_file: " + std::string(file) + "}");
    EXPECT_FALSE(decoded.config) << file;
    EXPECT_EQ(all(decoded).find("sig="), std::string::npos) << "the URL is a secret";
  }
}

}  // namespace
}  // namespace sluice::config
