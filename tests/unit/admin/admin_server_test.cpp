#include "admin/admin_server.h"

#include <gtest/gtest.h>

#include "net/connect.h"
#include "net/http_client.h"
#include "support/test_loop.h"
#include "unit/admin/fake_backend.h"

namespace sluice::admin {
namespace {

net::awaitable<Result<net::HttpResponse>> call(std::uint16_t port, net::HttpRequest request) {
  const net::Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  Result<std::unique_ptr<net::ByteStream>> stream = co_await net::connect_tcp("127.0.0.1", port, deadline);
  if (!stream.ok()) co_return std::move(stream).error();
  net::awaitable<Result<net::HttpResponse>> exchanging = net::http_exchange(**stream, std::move(request), "localhost");
  Result<net::HttpResponse> response = co_await std::move(exchanging);
  co_return response;
}

TEST(AdminServer, ServesTheApiOverTcpUntilItIsDestroyed) {
  test::TestLoop loop;
  FakeBackend fake;
  auto server = AdminServer::start(fake.backend(), loop.executor(), config::Listen{.address = "127.0.0.1", .port = 0});
  ASSERT_TRUE(server.ok()) << server.error().message;
  const std::uint16_t port = (*server)->port();
  net::HttpRequest request;
  request.method = "GET";
  request.path = std::string("/api/v1/approvals/") + FakeBackend::kRequest;
  request.fields = {{"authorization", "Bearer token-of-bob"}};
  const auto response = loop.result_of(call(port, request));
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->status, 200);

  // An idle connection does not keep it up.
  auto idle = loop.result_of(net::connect_tcp("127.0.0.1", port, net::kNever));
  ASSERT_TRUE(idle.ok());
  loop.run_ready();
  server->reset();
  loop.run_ready();
  char buffer[16];
  const auto ended = loop.result_of((*idle)->read_some(buffer));
  EXPECT_TRUE(!ended.ok() || *ended == 0);
  EXPECT_FALSE(loop.result_of(call(port, request)).ok());
}

TEST(AdminServer, NamesTheAddressThatItCannotHave) {
  test::TestLoop loop;
  FakeBackend fake;
  auto first = AdminServer::start(fake.backend(), loop.executor(), config::Listen{.address = "127.0.0.1", .port = 0});
  ASSERT_TRUE(first.ok());
  const auto second = AdminServer::start(fake.backend(), loop.executor(), config::Listen{.address = "127.0.0.1", .port = (*first)->port()});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::configuration);
}

}  // namespace
}  // namespace sluice::admin
