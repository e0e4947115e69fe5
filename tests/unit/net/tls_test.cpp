#include "net/tls.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/test_certificates.h"
#include "unit/net/stream_pair.h"

namespace sluice::net {
namespace {

using test::CertificateFiles;

class Tls : public testing::Test {
 protected:
  static awaitable<void> accept(ByteStream* stream, TlsServerContext* context, Status* out, std::string read_ahead = {}) {
    *out = co_await stream->accept_tls(*context, read_ahead);
    if (!out->ok()) stream->close();
  }
  static awaitable<void> connect(ByteStream* stream, TlsClientContext* context, std::string name, Status* out) {
    *out = co_await stream->connect_tls(*context, name);
    if (!out->ok()) stream->close();
  }

  // The client's view of the handshake.
  Status handshake(const CertificateFiles& files, TlsClientContext& client, const std::string& name) {
    auto server = TlsServerContext::load(files.certificate, files.key);
    EXPECT_TRUE(server.ok()) << server.error().message;
    pair_ = make_stream_pair(loop_);
    server_status_ = Done{};
    Status client_status = Done{};
    loop_.run(both(accept(pair_.server.get(), server->get(), &server_status_), connect(pair_.client.get(), &client, name, &client_status)));
    return client_status;
  }
  std::shared_ptr<TlsClientContext> verifying() {
    auto made = TlsClientContext::make(TlsVerification::full, authority_.ca_file());
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }

  test::TestAuthority authority_;
  test::TestLoop loop_;
  StreamPair pair_;
  Status server_status_ = Done{};
};

TEST_F(Tls, CarriesBytesBothWaysAndEndsWithCloseNotify) {
  auto client = verifying();
  ASSERT_TRUE(handshake(authority_.issue("DNS:db.test"), *client, "db.test").ok());
  EXPECT_TRUE(server_status_.ok());
  EXPECT_TRUE(pair_.server->encrypted());
  std::string at_server;
  std::string at_client;
  spawn(loop_.executor(), write_and_end(pair_.client.get(), "question"));
  loop_.run(read_to_end_into(pair_.server.get(), &at_server));
  spawn(loop_.executor(), write_and_end(pair_.server.get(), "answer"));
  loop_.run(read_to_end_into(pair_.client.get(), &at_client));
  EXPECT_EQ(at_server, "question");
  EXPECT_EQ(at_client, "answer");
}

TEST_F(Tls, LargeWritesInBothDirectionsAtOnceLoseNothing) {
  auto client = verifying();
  ASSERT_TRUE(handshake(authority_.issue("DNS:db.test"), *client, "db.test").ok());
  const std::string to_server(8u << 20, 'q');
  const std::string to_client(8u << 20, 'a');
  std::string at_server;
  std::string at_client;
  spawn(loop_.executor(), write_and_end(pair_.client.get(), to_server));
  spawn(loop_.executor(), write_and_end(pair_.server.get(), to_client));
  loop_.run_ready();
  loop_.run(both(read_to_end_into(pair_.server.get(), &at_server), read_to_end_into(pair_.client.get(), &at_client)));
  EXPECT_TRUE(at_server == to_server);
  EXPECT_TRUE(at_client == to_client);
}

TEST_F(Tls, VerifyFullAcceptsAnAddressInTheCertificate) {
  auto client = verifying();
  EXPECT_TRUE(handshake(authority_.issue("IP:127.0.0.1"), *client, "127.0.0.1").ok());
  EXPECT_TRUE(handshake(authority_.issue("IP:::1"), *client, "::1").ok());
}

TEST_F(Tls, VerifyFullRefusesAnotherName) {
  auto client = verifying();
  for (const char* names : {"DNS:other.test", "IP:127.0.0.1", "DNS:127.0.0.1", "DNS:*.test.evil", "DNS:d*.test"}) {
    const Status status = handshake(authority_.issue(names), *client, "db.test");
    ASSERT_FALSE(status.ok()) << names;
    EXPECT_EQ(status.error().kind, ErrorKind::upstream_unavailable);
    EXPECT_NE(status.error().message.find("hostname mismatch"), std::string::npos) << status.error().message;
  }
  EXPECT_FALSE(handshake(authority_.issue("DNS:127.0.0.1"), *client, "127.0.0.1").ok());
}

TEST_F(Tls, VerifyFullRefusesAnotherAuthorityAndAnExpiredCertificate) {
  test::TestAuthority stranger;
  auto client = verifying();
  EXPECT_FALSE(handshake(stranger.issue("DNS:db.test"), *client, "db.test").ok());
  EXPECT_FALSE(handshake(authority_.issue("DNS:db.test", -1), *client, "db.test").ok());
}

TEST_F(Tls, VerifyFullRefusesToRunWithoutAName) {
  auto client = verifying();
  EXPECT_FALSE(handshake(authority_.issue("DNS:db.test"), *client, "").ok());
}

TEST_F(Tls, WithoutVerificationAnyServerIsBelieved) {
  test::TestAuthority stranger;
  auto client = TlsClientContext::make(TlsVerification::none);
  ASSERT_TRUE(client.ok());
  EXPECT_TRUE(handshake(stranger.issue("DNS:other.test"), **client, "db.test").ok());
}

TEST_F(Tls, GarbageInsteadOfAHandshakeIsAProtocolViolation) {
  const CertificateFiles files = authority_.issue("DNS:db.test");
  auto server = TlsServerContext::load(files.certificate, files.key);
  ASSERT_TRUE(server.ok());
  pair_ = make_stream_pair(loop_);
  spawn(loop_.executor(), write_and_end(pair_.client.get(), "GET / HTTP/1.1\r\n\r\n"));
  const Status status = loop_.result_of(pair_.server->accept_tls(**server));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::protocol_violation);
}

TEST_F(Tls, ADeadlineEndsAHandshakeThatStalls) {
  const CertificateFiles files = authority_.issue("DNS:db.test");
  auto server = TlsServerContext::load(files.certificate, files.key);
  ASSERT_TRUE(server.ok());
  pair_ = make_stream_pair(loop_);
  pair_.server->set_deadline(in(std::chrono::milliseconds(30)));
  const Status status = loop_.result_of(pair_.server->accept_tls(**server));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::timed_out);
}

TEST_F(Tls, AnEndWithoutCloseNotifyIsNoOrderlyEnd) {
  auto client = verifying();
  ASSERT_TRUE(handshake(authority_.issue("DNS:db.test"), *client, "db.test").ok());
  // Reading first: with unread session tickets the kernel would send a reset.
  char buffer[16];
  ASSERT_TRUE(loop_.result_of(pair_.server->write("x")).ok());
  ASSERT_TRUE(loop_.result_of(pair_.client->read_some(buffer)).ok());
  pair_.client->close();
  EXPECT_EQ(loop_.result_of(read_to_end(*pair_.server)), "!protocol_violation");
}

TEST_F(Tls, RefusesAKeyThatEverybodyCanReadAndOneOfAnotherCertificate) {
  const CertificateFiles one = authority_.issue("DNS:db.test");
  const CertificateFiles two = authority_.issue("DNS:db.test");
  EXPECT_FALSE(TlsServerContext::load(one.certificate, two.key).ok());
  EXPECT_FALSE(TlsServerContext::load(one.certificate, one.key + ".missing").ok());
  EXPECT_FALSE(TlsServerContext::load(one.key, one.key).ok());
  ASSERT_EQ(chmod(one.key.c_str(), 0644), 0);
  const auto refused = TlsServerContext::load(one.certificate, one.key);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::configuration);
}

TEST_F(Tls, ShowsAClientCertificateAndReadsItsNames) {
  const CertificateFiles files = authority_.issue("DNS:db.test");
  auto server = TlsServerContext::load(files.certificate, files.key, "postgresql", authority_.ca_file());
  ASSERT_TRUE(server.ok()) << server.error().message;
  const auto shake = [&](TlsClientContext& client) {
    pair_ = make_stream_pair(loop_);
    server_status_ = Done{};
    Status client_status = Done{};
    loop_.run(both(accept(pair_.server.get(), server->get(), &server_status_), connect(pair_.client.get(), &client, "db.test", &client_status)));
  };
  auto with = verifying();
  const CertificateFiles own = authority_.issue("DNS:etl.test,URI:spiffe://x/etl,email:etl@x.test", 1, "etl-bot");
  ASSERT_TRUE(with->show_certificate(own.certificate, own.key).ok());
  with->name_protocol("postgresql");
  shake(*with);
  ASSERT_TRUE(server_status_.ok()) << server_status_.error().message;
  const PeerCertificate* shown = pair_.server->peer_certificate();
  ASSERT_NE(shown, nullptr);
  EXPECT_TRUE(shown->verified);
  EXPECT_EQ(shown->names.common_name, "etl-bot");
  EXPECT_EQ(shown->names.subject, "CN=etl-bot");
  EXPECT_EQ(shown->names.dns_names, (std::vector<std::string>{"etl.test"}));
  EXPECT_EQ(shown->names.uris, (std::vector<std::string>{"spiffe://x/etl"}));
  EXPECT_EQ(shown->names.emails, (std::vector<std::string>{"etl@x.test"}));
  EXPECT_EQ(pair_.server->application_protocol(), "postgresql");
  EXPECT_EQ(pair_.client->peer_certificate()->end_point_hash, (*server)->end_point_binding());

  auto without = verifying();
  shake(*without);
  EXPECT_TRUE(server_status_.ok()) << "nobody has to show one";
  EXPECT_EQ(pair_.server->peer_certificate(), nullptr);
  EXPECT_EQ(pair_.server->application_protocol(), "");

  test::TestAuthority stranger;
  auto foreign = verifying();
  const CertificateFiles theirs = stranger.issue("DNS:etl.test", 1, "etl-bot");
  ASSERT_TRUE(foreign->show_certificate(theirs.certificate, theirs.key).ok());
  shake(*foreign);
  EXPECT_FALSE(server_status_.ok()) << "but who shows a strange one is not let in";
}

TEST_F(Tls, TakesTheBeginningOfAHandshakeThatWasReadAlready) {
  const CertificateFiles files = authority_.issue("DNS:db.test");
  auto server = TlsServerContext::load(files.certificate, files.key);
  ASSERT_TRUE(server.ok());
  auto client = verifying();
  pair_ = make_stream_pair(loop_);
  Status client_status = Done{};
  spawn(loop_.executor(), connect(pair_.client.get(), client.get(), "db.test", &client_status));
  std::array<char, 20> begun{};
  const auto size = loop_.result_of(pair_.server->read_some(begun));
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(begun[0], 0x16);
  loop_.run(accept(pair_.server.get(), server->get(), &server_status_, std::string(begun.data(), *size)));
  EXPECT_TRUE(server_status_.ok());
  loop_.run_ready();
  EXPECT_TRUE(client_status.ok());
}

TEST_F(Tls, KnowsTheHashOfItsCertificateForChannelBinding) {
  const CertificateFiles files = authority_.issue("DNS:db.test");
  auto server = TlsServerContext::load(files.certificate, files.key);
  ASSERT_TRUE(server.ok());
  EXPECT_EQ((*server)->end_point_binding().size(), 32u);
}

}  // namespace
}  // namespace sluice::net
