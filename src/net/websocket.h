#pragma once

#include <deque>
#include <memory>
#include <string>

#include "net/byte_stream.h"
#include "net/task.h"
#include "net/url_call.h"
#include "net/websocket_frames.h"

namespace sluice::net {

/// A WebSocket connection, as its client. Answers pings and sees by its own whether the other side is still there. Lives on the executor
/// that connected it.
class WebSocket : public std::enable_shared_from_this<WebSocket> {
 public:
  struct Limits {
    std::size_t message_bytes = 1u << 20;
    std::chrono::seconds quiet{20};    ///< after so long without a sign of the other side it is asked for one …
    std::chrono::seconds silence{45};  ///< … and after so long the connection is over
  };

  /// `url` with "https" for wss and "http" for ws. Errors as those of call_url().
  [[nodiscard]] static awaitable<Result<std::shared_ptr<WebSocket>>> connect(Url url, CallOptions options, Limits limits);
  explicit WebSocket(std::unique_ptr<ByteStream> stream, Executor executor, Limits limits);

  /// The next text. upstream_unavailable: the connection is over, orderly or not. One caller at a time.
  [[nodiscard]] awaitable<Result<std::string>> receive();
  /// Puts a text on its way.
  void send(std::string_view text);
  /// Says goodbye and ends the connection.
  void close();

 private:
  static awaitable<void> write_all(std::shared_ptr<WebSocket> socket);
  static awaitable<void> watch(std::shared_ptr<WebSocket> socket);
  void put(WebSocketOpcode opcode, std::string_view payload);

  std::unique_ptr<ByteStream> stream_;
  const Executor executor_;
  const Limits limits_;
  WebSocketReader reader_;
  std::deque<std::string> unsent_;
  bool writing_ = false;
  bool closed_ = false;
  Deadline last_sign_;
};

}  // namespace sluice::net
