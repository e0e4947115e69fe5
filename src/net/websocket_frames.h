#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::net {

/// RFC 6455's frames as a client sees them, without extensions. No I/O.
enum class WebSocketOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct WebSocketMessage {
  WebSocketOpcode opcode = WebSocketOpcode::text;  ///< never continuation
  std::string payload;
};

/// A whole frame to a server, masked with `key`, which must be unpredictable.
[[nodiscard]] std::string client_frame(WebSocketOpcode opcode, std::string_view payload, const std::array<std::uint8_t, 4>& key);

/// Cuts messages out of what a server sends; control frames come between the parts of a message.
class WebSocketReader {
 public:
  explicit WebSocketReader(std::size_t message_limit) : limit_(message_limit) {}

  void add(std::string_view bytes) { unread_.append(bytes); }
  /// The next message, or nothing before its last byte is there. protocol_violation: the connection has to end;
  /// message_too_large.
  [[nodiscard]] Result<std::optional<WebSocketMessage>> next();

 private:
  [[nodiscard]] Result<std::optional<WebSocketMessage>> take(bool last, WebSocketOpcode opcode, std::string payload);

  const std::size_t limit_;
  std::string unread_;
  std::optional<WebSocketMessage> begun_;  ///< of several frames
};

/// What a server must answer to Sec-WebSocket-Key.
[[nodiscard]] std::string websocket_accept(std::string_view key);

}  // namespace sluice::net
