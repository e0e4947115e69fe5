#include "net/http.h"

#include <gtest/gtest.h>

#include "net/http_client.h"
#include "net/http_server.h"
#include "support/memory_stream.h"
#include "support/test_loop.h"

namespace sluice::net {
namespace {

awaitable<HttpResponse> echo(HttpRequest request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) response.body += " " + name + "=" + value;
  response.body += " [" + request.body + "]";
  response.fields.emplace_back("x-trick", "a\r\nx-injected: b");
  co_return response;
}

class Http : public testing::Test {
 protected:
  static awaitable<void> talk(test::MemoryStream* client, std::string sent, std::string* received, bool leaves = true) {
    Status status = co_await client->write(sent);
    EXPECT_TRUE(status.ok());
    if (leaves) client->shutdown_send();
    char buffer[4096];
    while (true) {
      Result<std::size_t> size = co_await client->read_some(buffer);
      if (!size.ok() || *size == 0) co_return;
      received->append(buffer, *size);
    }
  }
  // All that the server answers to `sent`, which it reads in pieces of `piece` bytes. The client stays until the server has
  // closed, or `leaves` once it has asked.
  std::string answer(const std::string& sent, std::size_t piece = 1 << 20, bool leaves = true) {
    auto [client, server] = test::MemoryStream::make_pair(loop_.executor());
    server->limit_reads(piece);
    std::string received;
    loop_.run(both(serve_http(std::move(server), handler_, limits_), talk(client.get(), sent, &received, leaves)));
    return received;
  }
  static int status_of(const std::string& response) { return response.size() < 12 ? 0 : std::stoi(response.substr(9, 3)); }

  test::TestLoop loop_;
  HttpHandler handler_ = echo;
  HttpLimits limits_;
};

TEST_F(Http, AnswersRequestsOfOneConnectionInTurnHoweverTheyAreCut) {
  const std::string sent =
      "GET /a%20b?x=1&y=%C3%A9+z HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      "POST /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    const std::string received = answer(sent, piece);
    EXPECT_NE(received.find("GET /a b x=1 y=\xC3\xA9 z []"), std::string::npos) << received;
    EXPECT_NE(received.find("POST /c [hello]"), std::string::npos) << received;
    EXPECT_NE(received.find("POST /d [abcde]"), std::string::npos) << received;
  }
}

awaitable<HttpResponse> count(HttpRequest) {
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.stream = [](HttpBodyWriter& reader) -> awaitable<void> {
    for (const char* piece : {"one", "", "three"}) {
      if (!(co_await reader.write(piece)).ok()) co_return;
    }
  };
  co_return response;
}

TEST_F(Http, AStreamedBodyComesInPiecesAndEndsTheConnection) {
  handler_ = count;
  const std::string received = answer("GET /x HTTP/1.1\r\nHost: h\r\n\r\n", 1 << 20, false);
  EXPECT_NE(received.find("transfer-encoding: chunked\r\n"), std::string::npos) << received;
  EXPECT_NE(received.find("connection: close\r\n"), std::string::npos) << received;
  EXPECT_EQ(received.find("content-length"), std::string::npos) << received;
  EXPECT_TRUE(received.ends_with("\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n")) << received;
  const std::string old = answer("GET /x HTTP/1.0\r\n\r\n", 1 << 20, false);
  EXPECT_TRUE(old.ends_with("\r\n\r\nonethree")) << old;
  EXPECT_EQ(old.find("chunked"), std::string::npos);
  EXPECT_TRUE(answer("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("\r\n\r\n"));
}

awaitable<HttpResponse> endless(HttpRequest) {
  HttpResponse response;
  response.stream = [](HttpBodyWriter& reader) -> awaitable<void> {
    while (!reader.gone()) {
      if (!(co_await reader.write("more")).ok()) co_return;
    }
  };
  co_return response;
}

TEST_F(Http, AStreamedBodyEndsWithItsReader) {
  handler_ = endless;
  EXPECT_EQ(status_of(answer("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
}

TEST_F(Http, ClosesWhenAskedTo) {
  const std::string received = answer("GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(received.find("GET /1"), std::string::npos);
  EXPECT_EQ(received.find("GET /2"), std::string::npos);
}

TEST_F(Http, HeadHasNoBody) {
  const std::string received = answer("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(received), 200);
  EXPECT_TRUE(received.ends_with("\r\n\r\n"));
}

TEST_F(Http, AHeaderValueCannotStartAnotherHeader) {
  EXPECT_EQ(answer("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").find("x-injected"), std::string::npos);
}

TEST_F(Http, RefusesWhatIsMalformed) {
  for (const std::string sent : {
           "nonsense\r\n\r\n",
           "GET x HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /%ff HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /x HTTP/1.1\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
           "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
       }) {
    EXPECT_EQ(status_of(answer(sent)), 400) << sent << "\n" << answer(sent);
  }
}

TEST_F(Http, RefusesWhatIsTooLarge) {
  EXPECT_EQ(status_of(answer("GET /x HTTP/1.1\r\nHost: h\r\nX: " + std::string(20000, 'x') + "\r\n\r\n")), 431);
  EXPECT_EQ(status_of(answer("GET /" + std::string(200000, 'x'))), 431);
  EXPECT_EQ(status_of(answer("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n")), 413);
  EXPECT_EQ(status_of(answer("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n" + std::string(1048576, 'x'))), 200);
  std::string chunked = "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunked += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  EXPECT_EQ(status_of(answer(chunked + "0\r\n\r\n")), 413);
}

awaitable<void> trickle(test::MemoryStream* client, std::string* received) {
  Status status = co_await client->write("GET /x HTTP/1.1\r\n");
  EXPECT_TRUE(status.ok());
  char buffer[4096];
  Result<std::size_t> size = co_await client->read_some(buffer);
  if (size.ok()) received->assign(buffer, *size);
  client->close();
}

TEST_F(Http, ARequestThatNeverEndsTimesOut) {
  limits_.request_timeout = std::chrono::seconds(0);
  auto [client, server] = test::MemoryStream::make_pair(loop_.executor());
  std::string received;
  loop_.run(both(serve_http(std::move(server), handler_, limits_), trickle(client.get(), &received)));
  EXPECT_EQ(status_of(received), 0);  // the answer had no time either; but the connection is gone
}

TEST_F(Http, ClientAndServerUnderstandEachOther) {
  auto [client, server] = test::MemoryStream::make_pair(loop_.executor());
  spawn(loop_.executor(), serve_http(std::move(server), handler_, limits_));
  HttpRequest request{.method = "POST", .path = "/a b/\xC3\xA9", .query = {{"q", "1 & 2"}}, .fields = {}, .body = "hello", .peer = {}};
  Result<HttpResponse> response = loop_.result_of(http_exchange(*client, request, "h"));
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->content_type, "text/plain");
  EXPECT_EQ(response->body, "POST /a b/\xC3\xA9 q=1 & 2 [hello]");
}

TEST_F(Http, ClientRefusesAResponseThatIsCutOffAndHeadersWithLineBreaks) {
  auto [client, server] = test::MemoryStream::make_pair(loop_.executor());
  std::string ignored;
  spawn(loop_.executor(), talk(server.get(), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", &ignored));
  HttpRequest request{.method = "GET", .path = "/", .query = {}, .fields = {}, .body = {}, .peer = {}};
  EXPECT_FALSE(loop_.result_of(http_exchange(*client, request, "h")).ok());
  request.fields.emplace_back("authorization", "a\r\nb: c");
  EXPECT_EQ(loop_.result_of(http_exchange(*client, request, "h")).error().kind, ErrorKind::bad_request);
}

}  // namespace
}  // namespace sluice::net
