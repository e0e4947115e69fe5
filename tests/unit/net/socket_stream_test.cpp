#include "net/socket_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

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
