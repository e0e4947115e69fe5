#include <gtest/gtest.h>

#include "auth/scram_client.h"
#include "auth/scram_server.h"
#include "auth/scram_text.h"

namespace sluice::auth {
namespace {

constexpr int kFewIterations = 3;

ScramVerifier pencil() { return make_verifier("pencil", "0123456789abcdef", kFewIterations); }

ScramServer::Terms server_terms() {
  ScramServer::Terms terms;
  terms.verifier = pencil();
  return terms;
}
ScramClient::Terms client_terms(std::string password = "pencil") {
  ScramClient::Terms terms;
  terms.password = Secret(std::move(password));
  return terms;
}

/// Plays the whole exchange; the first error of either side ends it.
Status play(ScramClient& client, ScramServer& server) {
  SLUICE_TRY(server_first, server.on_client_first(client.client_first()));
  SLUICE_TRY(client_final, client.on_server_first(server_first));
  SLUICE_TRY(server_final, server.on_client_final(client_final));
  return client.on_server_final(server_final);
}

TEST(ScramExchange, FollowsTheExampleOfRfc7677) {
  std::string salt;
  ASSERT_TRUE(from_base64("W22ZaJ0SNY7soEsUEjb6gQ==", salt));
  ScramServer::Terms server_side;
  server_side.verifier = make_verifier("pencil", salt);
  server_side.nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  ScramServer server(server_side);
  ScramClient::Terms client_side = client_terms();
  client_side.user = "user";
  client_side.nonce = "rOprNGfwEbeRWgbNEkqO";
  ScramClient client(client_side);

  EXPECT_EQ(client.client_first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  const auto server_first = server.on_client_first(client.client_first());
  ASSERT_TRUE(server_first.ok());
  EXPECT_EQ(*server_first, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  const auto client_final = client.on_server_first(*server_first);
  ASSERT_TRUE(client_final.ok());
  EXPECT_EQ(*client_final, "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  const auto server_final = server.on_client_final(*client_final);
  ASSERT_TRUE(server_final.ok());
  EXPECT_EQ(*server_final, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  EXPECT_TRUE(client.on_server_final(*server_final).ok());
}

TEST(ScramExchange, RefusesAWrongPassword) {
  ScramServer server(server_terms());
  ScramClient client(client_terms("pencils"));
  const Status outcome = play(client, server);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid_credentials);
}

TEST(ScramExchange, RefusesEvenTheRightPasswordWhenDoomed) {
  ScramServer::Terms terms = server_terms();
  terms.doomed = true;
  ScramServer server(terms);
  ScramClient client(client_terms());
  const Status outcome = play(client, server);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid_credentials);
}

TEST(ScramExchange, AVerifierOfZerosIsSatisfiedByNobody) {
  ScramServer::Terms terms;
  terms.verifier = mock_verifier("nobody", "secret", kFewIterations);
  ScramServer server(terms);
  ScramClient client(client_terms(""));
  EXPECT_FALSE(play(client, server).ok());
}

TEST(ScramExchange, SavesTheDerivationWhenKeysAreKept) {
  ScramServer server(server_terms());
  ScramClient first(client_terms());
  ASSERT_TRUE(play(first, server).ok());

  // Keys of "pencil" under another password's name: they work, so nothing was derived.
  ScramClient::Terms terms = client_terms("pen");
  terms.keys = first.keys();
  terms.keys.password = Secret("pen");
  ScramServer again(server_terms());
  ScramClient second(terms);
  EXPECT_TRUE(play(second, again).ok());

  ScramClient::Terms wrong = client_terms("pen");
  wrong.keys = first.keys();
  ScramServer strict(server_terms());
  ScramClient after_a_change(wrong);
  EXPECT_FALSE(play(after_a_change, strict).ok()) << "keys of the old password must not outlive it";

  ScramServer::Terms other = server_terms();
  other.verifier = make_verifier("pencil", "another salt", kFewIterations);
  ScramServer changed(other);
  ScramClient::Terms stale = client_terms();
  stale.keys = first.keys();
  ScramClient third(stale);
  EXPECT_TRUE(play(third, changed).ok()) << "a changed salt makes it derive anew";
}

TEST(ScramExchange, DetectsAServerThatDoesNotKnowTheVerifier) {
  ScramServer server(server_terms());
  ScramClient client(client_terms());
  const auto server_first = server.on_client_first(client.client_first());
  ASSERT_TRUE(client.on_server_first(*server_first).ok());
  EXPECT_FALSE(client.on_server_final("v=" + base64_of(std::string(32, 'x'))).ok());
  EXPECT_FALSE(client.on_server_final("v=").ok());
  EXPECT_FALSE(client.on_server_final("e=other-error").ok());
  EXPECT_FALSE(client.on_server_final("").ok());
}

TEST(ScramExchange, BindsToTheChannelWithPlus) {
  ScramServer::Terms server_side = server_terms();
  server_side.plus = true;
  server_side.channel_binding = "digest of the certificate";
  ScramClient::Terms client_side = client_terms();
  client_side.plus = true;
  client_side.channel_binding = "digest of the certificate";
  {
    ScramServer server(server_side);
    ScramClient client(client_side);
    EXPECT_TRUE(play(client, server).ok());
  }
  client_side.channel_binding = "digest of somebody else's certificate";
  ScramServer server(server_side);
  ScramClient client(client_side);
  const Status outcome = play(client, server);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid_authorization);
}

TEST(ScramExchange, NoticesThatPlusWasCutOutOfTheOffer) {
  ScramServer::Terms server_side = server_terms();
  server_side.channel_binding = "digest";  // PLUS was offered
  ScramClient::Terms client_side = client_terms();
  client_side.channel_binding = "digest";  // and could have been chosen
  ScramServer server(server_side);
  ScramClient client(client_side);
  const Status outcome = play(client, server);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid_authorization);

  ScramServer without_plus(server_terms());
  ScramClient able(client_side);
  EXPECT_TRUE(play(able, without_plus).ok()) << "'y' is fine where PLUS was never offered";
}

TEST(ScramServer, RefusesMalformedFirstMessages) {
  for (const std::string_view message :
       {"", "n", "n,", "n,,", "n,,n=", "n,,n=,r=", "n,,r=abc", "n,,n=,r=a b", "x,,n=,r=abc", "p=tls-unique,,n=,r=abc", "n,a=admin,n=,r=abc",
        "n,,m=ext,n=,r=abc", "n;,n=,r=abc", ",,n=,r=abc", "p=tls-server-end-point,,n=,r=abc"}) {
    ScramServer server(server_terms());
    EXPECT_FALSE(server.on_client_first(message).ok()) << message;
  }
}

TEST(ScramServer, RefusesEveryFinalMessageCutShortOrDamaged) {
  ScramServer::Terms terms = server_terms();
  terms.nonce = "servernonce";
  ScramClient::Terms client_side = client_terms();
  client_side.nonce = "clientnonce";
  ScramClient client(client_side);
  ScramServer probe(terms);
  const std::string final = *client.on_server_first(*probe.on_client_first(client.client_first()));
  const auto accepted = [&](const std::string& message) {
    ScramServer server(terms);
    EXPECT_TRUE(server.on_client_first("n,,n=,r=clientnonce").ok());
    return server.on_client_final(message).ok();
  };
  ASSERT_TRUE(accepted(final));
  for (std::size_t size = 0; size < final.size(); ++size) EXPECT_FALSE(accepted(final.substr(0, size)));
  for (std::size_t at = 0; at < final.size(); ++at) {
    std::string damaged = final;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(accepted(damaged)) << damaged;
  }
}

TEST(ScramClient, RefusesMalformedChallenges) {
  for (const std::string_view message :
       {"", "r=", "r=clientnonce,s=AA==,i=1", "r=foreign,s=AA==,i=1", "r=clientnonceX,s=,i=1", "r=clientnonceX,s=!,i=1",
        "r=clientnonceX,s=AA==,i=0", "r=clientnonceX,s=AA==,i=-1", "r=clientnonceX,s=AA==,i=99999999", "r=clientnonceX,s=AA==,i=1x",
        "r=clientnonceX,s=AA==", "m=x,r=clientnonceX,s=AA==,i=1"}) {
    ScramClient::Terms terms = client_terms();
    terms.nonce = "clientnonce";
    ScramClient client(terms);
    (void)client.client_first();
    EXPECT_FALSE(client.on_server_first(message).ok()) << message;
  }
}

}  // namespace
}  // namespace sluice::auth
