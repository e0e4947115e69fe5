#pragma once

#include <memory>

#include "net/connect.h"
#include "net/listener.h"
#include "support/test_loop.h"

namespace sluice::net {

inline Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

/// Two ends of one TCP connection over loopback.
struct StreamPair {
  std::unique_ptr<ByteStream> client;
  std::unique_ptr<ByteStream> server;
};

inline awaitable<void> connect_pair(Listener* listener, StreamPair* pair) {
  Result<std::unique_ptr<ByteStream>> client = co_await connect_tcp("127.0.0.1", listener->port(), in(std::chrono::seconds(5)));
  Result<std::unique_ptr<ByteStream>> server = co_await listener->accept();
  EXPECT_TRUE(client.ok() && server.ok());
  pair->client = std::move(client).value();
  pair->server = std::move(server).value();
}

inline StreamPair make_stream_pair(test::TestLoop& loop) {
  Result<std::unique_ptr<Listener>> listener = Listener::open(loop.executor(), ListenAt{});
  EXPECT_TRUE(listener.ok());
  StreamPair pair;
  loop.run(connect_pair(listener->get(), &pair));
  return pair;
}

/// Everything until the end of the stream; "!" and the error's kind if it did not end in an orderly way.
inline awaitable<std::string> read_to_end(ByteStream& stream) {
  std::string all;
  char buffer[4096];
  while (true) {
    Result<std::size_t> size = co_await stream.read_some(buffer);
    if (!size.ok()) co_return all + "!" + std::string(to_text(size.error().kind));
    if (*size == 0) co_return all;
    all.append(buffer, *size);
  }
}

inline awaitable<void> read_to_end_into(ByteStream* stream, std::string* out) { *out = co_await read_to_end(*stream); }

inline awaitable<void> write_and_end(ByteStream* stream, std::string bytes) {
  Status status = co_await stream->write(bytes);
  EXPECT_TRUE(status.ok());
  stream->shutdown_send();
}

}  // namespace sluice::net
