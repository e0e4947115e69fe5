#include "protocol/login_flow.h"

#include <gtest/gtest.h>

#include "auth/scram_server.h"
#include "protocol/authentication_messages.h"
#include "protocol/password_messages.h"
#include "support/conversation_script.h"
#include "support/login_partner.h"

namespace sluice::protocol {
namespace {

using test::ConversationScript;
using test::LoginPartner;

template <class... Messages>
std::string bytes(const Messages&... messages) {
  std::string out;
  (messages.encode(out), ...);
  return out;
}

LoginRequest request() {
  LoginRequest request;
  request.user = "sluice";
  request.database = "shop";
  request.settings = {
      {"application_name", "psql"}, {"client_encoding", "SJIS"}, {"Client_Encoding", "SJIS"}, {"replication", "true"}, {"work_mem", "4MB"}};
  request.password = Secret("pencil");
  request.scram_nonce = "clientnonce";
  return request;
}

const StartupMessage kStartup{
    kProtocol30,
    {{"user", "sluice"}, {"database", "shop"}, {"client_encoding", "UTF8"}, {"application_name", "psql"}, {"work_mem", "4MB"}}};

struct Exchange {
  std::string client_first, server_first, client_final, server_final;
  explicit Exchange(std::optional<std::string> binding = {}, bool plus = false) {
    auth::ScramServer::Terms server_side;
    server_side.verifier = auth::make_verifier("pencil", "0123456789abcdef", 2);
    server_side.nonce = "servernonce";
    server_side.plus = plus;
    server_side.channel_binding = plus ? binding : std::nullopt;
    auth::ScramServer server(server_side);
    auth::ScramClient::Terms client_side;
    client_side.password = Secret("pencil");
    client_side.nonce = "clientnonce";
    client_side.plus = plus;
    client_side.channel_binding = binding;
    auth::ScramClient client(client_side);
    client_first = client.client_first();
    server_first = server.on_client_first(client_first).value();
    client_final = client.on_server_first(server_first).value();
    server_final = server.on_client_final(client_final).value();
  }
};

const std::string kSettling = bytes(ParameterStatus{"client_encoding", "UTF8"}, ParameterStatus{"server_version", "15.4"},
                                    BackendKeyData{4711, "key!"}, ReadyForQuery{});

ConversationScript::MakePartner partner(const LoginRequest& with = request(), std::optional<std::string> binding = {}) {
  return [with, binding] { return std::make_unique<LoginPartner>(with, binding); };
}

ConversationScript scram_script(const std::string& settling) {
  const Exchange x;
  ConversationScript script;
  script.ours(bytes(kStartup))
      .peer(bytes(AuthenticationSASL{{"SCRAM-SHA-256"}}))
      .ours(bytes(SASLInitialResponse{"SCRAM-SHA-256", x.client_first}))
      .peer(bytes(AuthenticationSASLContinue{x.server_first}))
      .ours(bytes(SASLResponse{x.client_final}))
      .peer(bytes(AuthenticationSASLFinal{x.server_final}, AuthenticationOk{}))
      .peer(settling);
  return script;
}

TEST(LoginFlow, LogsInWithScram) { scram_script(kSettling).plays(partner()); }

TEST(LoginFlow, NeverTakesAnUpstreamThatDidNotProveItself) {
  // Without the settling, whose texts are not protected by anything.
  const Exchange x;
  ConversationScript script;
  script.ours(bytes(kStartup))
      .peer(bytes(AuthenticationSASL{{"SCRAM-SHA-256"}}))
      .ours(bytes(SASLInitialResponse{"SCRAM-SHA-256", x.client_first}))
      .peer(bytes(AuthenticationSASLContinue{x.server_first}))
      .ours(bytes(SASLResponse{x.client_final}))
      .peer(bytes(AuthenticationSASLFinal{x.server_final}))
      .peer(bytes(AuthenticationOk{}) + bytes(ParameterStatus{"client_encoding", "UTF8"}, ReadyForQuery{}));
  script.plays(partner());
  script.survives_sweep(partner());
}

TEST(LoginFlow, RemembersWhatTheUpstreamSaid) {
  const Exchange x;
  LoginPartner partner(request());
  partner.read(bytes(AuthenticationSASL{{"SCRAM-SHA-256"}}));
  partner.read(bytes(AuthenticationSASLContinue{x.server_first}));
  partner.read(bytes(AuthenticationSASLFinal{x.server_final}, AuthenticationOk{}));
  partner.read(bytes(ParameterStatus{"TimeZone", "UTC"}, ParameterStatus{"client_encoding", "UTF8"},
                     ParameterStatus{"TimeZone", "Europe/Berlin"}, BackendKeyData{4711, "key!"}, ReadyForQuery{}));
  ASSERT_TRUE(partner.succeeded());
  const UpstreamSession& session = partner.flow().session();
  EXPECT_EQ(session.parameter("TimeZone"), "Europe/Berlin");
  EXPECT_EQ(session.parameter("is_superuser"), "");
  EXPECT_EQ(session.parameters.size(), 2u);
  EXPECT_EQ(session.key, (BackendKeyData{4711, "key!"}));
}

TEST(LoginFlow, KeepsTheDerivedKeysForTheNextLogin) {
  auth::ScramClientKeys keys;
  LoginRequest with = request();
  with.keys = &keys;
  scram_script(kSettling).plays([&with] { return std::make_unique<LoginPartner>(with); });
  EXPECT_EQ(keys.iterations, 2);
  EXPECT_EQ(keys.password.reveal(), "pencil");
  scram_script(kSettling).plays([&with] { return std::make_unique<LoginPartner>(with); });
}

TEST(LoginFlow, BindsToTheChannelOverTls) {
  LoginRequest with = request();
  with.tls = true;
  const Exchange x("digest", true);
  ConversationScript script;
  script.ours(bytes(SSLRequest{}))
      .peer("S")
      .ours(bytes(kStartup))
      .peer(bytes(AuthenticationSASL{{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}}))
      .ours(bytes(SASLInitialResponse{"SCRAM-SHA-256-PLUS", x.client_first}))
      .peer(bytes(AuthenticationSASLContinue{x.server_first}))
      .ours(bytes(SASLResponse{x.client_final}))
      .peer(bytes(AuthenticationSASLFinal{x.server_final}, AuthenticationOk{}) + kSettling);
  script.plays(partner(with, "digest"));
}

TEST(LoginFlow, BeginsWithTlsWhereTheServerTakesItDirectly) {
  LoginRequest with = request();
  with.tls = with.direct_tls = true;
  LoginFlow flow(with);
  const LoginStep step = flow.start();
  EXPECT_EQ(step.next, LoginStep::Next::upgrade_to_tls);
  EXPECT_EQ(step.send, "");
  EXPECT_EQ(flow.on_tls("digest").send, bytes(kStartup));
}

TEST(LoginFlow, TakesNoLoginWithoutChannelBindingWhereItIsRequired) {
  LoginRequest with = request();
  with.tls = with.require_channel_binding = true;
  std::array<char, 4> salt{};
  for (const std::string& offer : {bytes(AuthenticationOk{}), bytes(AuthenticationMD5Password{salt}), bytes(AuthenticationCleartextPassword{}),
                                   bytes(AuthenticationSASL{{"SCRAM-SHA-256"}})}) {
    LoginPartner partner(with, "digest");
    partner.read("S");
    (void)partner.take_writes();
    partner.read(offer + kSettling);
    EXPECT_TRUE(partner.over());
    EXPECT_FALSE(partner.succeeded());
    EXPECT_TRUE(partner.take_writes().empty());
  }
  LoginPartner unable(with);  // the certificate has no hash to bind to
  unable.read("S");
  unable.read(bytes(AuthenticationSASL{{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}}));
  EXPECT_FALSE(unable.succeeded());
  EXPECT_TRUE(unable.over());
}

TEST(LoginFlow, LeavesChannelBindingAloneWhereItIsDisabled) {
  LoginRequest with = request();
  with.tls = true;
  with.use_channel_binding = false;
  const Exchange x;  // says 'n'
  LoginPartner partner(with, "digest");
  partner.read("S");
  (void)partner.take_writes();
  partner.read(bytes(AuthenticationSASL{{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}}));
  EXPECT_EQ(partner.take_writes().back(), bytes(SASLInitialResponse{"SCRAM-SHA-256", x.client_first}));
}

TEST(LoginFlow, GoesNowhereWithoutTlsWhenTlsIsWanted) {
  LoginRequest with = request();
  with.tls = true;
  for (const std::string& reply : {std::string("N"), std::string("E"), bytes(AuthenticationOk{}), std::string("Sx")}) {
    LoginPartner partner(with);
    (void)partner.take_writes();
    partner.read(reply);
    EXPECT_TRUE(partner.over());
    EXPECT_FALSE(partner.succeeded());
    EXPECT_TRUE(partner.take_writes().empty());
  }
}

TEST(LoginFlow, SendsAClearTextPasswordOverTlsAlone) {
  LoginPartner plain(request());
  (void)plain.take_writes();
  plain.read(bytes(AuthenticationCleartextPassword{}));
  EXPECT_TRUE(plain.over());
  EXPECT_TRUE(plain.take_writes().empty());

  LoginRequest with = request();
  with.tls = true;
  ConversationScript script;
  script.ours(bytes(SSLRequest{}))
      .peer("S")
      .ours(bytes(kStartup))
      .peer(bytes(AuthenticationCleartextPassword{}))
      .ours(bytes(PasswordMessage{"pencil"}))
      .peer(bytes(AuthenticationOk{}) + kSettling);
  script.plays(partner(with));
}

TEST(LoginFlow, AnswersMd5) {
  ConversationScript script;
  script.ours(bytes(kStartup))
      .peer(bytes(AuthenticationMD5Password{{'s', 'a', 'l', 't'}}))
      // "md5" + md5(md5("pencil" "sluice") "salt")
      .ours(bytes(PasswordMessage{"md5c01afdd47a3713ed924e7faf50096551"}))
      .peer(bytes(AuthenticationOk{}) + kSettling);
  script.plays(partner());
}

TEST(LoginFlow, KeepsTheUpstreamsErrorForTheLogAndAwayFromTheAgent) {
  LoginPartner partner(request());
  ErrorResponse response;
  response.fields.severity = response.fields.severity_unlocalized = "FATAL";
  response.fields.code = "28P01";
  response.fields.message = "password authentication failed for user \"sluice\"";
  partner.read(bytes(response));
  ASSERT_TRUE(partner.over());
  EXPECT_EQ(partner.flow().error().kind, ErrorKind::upstream_unavailable);
  EXPECT_EQ(partner.flow().error().message, "the upstream database is not available");
  EXPECT_EQ(partner.flow().log_text(), "FATAL 28P01: password authentication failed for user \"sluice\"");
  ASSERT_NE(partner.flow().upstream_error(), nullptr);
  EXPECT_EQ(*partner.flow().upstream_error(), response.fields);
  EXPECT_FALSE(partner.flow().authenticated());
}

TEST(LoginFlow, TellsAWrongSettingFromAWrongPassword) {
  LoginPartner partner(request());
  partner.read(bytes(AuthenticationOk{}));
  ErrorResponse response;
  response.fields.code = "22023";
  partner.read(bytes(response));
  EXPECT_TRUE(partner.over());
  EXPECT_TRUE(partner.flow().authenticated());
  EXPECT_EQ(partner.flow().upstream_error()->code, "22023");
}

TEST(LoginFlow, RefusesAnUpstreamWithAnotherEncoding) {
  for (const std::string& settling : {bytes(ParameterStatus{"client_encoding", "SJIS"}, ReadyForQuery{}), bytes(ReadyForQuery{})}) {
    LoginPartner partner(request());
    partner.read(bytes(AuthenticationOk{}) + settling);
    EXPECT_TRUE(partner.over());
    EXPECT_FALSE(partner.succeeded());
  }
}

TEST(LoginFlow, RefusesARequestThatNoStartupPacketHolds) {
  LoginRequest with = request();
  with.settings.emplace_back("application_name", std::string(kMaxStartupPacketBytes, 'x'));
  LoginPartner partner(with);
  EXPECT_TRUE(partner.over());
  EXPECT_TRUE(partner.take_writes().empty());
}

}  // namespace
}  // namespace sluice::protocol
