#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/config.h"

namespace sluice::config {
namespace {

Result<std::string> read_test_file(const std::string& path) {
  if (path.ends_with("good.password")) return std::string("open sesame\n");
  if (path.ends_with("upstream.password")) return std::string("x");
  if (path.ends_with("empty.password")) return std::string("\n");
  return make_error(ErrorKind::configuration, "cannot read file \"" + path + "\"");
}

constexpr const char* kVerifier =
    "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$6yzPZ+kf7b3dQ8yW0jFUBVMlzq5Fz0m2vY8N3sB1x9Q=:dGhpcyBpcyBub3QgYSByZWFsIGtleSwganVzdCAzMmI=";

/// A configuration without a mistake, of which single sections can be exchanged.
struct Parts {
  std::string listen = "listen: [{address: 127.0.0.1, port: 6432}]\n";
  std::string store = "store: {path: var/s.db}\naudit: {directory: var/audit}\n";
  std::string databases = "databases:\n  shop: {host: 127.0.0.1, database: shop, user: up, tls: disable}\n";
  std::string identities = std::string("identities:\n  - {id: bot, kind: agent, owner: alice, groups: [agents], scram_verifier: \"") +
                           kVerifier + "\"}\n" +
                           "  - {id: alice, kind: person, groups: [approvers]}\n"
                           "  - {id: bob, kind: person, groups: [approvers]}\n";
  std::string tags = "tags: {shop: {public.customers.email: [pii]}}\n";
  std::string rules = "rules:\n  - {id: work, effect: allow}\n  - {id: pii, effect: mask, tags: [pii], mask: null}\n";
  std::string more;

  [[nodiscard]] std::string text() const { return listen + store + databases + identities + tags + rules + more; }
};

Decoded decode(const std::string& text) { return decode_config(text, "/etc/sluice/sluice.yaml", read_test_file); }

bool finds(const Decoded& decoded, bool error, const std::string& where, const std::string& part) {
  for (const Finding& finding : decoded.findings) {
    if (finding.error == error && finding.where.ends_with(where) && finding.message.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string all(const Decoded& decoded) {
  std::string text;
  for (const Finding& finding : decoded.findings) text += finding.where + (finding.error ? ": error: " : ": warning: ") + finding.message + "\n";
  return text;
}

void expect_error(const Parts& parts, const std::string& where, const std::string& part) {
  const Decoded decoded = decode(parts.text());
  EXPECT_FALSE(decoded.config) << part;
  EXPECT_TRUE(finds(decoded, true, where, part)) << "no \"" << part << "\" at " << where << " in\n" << all(decoded);
}

void expect_warning(const Parts& parts, const std::string& part) {
  const Decoded decoded = decode(parts.text());
  EXPECT_TRUE(decoded.config) << all(decoded);
  EXPECT_TRUE(finds(decoded, false, "", part)) << "no \"" << part << "\" in\n" << all(decoded);
}

Parts with_rule(const std::string& rule) {
  Parts parts;
  parts.rules += "  - " + rule + "\n";
  return parts;
}

TEST(DecodeConfig, AcceptsTheExampleThatIsShipped) {
  std::ifstream file(SLUICE_TESTS_DIR "/../config/sluice.yaml");
  std::stringstream text;
  text << file.rdbuf();
  const Decoded decoded = decode(text.str());
  ASSERT_TRUE(decoded.config) << all(decoded);
  for (const Finding& finding : decoded.findings) EXPECT_FALSE(finding.error) << finding.where << finding.message;
  const Config& config = *decoded.config;
  EXPECT_EQ(config.policy.rules.front().id, RuleId{"agents-work"});
  EXPECT_EQ(config.store_path, "/etc/sluice/var/sluice.db");
  EXPECT_EQ(config.databases.at(DatabaseAlias{"shop"}).password.reveal(), "x");
}

TEST(DecodeConfig, ReadsEveryField) {
  Parts parts;
  parts.databases =
      "databases:\n  shop: {host: db.example, port: 5433, database: d, user: u, password_file: good.password, ca_file: ca.pem}\n";
  parts.more =
      "tls: {certificate: c.pem, key: good.password, required: true}\nadmin: {address: \"::1\", port: 7000}\nworkers: 3\n"
      "functions: [app.b, app.a]\n"
      "tcp: {agents: {keepalive_idle: 10s, user_timeout: 1m}, upstreams: {keepalive_interval: 3s, keepalive_count: 2}}\n"
      "limits: {max_statement_bytes: 2048, max_statement_depth: 100, max_message_bytes: 65536, max_sessions: 5, login_timeout: 2m,"
      " shutdown_timeout: 45s}\n";
  parts.rules =
      "rules:\n  - {id: work, effect: allow, identities: [bot], databases: [shop], tables: [public.*, '\"Odd\".\"T\"'], actions: [select, export]}\n"
      "  - {id: pii, effect: mask, tags: [pii], mask: {partial: {keep_first: 1, keep_last: 2, fill: \"·\", fill_count: 3}}}\n"
      "  - {id: big, effect: hold, groups: [agents], actions: [select], above_rows: 7, approvers: [approvers], approvals: 2,\n"
      "     reason: why not, hold_mode: error, expires_after: 1h, valid_for: 90s}\n";
  const Decoded decoded = decode(parts.text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  const Config& config = *decoded.config;
  const Upstream& upstream = config.databases.at(DatabaseAlias{"shop"});
  ASSERT_EQ(upstream.hosts.size(), 1u);
  EXPECT_EQ(upstream.hosts.front().to_text(), "db.example:5433");
  EXPECT_EQ(upstream.password.reveal(), "open sesame");
  EXPECT_EQ(upstream.tls, UpstreamTls::verify_full);
  EXPECT_EQ(upstream.ca_file, "/etc/sluice/ca.pem");
  EXPECT_TRUE(config.tls_required);
  EXPECT_EQ(config.tls_certificate, "/etc/sluice/c.pem");
  EXPECT_EQ(config.admin->address, "::1");
  EXPECT_EQ(config.workers, 3u);
  EXPECT_EQ(config.tcp_agents, (TcpOptions{std::chrono::seconds(10), std::chrono::seconds(15), 4, std::chrono::minutes(1)}));
  EXPECT_EQ(upstream.hosts.front().tcp, (TcpOptions{std::chrono::seconds(60), std::chrono::seconds(3), 2, std::chrono::milliseconds(0)}));
  EXPECT_EQ(config.limits.login_timeout, std::chrono::seconds(120));
  EXPECT_EQ(config.limits.max_sessions, 5u);
  EXPECT_EQ(config.policy.allowed_functions, (std::vector<std::string>{"app.a", "app.b"}));
  const auto& rules = config.policy.rules;
  EXPECT_EQ(rules[0].tables, (std::vector<std::string>{"public.*", "\"Odd\".\"T\""}));
  EXPECT_EQ(rules[0].actions, (std::vector<sql::Action>{sql::Action::select, sql::Action::export_}));
  EXPECT_EQ(rules[1].mask, sql::MaskingFunction(sql::PartialMask{1, 2, "·", 3}));
  EXPECT_EQ(rules[2].above_rows, 7u);
  EXPECT_EQ(rules[2].approval->approvals, 2u);
  EXPECT_EQ(rules[2].approval->mode, policy::HoldMode::error);
  EXPECT_EQ(rules[2].approval->valid_for, std::chrono::seconds(90));
  EXPECT_EQ(rules[2].approval->reason, "why not");
  EXPECT_EQ(config.identities.at(IdentityId{"bot"}).identity.owner, IdentityId{"alice"});
}

TEST(DecodeConfig, LimitsOfAnIdentityAreItsOwnElseTheStrictestOfItsGroupsElseTheCommonOnes) {
  Parts parts;
  parts.identities = std::string("identities:\n") +
                     "  - {id: alice, kind: person, groups: [approvers, agents], limits: {max_sessions_per_identity: 9, statement_timeout: 1h}}\n"
                     "  - {id: bob, kind: person, groups: [approvers, agents]}\n"
                     "  - {id: carol, kind: person}\n";
  parts.more =
      "limits:\n"
      "  max_logins: 20\n  max_memory: 5000000\n  write_timeout: 2m\n  max_cursors: 7\n  idle_session_timeout: 1h\n"
      "  statement_timeout: 30s\n"
      "  groups:\n"
      "    agents: {max_sessions_per_identity: 5, statement_timeout: 10s, idle_in_transaction_session_timeout: 3s}\n"
      "    approvers: {max_sessions_per_identity: 3, statement_timeout: 20s, hold_timeout: 4s, max_prepared_statements: 11}\n"
      "    nobodies: {max_cursors: 1}\n";
  const Decoded decoded = decode(parts.text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  EXPECT_TRUE(finds(decoded, false, "", "\"nobodies\", which nobody is in")) << all(decoded);
  const Limits& limits = decoded.config->limits;
  EXPECT_EQ(limits.max_logins, 20u);
  EXPECT_EQ(limits.max_memory, 5'000'000u);
  EXPECT_EQ(limits.write_timeout, std::chrono::seconds(120));
  const auto of = [&](const char* id) { return decoded.config->identities.at(IdentityId{id}).limits; };
  SessionLimits carol = SessionLimits{};
  carol.max_cursors = 7;
  carol.idle_session_timeout = std::chrono::hours(1);
  carol.statement_timeout = std::chrono::seconds(30);
  EXPECT_EQ(of("carol"), carol);
  SessionLimits bob = carol;
  bob.max_sessions = 3;
  bob.statement_timeout = std::chrono::seconds(10);
  bob.idle_in_transaction_timeout = std::chrono::seconds(3);
  bob.hold_timeout = std::chrono::seconds(4);
  bob.max_prepared_statements = 11;
  EXPECT_EQ(of("bob"), bob);
  SessionLimits alice = bob;
  alice.max_sessions = 9;
  alice.statement_timeout = std::chrono::hours(1);
  EXPECT_EQ(of("alice"), alice);
}

TEST(DecodeConfig, FindsMistakesInLimits) {
  Parts parts;
  parts.more = "limits: {groups: {agents: {max_logins: 3}}}\n";
  expect_error(parts, "", "unknown key \"max_logins\"");
  parts.more = "limits: {groups: [agents]}\n";
  expect_error(parts, "", "expected a mapping of at least one group");
  parts.more = "limits: {groups: {agents: {max_message_bytes: 70000}}}\n";
  expect_error(parts, "", "must be greater than max_statement_bytes");
  parts.more = "limits: {statement_timeout: 0s}\n";
  expect_error(parts, "", "out of range: 0s");
}

TEST(DecodeConfig, ReadsEveryMask) {
  Parts parts;
  parts.rules =
      "rules:\n  - {id: a, effect: allow}\n  - {id: b, effect: mask, tags: [pii], mask: null}\n  - {id: c, effect: mask, tags: [pii], mask: \"null\"}\n"
      "  - {id: d, effect: mask, tags: [pii], mask: {constant: \"\"}}\n  - {id: e, effect: mask, tags: [pii], mask: {token: t-}}\n"
      "  - {id: f, effect: mask, tags: [pii], mask: email}\n  - {id: g, effect: mask, tags: [pii], mask: month}\n"
      "  - {id: h, effect: mask, tags: [pii], mask: {bucket: 1000}}\n";
  const Decoded decoded = decode(parts.text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  const auto& rules = decoded.config->policy.rules;
  EXPECT_EQ(rules[1].mask, sql::MaskingFunction(sql::NullMask{}));
  EXPECT_EQ(rules[2].mask, sql::MaskingFunction(sql::NullMask{}));
  EXPECT_EQ(rules[3].mask, sql::MaskingFunction(sql::ConstantMask{""}));
  EXPECT_EQ(rules[4].mask, sql::MaskingFunction(sql::TokenMask{"t-"}));
  EXPECT_EQ(rules[5].mask, sql::MaskingFunction(sql::EmailMask{}));
  EXPECT_EQ(rules[6].mask, sql::MaskingFunction(sql::DateMask{sql::DateMask::Unit::month}));
  EXPECT_EQ(rules[7].mask, sql::MaskingFunction(sql::BucketMask{1000}));
}

TEST(DecodeConfig, ATagWithinAValueLiesOnTheWholeValue) {
  Parts parts;
  parts.tags = "tags: {shop: {public.a.doc: [pii], \"public.a.doc -> 'x' -> 'y'\": [secret, pii], public.a.home.street: [pii], public.a.seen: []}}\n";
  const Decoded decoded = decode(parts.text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  const std::vector<policy::Tagging> expected{{DatabaseAlias{"shop"}, "public", "a", "doc", {"pii", "secret"}},
                                              {DatabaseAlias{"shop"}, "public", "a", "home", {"pii"}},
                                              {DatabaseAlias{"shop"}, "public", "a", "seen", {}}};
  EXPECT_EQ(decoded.config->policy.taggings, expected);
}

TEST(DecodeConfig, ReportsAllMistakesInTheOrderOfTheFile) {
  Parts parts;
  parts.listen = "listen: [{address: nowhere, port: 99999}]\n";
  parts.tags = "tags: {shpo: {customers: [PII]}}\n";
  parts.more = "limts: {}\n";
  const Decoded decoded = decode(parts.text());
  EXPECT_FALSE(decoded.config);
  EXPECT_EQ(decoded.findings.size(), 6u) << all(decoded);
  EXPECT_TRUE(finds(decoded, true, "sluice.yaml:1:20", "\"nowhere\"")) << all(decoded);
  EXPECT_TRUE(finds(decoded, true, "sluice.yaml:1:35", "out of range: 99999")) << all(decoded);
  EXPECT_TRUE(finds(decoded, true, "", "unknown database \"shpo\""));
  EXPECT_TRUE(finds(decoded, true, "", "\"customers\" is not schema.table"));
  EXPECT_TRUE(finds(decoded, true, "", "\"PII\" is no tag"));
  EXPECT_TRUE(finds(decoded, true, "", "unknown key \"limts\" in the configuration; did you mean \"limits\"?"));
}

TEST(DecodeConfig, RefusesWhatYamlWouldLetPass) {
  for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
           {"", "the file is empty"},
           {"listen: [", "not valid YAML"},
           {"a: 1\na: 2\n", "duplicate key \"a\""},
           {"a: &x 1\nb: *x\n", "anchors are not supported"},
           {"a: !!str 1\n", "type tags"},
           {"? [1]\n: 2\n", "a key must be plain text"},
           {"a: 1\n---\nb: 2\n", "a second document"},
           {"- 1\n", "expected the configuration (a mapping), found a list"},
           {std::string(50, '['), "nested too deeply"},
           {std::string(100000, '['), "not valid YAML"},
           {std::string(100000, '{'), "not valid YAML"}}) {
    const Decoded decoded = decode(text);
    EXPECT_FALSE(decoded.config) << part;
    EXPECT_TRUE(finds(decoded, true, "", part)) << part << " not in\n" << all(decoded).substr(0, 2000);
  }
}

TEST(DecodeConfig, SurvivesAnAliasBomb) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string previous = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + previous + ", " + previous + "]\n";
  }
  EXPECT_FALSE(decode(bomb).config);
}

TEST(DecodeConfig, SurvivesEveryCutOfAFile) {
  Parts parts;
  const std::string text = parts.text();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Decoded decoded = decode(text.substr(0, size));
    EXPECT_EQ(decoded.config.has_value(), decoded.findings.empty() || !decoded.findings.front().error);
  }
}

TEST(DecodeConfig, FindsMistakesInServerSections) {
  Parts parts;
  parts.listen = "listen: []\n";
  expect_error(parts, ":1:9", "a list of at least one address");
  parts.listen = "listen: [{port: \"6432\", address: 127.0.0.1}]\n";
  expect_error(parts, ":1:17", "expected a whole number, found \"6432\"");
  parts.listen = "listen: [{address: 127.0.0.1}, {address: 127.0.0.1}]\n";
  expect_error(parts, ":1:32", "twice");
  parts = Parts{};
  parts.more = "tls: {certificate: c.pem}\n";
  expect_error(parts, "", "tls needs the key \"key\"");
  parts.more = "tls: {certificate: c.pem, key: open.key, required: yes}\n";
  expect_error(parts, "", "cannot read file \"/etc/sluice/open.key\"");
  expect_error(parts, "", "expected true or false, found \"yes\"");
  parts.more = "limits: {max_message_bytes: 100000, login_timeout: 15}\n";
  expect_error(parts, "", "must be greater than max_statement_bytes");
  expect_error(parts, "", "expected a duration such as 30s, 15m or 2h, found \"15\"");
  parts.more = "limits: {login_timeout: 99999999999999999999s, shutdown_timeout: 0s}\n";
  expect_error(parts, "", "out of range: 99999999999999999999s");
  expect_error(parts, "", "out of range: 0s");
  parts.more = "";
  parts.store = "store: {path: a.db}\n";
  expect_error(parts, "", "the configuration needs the key \"audit\"");
}

TEST(DecodeConfig, FindsMistakesInDatabases) {
  Parts parts;
  parts.databases = "databases: {}\n";
  expect_error(parts, "", "at least one database");
  parts.databases = "databases: {shop: {host: h, user: u, password_file: missing, tls: maybe, port: 0}}\n";
  expect_error(parts, "", "a database needs the key \"database\"");
  expect_error(parts, "", "cannot read file \"/etc/sluice/missing\"");
  expect_error(parts, "", "\"maybe\" is not one of: disable, require, verify-full");
  expect_error(parts, "", "out of range: 0 is not between 1 and 65535");
  parts.databases = "databases: {shop: {host: h, user: u, database: d, password_file: empty.password}}\n";
  expect_error(parts, "", "\"empty.password\" is empty");
}

TEST(DecodeConfig, ReadsWhereAndHowToConnect) {
  Parts parts;
  parts.databases =
      "databases:\n"
      "  shop:\n"
      "    {hosts: [a, \"b:5433\", \"[::1]:5434\", \"::1\", /run/pg], port: 6000, target_session_attrs: prefer-standby, load_balance_hosts: random,\n"
      "     connect_timeout: 2s, database: d, user: u, tls: require, tls_negotiation: direct, certificate: c.crt, key: good.password,\n"
      "     channel_binding: require, show_identity: true,\n"
      "     roles: [{identities: [bot], user: etl, password_file: good.password}, {groups: [approvers], user: same}]}\n"
      "  \"*\": {host: a, user: u, tls: disable}\n";
  const Decoded decoded = decode(parts.text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  const Upstream& upstream = decoded.config->databases.at(DatabaseAlias{"shop"});
  EXPECT_EQ(upstream.hosts, (std::vector<UpstreamHost>{{"a", 6000}, {"b", 5433}, {"::1", 5434}, {"::1", 6000}, {"/run/pg", 6000}}));
  EXPECT_EQ(upstream.target, TargetSession::prefer_standby);
  EXPECT_TRUE(upstream.load_balance && upstream.direct_tls && upstream.show_identity);
  EXPECT_EQ(upstream.connect_timeout, std::chrono::seconds(2));
  EXPECT_EQ(upstream.certificate, "/etc/sluice/c.crt");
  EXPECT_EQ(upstream.channel_binding, ChannelBinding::require);

  const auto& identities = decoded.config->identities;
  const UpstreamLogin bot = login_of(upstream, identities.at(IdentityId{"bot"}).identity);
  EXPECT_EQ(bot.user + ":" + std::string(bot.password.reveal()), "etl:open sesame");
  const UpstreamLogin alice = login_of(upstream, identities.at(IdentityId{"alice"}).identity);
  EXPECT_EQ(alice.user, "alice");
  EXPECT_TRUE(alice.own_name);
  EXPECT_TRUE(decoded.config->any_database);
  EXPECT_FALSE(decoded.config->databases.contains(DatabaseAlias{"*"}));
}

TEST(DecodeConfig, FindsMistakesInHowToConnect) {
  const auto expect = [](const std::string& database, const std::string& part) {
    Parts parts;
    parts.databases = "databases:\n  shop: {database: d, user: u, tls: disable, " + database + "}\n";
    const Decoded decoded = decode(parts.text());
    EXPECT_TRUE(finds(decoded, true, "", part)) << "no \"" << part << "\" in\n" << all(decoded);
  };
  expect("hosts: [a], host: b", "either host or hosts");
  expect("host: \"a,b\"", "is no host");
  expect("host: \"a:0\"", "is no host");
  expect("host: \"[::1\"", "is no host");
  expect("host: a, target_session_attrs: master", "read-write");
  expect("host: a, connect_timeout: 0s", "out of range");
  expect("host: a, key: good.password", "no certificate");
  expect("host: a, certificate: c.pem, key: good.password", "only looked at with TLS");
  expect("host: a, channel_binding: require", "needs TLS");
  expect("host: a, roles: [{identities: [nobody], user: x}]", "unknown identity \"nobody\"");
  expect("host: a, roles: [{groups: [nobody], user: x}]", "unknown group \"nobody\"");
  expect("host: a, roles: []", "expected a list");
  Parts parts;
  parts.databases = "databases:\n  shop: {host: a, database: d, user: same, tls: disable}\n";
  expect_error(parts, "", "the gateway itself needs a role");
  parts.databases = "databases:\n  \"*\": {host: a, database: d, user: u, tls: disable}\n";
  expect_error(parts, "", "passes on the name");
}

TEST(DecodeConfig, ReadsWhatProvesAnIdentity) {
  Parts parts;
  parts.more = "tls: {certificate: c.pem, key: good.password, client_ca: ca.pem}\n";
  parts.identities +=
      "  - {id: etl, kind: agent, owner: alice, certificate: {common_name: etl, uri: \"spiffe://x/etl\"}}\n"
      "  - {id: cron, kind: agent, owner: alice, peer: [cron, \"1000\"]}\n"
      "  - {id: \"*\", kind: person, groups: [dbas], peer: [postgres]}\n";
  const Decoded decoded = decode(parts.text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  const Config& config = *decoded.config;
  EXPECT_EQ(config.tls_client_ca, "/etc/sluice/ca.pem");
  EXPECT_EQ(config.identities.at(IdentityId{"etl"}).certificate, (auth::CertificateNames{"etl", "", "", "spiffe://x/etl", ""}));
  EXPECT_EQ(config.identities.at(IdentityId{"cron"}).peers, (std::vector<std::string>{"cron", "1000"}));
  ASSERT_NE(entry_of(config, IdentityId{"whoever"}), nullptr);
  const auth::Identity whoever = identity_of(*entry_of(config, IdentityId{"whoever"}), IdentityId{"whoever"});
  EXPECT_EQ(whoever.id, IdentityId{"whoever"});
  EXPECT_EQ(whoever.groups, (std::vector{GroupId{"dbas"}}));
  EXPECT_TRUE(entry_of(config, IdentityId{"bot"})->peers.empty()) << "who has an entry is never taken for somebody else";
  EXPECT_EQ(entry_of(config, IdentityId{"line\nbreak"}), nullptr);
}

TEST(DecodeConfig, LetsNobodyInByAnyNameWithoutTheOperatingSystem) {
  const auto expect = [](const std::string& identity, const std::string& part) {
    Parts parts;
    parts.identities += "  - {id: \"*\", " + identity + "}\n";
    expect_error(parts, "", part);
  };
  expect("kind: person", "needs peer");
  expect("kind: agent, owner: alice, peer: [a]", "stands for people");
  expect(std::string("kind: person, peer: [a], scram_verifier: \"") + kVerifier + "\"", "only the operating system can vouch");
  expect("kind: person, peer: [a], api_token_sha256: \"00\"", "only the operating system can vouch");
  Parts parts;
  parts.identities += "  - {id: etl, kind: agent, owner: alice, certificate: {common_name: etl}}\n";
  expect_error(parts, "", "client_ca");
  parts = with_rule("{id: x, effect: allow, identities: [\"*\"]}");
  parts.identities += "  - {id: \"*\", kind: person, peer: [a]}\n";
  expect_error(parts, "", "through its groups");
}

TEST(DecodeConfig, FindsMistakesInIdentities) {
  Parts parts;
  const auto identities = [&](const std::string& lines) { parts.identities = "identities:\n" + lines; };
  identities("  - {id: bot, kind: robot}\n");
  expect_error(parts, "", "\"robot\" is not one of: agent, person");
  identities("  - {id: bot, kind: agent}\n");
  expect_error(parts, "", "an identity needs the key \"owner\"");
  identities("  - {id: bot, kind: agent, owner: ghost}\n");
  expect_error(parts, "", "unknown owner \"ghost\"");
  identities("  - {id: bot, kind: agent, owner: bot2}\n  - {id: bot2, kind: agent, owner: bot}\n");
  expect_error(parts, "", "the owner of \"bot\" must be a person");
  identities("  - {id: a, kind: person, owner: a}\n");
  expect_error(parts, "", "\"owner\" does not belong here");
  identities("  - {id: a, kind: person}\n  - {id: a, kind: person}\n");
  expect_error(parts, "", "duplicate identity \"a\"");
  identities("  - {id: a b, kind: person, groups: [x, x, \"\"]}\n");
  expect_error(parts, "", "\"a b\" is no usable name");
  expect_error(parts, "", "\"x\" is in the list twice");
  expect_error(parts, "", "the text is empty");
  identities("  - {id: a, kind: person, groups: []}\n");
  expect_error(parts, "", "the list is empty");
  for (const char* verifier : {"md5abc", "SCRAM-SHA-256$1:c2FsdHNhbHRzYWx0c2FsdA==$x:y", "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==",
                               "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$c2hvcnQ=:c2hvcnQ="}) {
    identities(std::string("  - {id: a, kind: person, scram_verifier: \"") + verifier + "\"}\n");
    expect_error(parts, "", "not a SCRAM-SHA-256 verifier");
  }
  identities("  - {id: a, kind: person, api_token_sha256: abc}\n");
  expect_error(parts, "", "expected 64 lower-case hex digits");
  const std::string hash(64, 'a');
  identities("  - {id: a, kind: person, api_token_sha256: " + hash + "}\n  - {id: b, kind: person, api_token_sha256: " + hash + "}\n");
  expect_error(parts, "", "the token of another identity");
}

TEST(DecodeConfig, FindsMistakesInTags) {
  Parts parts;
  parts.tags = "tags: {shop: {public.a: [pii], '\"public\".a': [x], Public.b: [y], public.c: pii, public.d: []}}\n";
  expect_error(parts, "", "\"public\".a is tagged twice");
  expect_error(parts, "", "\"Public.b\" is not schema.table");
  expect_error(parts, "", "expected a list such as [one, two], found \"pii\"");
  expect_error(parts, "", "the list is empty");
}

TEST(DecodeConfig, FindsMistakesInRules) {
  expect_error(with_rule("{id: work, effect: deny}"), "", "duplicate rule \"work\"");
  expect_error(with_rule("{id: a, effect: forbid}"), "", "\"forbid\" is not one of: allow, mask, hold, deny, audit_only");
  expect_error(with_rule("{id: a}"), "", "a rule needs the key \"effect\"");
  expect_error(with_rule("{id: a, effect: deny, identities: [x]}"), "", "unknown identity \"x\"");
  expect_error(with_rule("{id: a, effect: deny, groups: [x]}"), "", "unknown group \"x\"");
  expect_error(with_rule("{id: a, effect: deny, groups: []}"), "", "the list is empty");
  expect_error(with_rule("{id: a, effect: deny, databases: [x]}"), "", "unknown database \"x\"");
  expect_error(with_rule("{id: a, effect: deny, tables: [customers]}"), "", "not schema.table or schema.*");
  expect_error(with_rule("{id: a, effect: deny, tables: ['*.*']}"), "", "not schema.table or schema.*");
  expect_error(with_rule("{id: a, effect: deny, actions: [reed]}"), "", "unknown action \"reed\"");
  expect_error(with_rule("{id: a, effect: deny, tags: [A]}"), "", "\"A\" is no tag");
  expect_error(with_rule("{id: a, effect: deny, mask: null}"), "", "only a rule with effect: mask has one");
  expect_error(with_rule("{id: a, effect: deny, approvers: [approvers]}"), "", "only a rule with effect: hold has it");
  expect_error(with_rule("{id: a, effect: allow, tags: [pii]}"), "", "an allow rule grants tables");
  expect_error(with_rule("{id: a, effect: mask, tags: [pii]}"), "", "a rule needs the key \"mask\"");
  expect_error(with_rule("{id: a, effect: mask, mask: null}"), "", "a rule needs the key \"tags\"");
  expect_error(with_rule("{id: a, effect: mask, tags: [pii], mask: null, actions: [select]}"), "", "a mask applies to whatever is done");
  expect_error(with_rule("{id: a, effect: hold}"), "", "a rule needs the key \"approvers\"");
  expect_error(with_rule("{id: a, effect: hold, approvers: [ghosts]}"), "", "unknown group \"ghosts\"");
  expect_error(with_rule("{id: a, effect: hold, approvers: [approvers], approvals: 0}"), "", "out of range: 0");
  expect_error(with_rule("{id: a, effect: hold, approvers: [approvers], hold_mode: later}"), "", "\"later\" is not one of: wait, error");
  expect_error(with_rule("{id: a, effect: hold, approvers: [approvers], clear: [pii], above_rows: 5}"), "", "nothing comes out in clear below above_rows");
  expect_error(with_rule("{id: a, effect: hold, approvers: [approvers], above_rows: -1}"), "", "expected a whole number, found \"-1\"");
  expect_error(with_rule("{id: a, effect: deny, tabels: [public.*]}"), "", "did you mean \"tables\"?");
  expect_error(with_rule("just text"), "", "expected a rule (a mapping), found \"just text\"");
}

TEST(DecodeConfig, ReadsWhoPassesWithEverything) {
  const Decoded decoded = decode(with_rule("{id: dbas, effect: audit_only, identities: [alice], groups: [approvers], databases: [shop]}").text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  const policy::Rule& rule = decoded.config->policy.rules.back();
  EXPECT_EQ(rule.effect, policy::Effect::audit_only);
  EXPECT_EQ(rule.identities, std::vector<IdentityId>{IdentityId{"alice"}});
  expect_warning(with_rule("{id: dbas, effect: audit_only, identities: [alice]}"), "\"alice\" escapes rules that concern it too: pii");
  expect_warning(with_rule("{id: dbas, effect: audit_only, groups: [agents]}"), "the agent \"bot\" passes unmasked");
  expect_error(with_rule("{id: dbas, effect: audit_only}"), "", "an audit_only rule must name identities or groups");
  expect_error(with_rule("{id: dbas, effect: audit_only, databases: [shop]}"), "", "an audit_only rule must name identities or groups");
  for (const char* key : {"tables: [public.*]", "actions: [select]", "tags: [pii]", "mask: null", "approvers: [approvers]", "above_rows: 1"}) {
    expect_error(with_rule(std::string("{id: dbas, effect: audit_only, identities: [alice], ") + key + "}"), "",
                 std::string("\"") + std::string(key).substr(0, std::string(key).find(':')) + "\"");
  }
}

TEST(DecodeConfig, ReadsHowApprovalsAreReachedAndFindsMistakesInIt) {
  const auto with_hold = [](const std::string& keys) { return with_rule("{id: a, effect: hold, approvers: [approvers], " + keys + "}"); };
  const Decoded decoded = decode(with_hold("reason_required: true, max_rows: 9, remind_every: 2m, escalate: {after: 5m, to: [agents]}, "
                                           "break_glass: [agents], denied_for: 5s, standing: {uses: 3, rows: 4, for: 2h}").text());
  ASSERT_TRUE(decoded.config) << all(decoded);
  const policy::RequireApproval& approval = *decoded.config->policy.rules.back().approval;
  EXPECT_TRUE(approval.reason_required && approval.standing);
  EXPECT_EQ(approval.max_rows, 9u);
  EXPECT_EQ(approval.remind_every, std::chrono::minutes(2));
  EXPECT_EQ(approval.escalate_after, std::chrono::minutes(5));
  EXPECT_EQ(approval.escalation_groups, std::vector{GroupId{"agents"}});
  EXPECT_EQ(approval.break_glass_groups, std::vector{GroupId{"agents"}});
  EXPECT_EQ(approval.denied_for, std::chrono::seconds(5));
  EXPECT_EQ(approval.standing_limits, (policy::StandingLimits{3, 4, std::chrono::hours(2)}));
  expect_error(with_hold("escalate: {to: [agents]}"), "", "needs the key \"after\"");
  expect_error(with_hold("escalate: {after: 5m, to: [ghosts]}"), "", "unknown group \"ghosts\"");
  expect_error(with_hold("standing: true, clear: [pii]"), "", "lifts no masks");
  expect_error(with_hold("standing: true, actions: [ddl]"), "", "no standing approvals for ddl");
  expect_warning(with_hold("remind_every: 20m"), "nobody is reminded");
  expect_warning(with_hold("break_glass: [approvers]"), "nobody can break the glass");
}

TEST(DecodeConfig, FindsMistakesInMasks) {
  const auto with_mask = [](const std::string& mask) { return with_rule("{id: a, effect: mask, tags: [pii], mask: " + mask + "}"); };
  expect_error(with_mask("hash"), "", "unknown masking function \"hash\"");
  expect_error(with_mask("{hash: x}"), "", "unknown masking function \"hash\"");
  expect_error(with_mask("{constant: a, token: b}"), "", "expected one masking function");
  expect_error(with_mask("{bucket: 0}"), "", "out of range: 0");
  expect_error(with_mask("{pseudonym: {prefix: p-}}"), "", "needs the key \"key_file\"");
  expect_error(with_mask("{pseudonym: {key_file: good.password}}"), "", "32 bytes long or more");
  expect_error(with_mask("{token: \"\"}"), "", "the text is empty");
  expect_error(with_mask("{constant: \"" + std::string(201, 'x') + "\"}"), "", "at most 200 bytes");
  expect_error(with_mask("{partial: {}}"), "", "keeps something");
  expect_error(with_mask("{partial: {keep_first: 2000}}"), "", "out of range: 2000");
  expect_error(with_mask("{partial: {keep_first: 1, fill: xx}}"), "", "fill must be one character");
  expect_error(with_mask("{partial: {keep_frist: 1}}"), "", "did you mean \"keep_first\"?");
  expect_error(with_mask("{partial: 4}"), "", "expected a partial mask (a mapping)");
}

TEST(DecodeConfig, WarnsOfWhatIsValidButDoubtful) {
  Parts parts;
  parts.rules = "rules: []\n";
  expect_warning(parts, "no rule allows anything");
  expect_warning(with_rule("{id: a, effect: deny, tags: [pci]}"), "nothing is tagged \"pci\"");
  expect_warning(with_rule("{id: a, effect: hold, groups: [agents], approvers: [agents]}"), "only 0 people can approve");
  parts = with_rule("{id: a, effect: hold, groups: [agents], approvers: [approvers], approvals: 2}");
  expect_warning(parts, "needs 2 approvals, but only 0 people can approve");
  expect_warning(parts, "without api_token_sha256: alice, bob");
  const std::string bob = "{id: bob, kind: person, groups: [approvers]";
  parts.identities.replace(parts.identities.find(bob), bob.size(), bob + ", api_token_sha256: \"" + std::string(64, 'a') + "\"");
  expect_warning(parts, "needs 2 approvals, but only 1 people can approve");
  parts = Parts{};
  parts.listen = "listen: [{address: 0.0.0.0, port: 6432}]\n";
  expect_warning(parts, "may connect without TLS");
  parts = Parts{};
  parts.databases = "databases:\n  shop: {host: 10.1.1.1, database: shop, user: up, tls: require}\n";
  expect_warning(parts, "can be listened to");
}

TEST(DecodeConfig, NeverRepeatsASecret) {
  Parts parts;
  parts.databases = "databases: {shop: {host: h, user: u, database: d, password: hunter2}}\n";
  const Decoded decoded = decode(parts.text());
  EXPECT_FALSE(decoded.config);
  EXPECT_EQ(all(decoded).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace sluice::config
