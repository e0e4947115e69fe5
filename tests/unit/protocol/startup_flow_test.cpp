#include "protocol/startup_flow.h"

#include <gtest/gtest.h>

#include "auth/scram_client.h"
#include "protocol/authentication_messages.h"
#include "protocol/notice.h"
#include "protocol/password_messages.h"
#include "protocol/session_messages.h"
#include "protocol/sqlstate.h"
#include "support/conversation_script.h"
#include "support/startup_partner.h"

namespace sluice::protocol {
namespace {

using test::ConversationScript;
using test::StartupPartner;

constexpr int kFewIterations = 2;
constexpr std::string_view kServerNonce = "servernonce";

template <class... Messages>
std::string bytes(const Messages&... messages) {
  std::string out;
  (messages.encode(out), ...);
  return out;
}

StartupMessage startup(StartupParameters extra = {}, std::uint32_t version = kProtocol30) {
  StartupMessage message{version, {{"user", "agent"}, {"database", "shop"}}};
  message.parameters.insert(message.parameters.end(), extra.begin(), extra.end());
  return message;
}

StartupRules rules() {
  StartupRules rules;
  rules.mock_secret = Secret("a secret of this installation..");
  rules.mock_iterations = kFewIterations;
  rules.scram_nonce = kServerNonce;
  return rules;
}

std::optional<auth::ScramVerifier> lookup(const std::string& user) {
  if (user != "agent") return std::nullopt;
  return auth::make_verifier("pencil", "0123456789abcdef", kFewIterations);
}

/// All four SCRAM messages of a login, precomputed: nonces are fixed.
struct Exchange {
  std::string client_first, server_first, client_final, server_final;

  explicit Exchange(const std::string& user = "agent", const std::string& password = "pencil", std::optional<std::string> binding = {},
                    bool plus = false) {
    auth::ScramServer::Terms server_side;
    const auto verifier = lookup(user);
    server_side.verifier = verifier ? *verifier : auth::mock_verifier(user, rules().mock_secret.reveal(), kFewIterations);
    server_side.nonce = kServerNonce;
    server_side.plus = plus;
    server_side.channel_binding = plus ? binding : std::nullopt;
    auth::ScramServer server(server_side);
    auth::ScramClient::Terms client_side;
    client_side.password = Secret(password);
    client_side.nonce = "clientnonce";
    client_side.plus = plus;
    client_side.channel_binding = binding;
    auth::ScramClient client(client_side);
    client_first = client.client_first();
    server_first = server.on_client_first(client_first).value();
    client_final = client.on_server_first(server_first).value();
    auto outcome = server.on_client_final(client_final);
    if (outcome.ok()) server_final = *outcome;
  }
};

const AuthenticationSASL kOffer{{"SCRAM-SHA-256"}};
const AuthenticationSASL kOfferWithPlus{{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}};

void add_login(ConversationScript& script, const Exchange& x, const std::string& mechanism = "SCRAM-SHA-256") {
  script.peer(bytes(SASLInitialResponse{mechanism, x.client_first}))
      .ours(bytes(AuthenticationSASLContinue{x.server_first}))
      .peer(bytes(SASLResponse{x.client_final}))
      .ours(bytes(AuthenticationSASLFinal{x.server_final}, AuthenticationOk{}));
}

std::string fatal(ErrorKind kind, std::string message, std::string detail = {}, std::string hint = {}) {
  return bytes(fatal_response(Error{kind, std::move(message), std::move(detail), std::move(hint), 0}));
}

ConversationScript::MakePartner partner(StartupRules with = rules(), std::optional<std::string> binding = {}) {
  return [with, binding] { return std::make_unique<StartupPartner>(with, lookup, binding); };
}

/// Feeds everything at once and returns what was answered.
std::string answer(const std::string& input, const StartupRules& with = rules()) {
  StartupPartner partner(with, lookup);
  partner.read(input);
  EXPECT_TRUE(partner.over());
  EXPECT_FALSE(partner.succeeded());
  std::string written;
  for (const std::string& write : partner.take_writes()) written += write;
  return written;
}

TEST(StartupFlow, LogsInWithScramAndSurvivesEveryFailure) {
  ConversationScript script;
  script.peer(bytes(startup())).ours(bytes(kOffer));
  add_login(script, Exchange());
  script.plays(partner());
  // A damaged start-up packet may name another database or setting; SCRAM protects the password alone.
  script.survives_sweep(partner(), bytes(startup()).size());
}

TEST(StartupFlow, AnswersSslAndGssRequestsWithNoWithoutTls) {
  ConversationScript script;
  script.peer(bytes(GSSENCRequest{})).ours("N").peer(bytes(SSLRequest{})).ours("N").peer(bytes(startup())).ours(bytes(kOffer));
  add_login(script, Exchange());
  script.plays(partner());
}

TEST(StartupFlow, OffersChannelBindingOverTls) {
  StartupRules with = rules();
  with.tls_available = true;
  with.tls_required = true;
  ConversationScript script;
  script.peer(bytes(SSLRequest{})).ours("S").peer(bytes(startup())).ours(bytes(kOfferWithPlus));
  add_login(script, Exchange("agent", "pencil", "digest", true), "SCRAM-SHA-256-PLUS");
  script.plays(partner(with, "digest"));
}

TEST(StartupFlow, NoticesThatPlusWasCutOutOfItsOffer) {
  StartupRules with = rules();
  with.tls_available = true;
  const Exchange downgraded("agent", "pencil", "digest", false);  // says 'y': could bind, was not offered
  ConversationScript script;
  script.peer(bytes(SSLRequest{}))
      .ours("S")
      .peer(bytes(startup()))
      .ours(bytes(kOfferWithPlus))
      .peer(bytes(SASLInitialResponse{"SCRAM-SHA-256", downgraded.client_first}))
      .ours(fatal(ErrorKind::invalid_authorization, "SCRAM channel binding negotiation error"));
  script.fails(partner(with, "digest"));
}

TEST(StartupFlow, RefusesPlusWhereItWasNotOffered) {
  const Exchange exchange;
  EXPECT_EQ(answer(bytes(startup()) + bytes(SASLInitialResponse{"SCRAM-SHA-256-PLUS", exchange.client_first})),
            bytes(kOffer) + fatal(ErrorKind::protocol_violation, "client selected an invalid SASL authentication mechanism"));
}

TEST(StartupFlow, TakesAFirstMessageThatComesLate) {
  const Exchange x;
  ConversationScript script;
  script.peer(bytes(startup()))
      .ours(bytes(kOffer))
      .peer(bytes(SASLInitialResponse{"SCRAM-SHA-256", std::nullopt}))
      .ours(bytes(AuthenticationSASLContinue{""}))
      .peer(bytes(SASLResponse{x.client_first}))
      .ours(bytes(AuthenticationSASLContinue{x.server_first}))
      .peer(bytes(SASLResponse{x.client_final}))
      .ours(bytes(AuthenticationSASLFinal{x.server_final}, AuthenticationOk{}));
  script.plays(partner());
}

TEST(StartupFlow, TellsAnUnknownUserAndAWrongPasswordTheSame) {
  const auto conversation = [](const std::string& user, const std::string& password) {
    StartupMessage message = startup();
    message.parameters[0].second = user;
    const Exchange x(user, password);
    StartupPartner partner(rules(), lookup);
    partner.read(bytes(message));
    partner.read(bytes(SASLInitialResponse{"SCRAM-SHA-256", x.client_first}));
    partner.read(bytes(SASLResponse{x.client_final}));
    EXPECT_TRUE(partner.over());
    EXPECT_FALSE(partner.succeeded());
    EXPECT_EQ(partner.flow().error().kind, ErrorKind::invalid_credentials);
    return partner.take_writes();
  };
  const auto wrong = conversation("agent", "pencils");
  const auto unknown = conversation("nobody", "pencil");
  ASSERT_EQ(wrong.size(), 3u);
  ASSERT_EQ(unknown.size(), 3u);
  EXPECT_EQ(wrong[0], unknown[0]);
  EXPECT_EQ(wrong[1].size(), unknown[1].size()) << "same salt size and iteration count";
  EXPECT_EQ(wrong[2], fatal(ErrorKind::invalid_credentials, "password authentication failed for user \"agent\""));
  EXPECT_EQ(unknown[2], fatal(ErrorKind::invalid_credentials, "password authentication failed for user \"nobody\""));
  EXPECT_EQ(conversation("nobody", "pencil")[1], unknown[1]) << "the fake salt never changes";
}

TEST(StartupFlow, RefusesBytesStuffedBehindAnEncryptionRequest) {
  StartupRules with = rules();
  with.tls_available = true;
  for (const StartupRules& each : {rules(), with}) {
    EXPECT_EQ(answer(bytes(SSLRequest{}) + "x", each),
              (each.tls_available ? "" : "N") + fatal(ErrorKind::protocol_violation, "received unencrypted data after SSL request"));
    EXPECT_EQ(answer(bytes(GSSENCRequest{}) + bytes(startup()), each),
              "N" + fatal(ErrorKind::protocol_violation, "received unencrypted data after GSSAPI encryption request"));
  }
}

TEST(StartupFlow, TakesASecondSslRequestForAVersion) {
  StartupPartner partner(rules(), lookup);
  partner.read(bytes(SSLRequest{}));
  partner.read(bytes(SSLRequest{}));
  EXPECT_EQ(partner.take_writes().back(),
            fatal(ErrorKind::not_supported, "unsupported frontend protocol 1234.5679: server supports 3.0 to 3.2"));
}

TEST(StartupFlow, RefusesOtherMajorVersionsInPostgreSQLsWords) {
  EXPECT_EQ(answer(bytes(StartupMessage{protocol_version(2, 0), {}})),
            std::string("EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.2\n") + '\0');
  EXPECT_EQ(answer(bytes(StartupMessage{protocol_version(4, 7), {}})),
            fatal(ErrorKind::not_supported, "unsupported frontend protocol 4.7: server supports 3.0 to 3.2"));
}

TEST(StartupFlow, NegotiatesNewerMinorVersionsAndUnknownOptions) {
  const auto told = [](std::uint32_t asked, StartupParameters extra) {
    StartupPartner partner(rules(), lookup);
    partner.read(bytes(startup(std::move(extra), asked)));
    const auto writes = partner.take_writes();
    EXPECT_EQ(writes.size(), 1u);
    return std::pair(writes.front(), partner.flow().version());
  };
  const std::string offer = bytes(kOffer);
  EXPECT_EQ(told(kProtocol30, {}), std::pair(offer, kProtocol30));
  EXPECT_EQ(told(kProtocol32, {}), std::pair(offer, kProtocol32)) << "the agent gets what it asked for and hears nothing";
  EXPECT_EQ(told(protocol_version(3, 1), {}), std::pair(offer, protocol_version(3, 1))) << "as PostgreSQL 18";
  EXPECT_EQ(told(protocol_version(3, 9999), {}), std::pair(bytes(NegotiateProtocolVersion{kProtocol32, {}}) + offer, kProtocol32));
  EXPECT_EQ(told(kProtocol30, {{"_pq_.x", ""}}), std::pair(bytes(NegotiateProtocolVersion{kProtocol30, {"_pq_.x"}}) + offer, kProtocol30));
  EXPECT_EQ(told(protocol_version(3, 3), {{"_pq_.a", "1"}, {"_pq_.x", ""}}),
            std::pair(bytes(NegotiateProtocolVersion{kProtocol32, {"_pq_.a", "_pq_.x"}}) + offer, kProtocol32));
}

TEST(StartupFlow, NegotiatesBeforeItRefuses) {
  EXPECT_EQ(answer(bytes(StartupMessage{protocol_version(3, 7), {{"database", "shop"}}})),
            bytes(NegotiateProtocolVersion{kProtocol32, {}}) +
                fatal(ErrorKind::invalid_authorization, "no PostgreSQL user name specified in startup packet"));
}

TEST(StartupFlow, CutsNamesAsPostgreSQLDoes) {
  StartupPartner partner(rules(), lookup);
  partner.read(bytes(StartupMessage{kProtocol30, {{"user", std::string(100, 'u')}, {"database", std::string(64, 'd')}}}));
  EXPECT_EQ(partner.flow().user(), std::string(63, 'u'));
  EXPECT_EQ(partner.flow().database(), std::string(63, 'd'));
}

TEST(StartupFlow, TakesDirectTlsWithTheRightApplicationProtocolOnly) {
  StartupRules with = rules();
  with.tls_available = true;
  StartupFlow flow(with);
  EXPECT_EQ(flow.on_direct_tls().next, StartupStep::Next::upgrade_to_tls);
  EXPECT_EQ(flow.on_tls("digest", "postgresql").next, StartupStep::Next::read_packet);
  EXPECT_TRUE(flow.encrypted());

  for (const char* protocol : {"", "h2"}) {
    StartupFlow other(with);
    EXPECT_EQ(other.on_direct_tls().next, StartupStep::Next::upgrade_to_tls);
    const StartupStep step = other.on_tls("digest", protocol);
    EXPECT_EQ(step.next, StartupStep::Next::close);
    EXPECT_EQ(step.send, "");
  }
  StartupFlow without(rules());
  const StartupStep step = without.on_direct_tls();
  EXPECT_EQ(step.next, StartupStep::Next::close);
  EXPECT_EQ(step.send, "");
}

TEST(StartupFlow, TakesTlsWithinTlsForAVersion) {
  StartupRules with = rules();
  with.tls_available = true;
  for (const std::string& request : {bytes(SSLRequest{}), bytes(GSSENCRequest{})}) {
    StartupFlow flow(with);
    (void)flow.on_direct_tls();
    (void)flow.on_tls({}, "postgresql");
    EXPECT_EQ(flow.on_packet(std::string_view(request).substr(4), false).next, StartupStep::Next::close);
    EXPECT_EQ(flow.error().kind, ErrorKind::not_supported);
  }
}

TEST(StartupFlow, LetsInWhomTheConnectionProves) {
  StartupFlow flow(rules());
  EXPECT_EQ(flow.on_packet(std::string_view(bytes(startup())).substr(4), false).next, StartupStep::Next::look_up_identity);
  const StartupStep step = flow.on_proven();
  EXPECT_EQ(step.next, StartupStep::Next::authenticated);
  EXPECT_EQ(step.send, bytes(AuthenticationOk{}));
}

TEST(StartupFlow, ReadsReplicationAsPostgreSQLDoes) {
  for (const char* value : {"", "o", "what", "Database", "2"}) {
    Error error = make_error(ErrorKind::invalid_parameter_value, std::string("invalid value for parameter \"replication\": \"") + value + "\"",
                             "Valid values are: \"false\", 0, \"true\", 1, \"database\".");
    std::string expected;
    fatal_response(error).encode(expected);
    EXPECT_EQ(answer(bytes(startup({{"replication", value}}))), expected) << value;
  }
  const auto replication = [](const char* value) {
    StartupPartner partner(rules(), lookup);
    partner.read(bytes(startup({{"replication", value}})));
    EXPECT_FALSE(partner.over()) << value;
    EXPECT_TRUE(partner.flow().settings().empty());
    return partner.flow().replication();
  };
  for (const char* value : {"false", "off", "no", "0", "F", "OFF", "of", "n"}) EXPECT_EQ(replication(value), "") << value;
  for (const char* value : {"true", "1", "on", "yes", "t", "TRUE", "Y"}) EXPECT_EQ(replication(value), "true") << value;
  EXPECT_EQ(replication("database"), "database");
}

TEST(StartupFlow, HandsOutUserDatabaseAndSettings) {
  StartupPartner partner(rules(), lookup);
  partner.read(bytes(StartupMessage{kProtocol30, {{"user", "agent"}, {"work_mem", "4MB"}, {"options", "-c a=b"}}}));
  EXPECT_EQ(partner.flow().user(), "agent");
  EXPECT_EQ(partner.flow().database(), "agent") << "the user's name, as in PostgreSQL";
  EXPECT_EQ(partner.flow().settings(), (StartupParameters{{"work_mem", "4MB"}, {"options", "-c a=b"}}));
}

TEST(StartupFlow, NeedsAUser) {
  EXPECT_EQ(answer(bytes(StartupMessage{kProtocol30, {{"database", "shop"}}})),
            fatal(ErrorKind::invalid_authorization, "no PostgreSQL user name specified in startup packet"));
}

TEST(StartupFlow, RefusesPlainConnectionsWhereTlsIsRequired) {
  StartupRules with = rules();
  with.tls_available = true;
  with.tls_required = true;
  EXPECT_EQ(answer(bytes(startup()), with),
            fatal(ErrorKind::invalid_authorization, "connection requires TLS", "", "connect with sslmode=verify-full"));
}

TEST(StartupFlow, HandsOnCancelRequestsWithoutAWord) {
  StartupPartner partner(rules(), lookup);
  partner.read(bytes(CancelRequest{4711, "key!"}));
  EXPECT_TRUE(partner.over());
  EXPECT_TRUE(partner.take_writes().empty());
  EXPECT_EQ(partner.flow().cancel_request(), (CancelRequest{4711, "key!"}));
}

TEST(StartupFlow, ClosesWithoutAWordOnWhatIsNoStartupPacket) {
  EXPECT_EQ(answer("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_EQ(answer(std::string("\0\0\0\x0c\x04\xd2\x16\x2e\0\0\0\1", 12)), "") << "a cancel without a key";
  EXPECT_EQ(answer(std::string("\0\0\0\4", 4)), "");
}

TEST(StartupFlow, RefusesAnythingButAPasswordWhileLoggingIn) {
  EXPECT_EQ(answer(bytes(startup()) + std::string("Q\0\0\0\x5\0", 6)),
            bytes(kOffer) + fatal(ErrorKind::protocol_violation, "expected SASL response, got message type 81"));
  EXPECT_EQ(answer(bytes(startup()) + bytes(SASLResponse{std::string(1025, 'x')})),
            bytes(kOffer) + fatal(ErrorKind::protocol_violation, "invalid message length"));
}

TEST(StartupFlow, TakesNothingMoreWhenItIsOver) {
  StartupFlow flow(rules());
  EXPECT_EQ(flow.on_packet("xx", false).next, StartupStep::Next::close);
  EXPECT_EQ(flow.on_packet(std::string_view(bytes(startup())).substr(4), false).next, StartupStep::Next::close);
  EXPECT_EQ(flow.on_message({'p', "", ""}).next, StartupStep::Next::close);
  EXPECT_EQ(flow.on_verifier(std::nullopt).next, StartupStep::Next::close);
  EXPECT_EQ(flow.on_tls({}).next, StartupStep::Next::close);
}

}  // namespace
}  // namespace sluice::protocol
