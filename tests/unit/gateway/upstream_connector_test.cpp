#include "gateway/upstream_connector.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "base/bytes.h"
#include "protocol/authentication_messages.h"
#include "protocol/notice.h"
#include "protocol/startup_messages.h"
#include "support/memory_stream.h"
#include "support/test_loop.h"

namespace sluice::gateway {
namespace {

template <class... Messages>
std::string bytes(const Messages&... messages) {
  std::string out;
  (messages.encode(out), ...);
  return out;
}

std::string fatal(std::string code, std::string message) {
  protocol::ErrorResponse response;
  response.fields.severity = response.fields.severity_unlocalized = "FATAL";
  response.fields.code = std::move(code);
  response.fields.message = std::move(message);
  return bytes(response);
}

std::string settled(const std::string& standby, const std::string& read_only) {
  std::string all = bytes(protocol::AuthenticationOk{}, protocol::ParameterStatus{"client_encoding", "UTF8"});
  if (!standby.empty()) {
    all += bytes(protocol::ParameterStatus{"in_hot_standby", standby}, protocol::ParameterStatus{"default_transaction_read_only", read_only});
  }
  return all + bytes(protocol::BackendKeyData{7, "key!"}, protocol::ReadyForQuery{});
}
std::string data_row(const std::vector<std::string>& values) {
  std::string body;
  append_u16(body, static_cast<std::uint16_t>(values.size()));
  for (const std::string& value : values) {
    append_u32(body, static_cast<std::uint32_t>(value.size()));
    body += value;
  }
  std::string row = "D";
  append_u32(row, static_cast<std::uint32_t>(body.size() + 4));
  return row + body;
}

const std::string kPrimary = settled("off", "off");
const std::string kReadOnly = settled("off", "on");
const std::string kStandby = settled("on", "off");

/// Servers in memory: what each says to a start-up packet; empty: nobody listens there.
class Connector : public testing::Test {
 protected:
  Connector() {
    auto& upstream = config_->databases[DatabaseAlias{"shop"}];
    upstream.tls = config::UpstreamTls::disable;
    upstream.database = "shop_db";
    upstream.user = "gateway_role";
    upstream.hosts = {{"a", 1}, {"b", 2}, {"c", 3}};
  }
  config::Upstream& upstream() { return config_->databases.at(DatabaseAlias{"shop"}); }

  Result<std::unique_ptr<UpstreamConnection>> connect(const std::string& database = "shop", protocol::StartupParameters settings = {}) {
    UpstreamRequest request{config_, DatabaseAlias{database}, identity_, std::move(settings)};
    return loop_.result_of(connector_.connect(std::move(request), std::chrono::steady_clock::now() + std::chrono::seconds(5)));
  }
  /// The server that took the connection, or the error's kind.
  std::string where(const std::string& database = "shop", protocol::StartupParameters settings = {}) {
    const auto connected = connect(database, std::move(settings));
    return connected.ok() ? (*connected)->server().host.host : std::string(to_text(connected.error().kind));
  }
  /// Which were dialled since the last call.
  std::string dialled() { return std::exchange(dialled_, {}); }
  /// What a login said last.
  protocol::StartupMessage startup() {
    protocol::MessageBuffer buffer(1 << 16);
    buffer.append(received_);
    const auto packet = buffer.next_startup();
    return protocol::StartupMessage::decode(**packet).value();
  }

  std::map<std::string, std::string> says_;
  std::shared_ptr<config::Config> config_ = std::make_shared<config::Config>();
  auth::Identity identity_{IdentityId{"bot"}, auth::IdentityKind::agent, {GroupId{"agents"}}, IdentityId{"alice"}, {}};
  test::TestLoop loop_;
  std::string dialled_;
  std::string received_;

 private:
  static net::awaitable<void> play(Connector* self, std::shared_ptr<test::MemoryStream> stream, std::string answer) {
    std::array<char, 4096> buffer{};
    auto size = co_await stream->read_some(buffer);
    if (size.ok()) self->received_.assign(buffer.data(), *size);
    (void)co_await stream->write(answer);
    size = co_await stream->read_some(buffer);
    if (!size.ok() || *size == 0 || buffer[0] != 'Q') co_return;
    // An older server, asked what it is.
    const std::string row = data_row({answer.find("old standby") != std::string::npos ? "true" : "false", "off"});
    (void)co_await stream->write(row + bytes(protocol::ReadyForQuery{}));
    self->kept_.push_back(stream);
  }
  static net::awaitable<Result<std::unique_ptr<net::ByteStream>>> dial(Connector* self, std::string host) {
    self->dialled_ += host;
    if (self->says_[host].empty()) co_return make_error(ErrorKind::upstream_unavailable, "nobody there");
    auto ends = test::MemoryStream::make_pair(self->loop_.executor());
    std::shared_ptr<test::MemoryStream> server(std::move(ends.second));
    self->kept_.push_back(server);
    net::spawn(self->loop_.executor(), play(self, server, self->says_[host]));
    co_return std::unique_ptr<net::ByteStream>(std::move(ends.first));
  }

  std::deque<std::shared_ptr<test::MemoryStream>> kept_;

 protected:
  UpstreamConnector connector_{[this](const config::UpstreamHost& host, net::AddressOrder, net::Deadline) { return dial(this, host.host); }};
};

TEST_F(Connector, TakesTheFirstServerThatIsUp) {
  says_ = {{"b", kPrimary}, {"c", kPrimary}};
  EXPECT_EQ(where(), "b");
  EXPECT_EQ(dialled(), "ab");
  EXPECT_EQ(where(), "b");
  EXPECT_EQ(dialled(), "b") << "the one that failed is left alone for a while";
}

TEST_F(Connector, ADeadUpstreamIsNotHammered) {
  EXPECT_EQ(where(), "upstream_unavailable");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(where(), "upstream_unavailable");
  EXPECT_EQ(dialled(), "abc");
  config_ = std::make_shared<config::Config>(*config_);
  EXPECT_EQ(where(), "upstream_unavailable");
  EXPECT_EQ(dialled(), "abc") << "after a reload all are tried again";
}

TEST_F(Connector, GoesOnWhereAServerIsStartingAndSaysSoIfNoneIsUp) {
  says_ = {{"a", fatal("57P03", "the database system is starting up")}, {"c", kPrimary}};
  EXPECT_EQ(where(), "c");
  says_.erase("c");
  config_ = std::make_shared<config::Config>(*config_);
  const auto refused = connect();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::cannot_connect_now);
  EXPECT_EQ(refused.error().message, "the database system is starting up");
}

TEST_F(Connector, PicksTheKindOfServerThatIsWanted) {
  says_ = {{"a", kStandby}, {"b", kReadOnly}, {"c", kPrimary}};
  const auto picked = [this](config::TargetSession target) {
    config_ = std::make_shared<config::Config>(*config_);
    upstream().target = target;
    return where();
  };
  EXPECT_EQ(picked(config::TargetSession::any), "a");
  EXPECT_EQ(picked(config::TargetSession::read_write), "c");
  EXPECT_EQ(picked(config::TargetSession::read_only), "a");
  EXPECT_EQ(picked(config::TargetSession::primary), "b");
  EXPECT_EQ(picked(config::TargetSession::standby), "a");
  EXPECT_EQ(picked(config::TargetSession::prefer_standby), "a");
  says_ = {{"a", kPrimary}, {"b", kStandby}, {"c", kPrimary}};
  EXPECT_EQ(picked(config::TargetSession::prefer_standby), "b");
  says_ = {{"a", kPrimary}, {"b", kReadOnly}};
  EXPECT_EQ(picked(config::TargetSession::prefer_standby), "a") << "better than nothing";
  EXPECT_EQ(picked(config::TargetSession::standby), "upstream_unavailable");
}

TEST_F(Connector, AsksAnOlderServerWhatItIs) {
  says_ = {{"a", bytes(protocol::AuthenticationOk{}, protocol::ParameterStatus{"client_encoding", "UTF8"},
                       protocol::ParameterStatus{"server_version", "13.0 old standby"}, protocol::BackendKeyData{7, "key!"},
                       protocol::ReadyForQuery{})},
           {"b", settled("", "")}};
  upstream().target = config::TargetSession::primary;
  EXPECT_EQ(where(), "b");
  config_ = std::make_shared<config::Config>(*config_);
  upstream().target = config::TargetSession::standby;
  EXPECT_EQ(where(), "a");
}

TEST_F(Connector, AnAgentThatWantsReadOnlyTransactionsDoesNotMakeThePrimaryAStandby) {
  says_ = {{"a", kReadOnly}};
  upstream().target = config::TargetSession::read_write;
  EXPECT_EQ(where("shop", {{"default_transaction_read_only", "on"}}), "a");
}

TEST_F(Connector, TellsWhatConcernsTheAgentAndNoNamesOfTheGateways) {
  upstream().hosts = {{"a", 1}};
  const auto told = [this](const std::string& said) {
    config_ = std::make_shared<config::Config>(*config_);
    says_["a"] = said;
    const auto refused = connect();
    EXPECT_FALSE(refused.ok());
    const Error error = refused.ok() ? Error{} : refused.error();
    for (const char* name : {"gateway_role", "shop_db"}) {
      EXPECT_EQ((error.message + error.detail + error.hint).find(name), std::string::npos) << error.message;
    }
    return std::string(to_text(error.kind)) + ": " + error.message;
  };
  const std::string in = bytes(protocol::AuthenticationOk{});
  EXPECT_EQ(told(fatal("53300", "too many connections for role \"gateway_role\"")), "too_many_connections: sorry, too many clients already");
  EXPECT_EQ(told(fatal("57P03", "something about shop_db")), "cannot_connect_now: the database system is not accepting connections");
  EXPECT_EQ(told(in + fatal("3D000", "database \"shop_db\" does not exist")), "unknown_database: database \"shop\" does not exist");
  EXPECT_EQ(told(in + fatal("55000", "database \"shop_db\" is not currently accepting connections")),
            "cannot_connect_now: database \"shop\" is not currently accepting connections");
  EXPECT_EQ(told(in + fatal("42501", "permission denied for database \"shop_db\"")), "denied: permission denied for database \"shop\"");
  EXPECT_EQ(told(fatal("28P01", "password authentication failed for user \"gateway_role\"")),
            "upstream_unavailable: the gateway could not log in to the upstream server");
  EXPECT_EQ(told(fatal("28000", "role \"gateway_role\" does not exist")),
            "upstream_unavailable: the gateway could not log in to the upstream server");
  EXPECT_EQ(told(in + fatal("22023", "invalid value for parameter \"x\": \"y\"")), "invalid_parameter_value: invalid value for parameter \"x\": \"y\"");
  EXPECT_EQ(told(fatal("XX000", "gateway_role broke")), "upstream_unavailable: could not connect to the upstream server");
}

TEST_F(Connector, AnIdentityMayHaveItsOwnRole) {
  upstream().hosts = {{"a", 1}};
  says_ = {{"a", kPrimary}};
  upstream().roles = {{{IdentityId{"etl"}}, {}, "etl_role", Secret()}, {{}, {GroupId{"agents"}}, "", Secret()}};
  ASSERT_EQ(where(), "a");
  EXPECT_EQ(startup().find("user"), "bot");
  identity_.id = IdentityId{"etl"};
  ASSERT_EQ(where(), "a");
  EXPECT_EQ(startup().find("user"), "etl_role");
  identity_ = {IdentityId{"carol"}, auth::IdentityKind::person, {}, {}, {}};
  ASSERT_EQ(where(), "a");
  EXPECT_EQ(startup().find("user"), "gateway_role");
  EXPECT_EQ(startup().find("database"), "shop_db");

  identity_.id = IdentityId{"bot"};
  identity_.groups = {GroupId{"agents"}};
  says_["a"] = fatal("28000", "role \"bot\" does not exist");
  const auto refused = connect();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_authorization);
  EXPECT_EQ(refused.error().message, "role \"bot\" does not exist") << "its own name is no news to it";
}

TEST_F(Connector, PassesOnNamesThatNoEntryGoverns) {
  config_->any_database = upstream();
  config_->any_database->hosts = {{"a", 1}};
  says_ = {{"a", kPrimary}};
  ASSERT_EQ(where("reports"), "a");
  EXPECT_EQ(startup().find("database"), "reports");
  EXPECT_EQ(where("shop_db"), "unknown_database") << "it is known as shop, with shop's rules";
  EXPECT_EQ(where("*"), "a") << "a name like another";
  EXPECT_EQ(where("line\nbreak"), "unknown_database");
  EXPECT_EQ(where(std::string("\xff\xfe")), "unknown_database");
  EXPECT_EQ(where(std::string(64, 'x')), "unknown_database");
}

TEST_F(Connector, EqualRequestsHaveEqualKeys) {
  const auto key = [this](const std::string& identity, protocol::StartupParameters settings) {
    auth::Identity who = identity_;
    who.id = IdentityId{identity};
    return *UpstreamConnector::key_of({config_, DatabaseAlias{"shop"}, who, std::move(settings)});
  };
  EXPECT_EQ(key("bot", {{"timezone", "UTC"}}), key("other", {{"timezone", "UTC"}})) << "both are gateway_role there";
  EXPECT_NE(key("bot", {{"timezone", "UTC"}}), key("bot", {{"timezone", "CET"}}));
  upstream().roles = {{{}, {GroupId{"agents"}}, "", Secret()}};
  EXPECT_NE(key("bot", {}), key("other", {}));
  EXPECT_FALSE(UpstreamConnector::key_of({config_, DatabaseAlias{"none"}, identity_, {}}).ok());
}

}  // namespace
}  // namespace sluice::gateway
