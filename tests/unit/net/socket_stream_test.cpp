#include "net/socket_stream.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "unit/net/stream_pair.h"

namespace sluice::net {
namespace {

using std::chrono::milliseconds;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

TEST(SocketStream, CarriesBytesBothWaysAndEndsInAnOrderlyWay) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  std::string at_server;
  std::string at_client;
  spawn(loop.executor(), write_and_end(pair.client.get(), "question"));
  loop.run(read_to_end_into(pair.server.get(), &at_server));
  // Half closed: the other direction still works.
  spawn(loop.executor(), write_and_end(pair.server.get(), "answer"));
  loop.run(read_to_end_into(pair.client.get(), &at_client));
  EXPECT_EQ(at_server, "question");
  EXPECT_EQ(at_client, "answer");
  EXPECT_TRUE(pair.server->peer().starts_with("127.0.0.1:"));
  EXPECT_FALSE(pair.server->encrypted());
}

TEST(SocketStream, WaitsForASlowReaderAndLosesNothing) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  const std::string sent = pattern(20u << 20);
  std::string received;
  spawn(loop.executor(), write_and_end(pair.client.get(), sent));
  loop.run_ready();  // the kernel's buffers are full now and the writer waits
  loop.run(read_to_end_into(pair.server.get(), &received));
  EXPECT_TRUE(received == sent);
}

TEST(SocketStream, ADeadlineEndsAPendingReadAndEverythingAfterIt) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  pair.server->set_deadline(in(milliseconds(20)));
  EXPECT_EQ(loop.result_of(read_to_end(*pair.server)), "!timed_out");
  EXPECT_EQ(loop.result_of(read_to_end(*pair.server)), "!timed_out");
  Status status = loop.result_of(pair.server->write("x"));
  EXPECT_EQ(status.error().kind, ErrorKind::timed_out);
}

TEST(SocketStream, ALaterDeadlineReplacesAnEarlierOneAndRevivesAnExpiredStream) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  pair.server->set_deadline(in(milliseconds(20)));
  pair.server->set_deadline(in(milliseconds(60)));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(loop.result_of(read_to_end(*pair.server)), "!timed_out");
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(55));
  pair.server->set_deadline(kNever);
  spawn(loop.executor(), write_and_end(pair.client.get(), "late"));
  EXPECT_EQ(loop.result_of(read_to_end(*pair.server)), "late");
}

TEST(SocketStream, ADeadlineEndsAWriteThatNobodyReads) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  pair.client->set_deadline(in(milliseconds(50)));
  const std::string sent = pattern(20u << 20);
  Status status = loop.result_of(pair.client->write(sent));
  EXPECT_EQ(status.error().kind, ErrorKind::timed_out);
}

awaitable<void> close_it(ByteStream* stream) {
  stream->close();
  stream->close();
  co_return;
}

TEST(SocketStream, AWriteOfWhichThePeerTakesNothingEndsAtTheWriteTimeout) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  pair.client->set_write_timeout(milliseconds(30));
  const std::string bytes = pattern(20u << 20);
  Status status = loop.result_of(pair.client->write(bytes));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::timed_out);
}

// Half a second in all, and never as long as the time limit without a byte taken.
TEST(SocketStream, ASlowReaderIsNotStuck) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  pair.client->set_write_timeout(milliseconds(250));
  const std::string sent = pattern(12u << 20);
  spawn(loop.executor(), write_and_end(pair.client.get(), sent));
  const auto read_slowly = [](ByteStream* stream, std::size_t* total) -> awaitable<void> {
    std::vector<char> buffer(2u << 20);
    for (;;) {
      co_await sleep_until(in(milliseconds(50)));
      std::size_t step = 0;
      while (step < buffer.size()) {
        const Result<std::size_t> size = co_await stream->read_some(buffer);
        EXPECT_TRUE(size.ok());
        if (!size.ok() || *size == 0) co_return;
        step += *size;
        *total += *size;
      }
    }
  };
  std::size_t total = 0;
  loop.run(read_slowly(pair.server.get(), &total));
  EXPECT_EQ(total, sent.size());
}

TEST(SocketStream, SetsWhatTheOptionsSay) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto get = [socket](int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(::getsockopt(socket, level, name, &value, &size), 0);
    return value;
  };
  set_tcp_options(socket, TcpOptions{std::chrono::seconds(7), std::chrono::seconds(3), 2, milliseconds(5000)});
  EXPECT_EQ(get(SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(get(IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(get(IPPROTO_TCP, TCP_KEEPIDLE), 7);
  EXPECT_EQ(get(IPPROTO_TCP, TCP_KEEPINTVL), 3);
  EXPECT_EQ(get(IPPROTO_TCP, TCP_KEEPCNT), 2);
  EXPECT_EQ(get(IPPROTO_TCP, TCP_USER_TIMEOUT), 5000);
  ::close(socket);
}

TEST(SocketStream, CloseEndsAPendingRead) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  std::string seen;
  spawn(loop.executor(), read_to_end_into(pair.server.get(), &seen));
  loop.run_ready();
  loop.run(close_it(pair.server.get()));
  loop.run_ready();
  EXPECT_EQ(seen, "!canceled");
}

TEST(SocketStream, WritingToAPeerThatLeftIsAnErrorAndNoSignal) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  pair.server.reset();
  Status status = Done{};
  for (int i = 0; i < 100 && status.ok(); ++i) status = loop.result_of(pair.client->write(pattern(100000)));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::upstream_unavailable);
}

TEST(SocketStream, ReadsWhatThePeerSentBeforeItLeft) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  loop.run(write_and_end(pair.client.get(), "last words"));
  pair.client.reset();
  EXPECT_EQ(loop.result_of(read_to_end(*pair.server)), "last words");
}

TEST(SocketStream, MayBeDestroyedWithItsDeadlineArmed) {
  test::TestLoop loop;
  StreamPair pair = make_stream_pair(loop);
  pair.server->set_deadline(in(milliseconds(10)));
  pair.server.reset();
  loop.run(sleep_until(in(milliseconds(30))));
}

}  // namespace
}  // namespace sluice::net
