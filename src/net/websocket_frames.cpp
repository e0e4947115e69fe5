#include "net/websocket_frames.h"

#include <openssl/evp.h>

#include <utility>

#include "base/digest.h"
#include "base/utf8.h"

namespace sluice::net {
namespace {

Error broken(const char* why) { return make_error(ErrorKind::protocol_violation, std::string("WebSocket: ") + why); }

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = front_code_point(text, code);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_control(WebSocketOpcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }
bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

std::string client_frame(WebSocketOpcode opcode, std::string_view payload, const std::array<std::uint8_t, 4>& key) {
  std::string frame;
  frame.push_back(static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
  const std::uint64_t size = payload.size();
  const int length_bytes = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
  frame.push_back(static_cast<char>(0x80 | (length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127)));
  for (int i = length_bytes - 1; i >= 0; --i) frame.push_back(static_cast<char>(size >> (8 * i) & 0xFF));
  frame.append(reinterpret_cast<const char*>(key.data()), key.size());
  for (std::size_t i = 0; i < payload.size(); ++i) frame.push_back(static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ key[i % 4]));
  return frame;
}

Result<std::optional<WebSocketMessage>> WebSocketReader::next() {
  for (;;) {
    const auto byte = [this](std::size_t i) { return static_cast<std::uint8_t>(unread_[i]); };
    if (unread_.size() < 2) return std::optional<WebSocketMessage>();
    const bool last = (byte(0) & 0x80) != 0;
    if ((byte(0) & 0x70) != 0) return broken("an extension that was not agreed on");
    if (!is_known(byte(0) & 0x0F)) return broken("an unknown kind of frame");
    const auto opcode = static_cast<WebSocketOpcode>(byte(0) & 0x0F);
    if ((byte(1) & 0x80) != 0) return broken("a server does not mask");
    const std::size_t short_length = byte(1) & 0x7F;
    const std::size_t length_bytes = short_length < 126 ? 0 : short_length == 126 ? 2 : 8;
    if (is_control(opcode) && (!last || length_bytes > 0)) return broken("a control frame is in parts or too long");
    if (unread_.size() < 2 + length_bytes) return std::optional<WebSocketMessage>();
    std::uint64_t length = length_bytes == 0 ? short_length : 0;
    for (std::size_t i = 0; i < length_bytes; ++i) length = length << 8 | byte(2 + i);
    const std::size_t so_far = begun_ && !is_control(opcode) ? begun_->payload.size() : 0;
    if (length > limit_ || so_far + length > limit_) return make_error(ErrorKind::message_too_large, "WebSocket: a message above the limit");
    const std::size_t header = 2 + length_bytes;
    if (unread_.size() - header < length) return std::optional<WebSocketMessage>();
    std::string payload = unread_.substr(header, static_cast<std::size_t>(length));
    unread_.erase(0, header + static_cast<std::size_t>(length));
    SLUICE_TRY(message, take(last, opcode, std::move(payload)));
    if (message) return message;
  }
}

Result<std::optional<WebSocketMessage>> WebSocketReader::take(bool last, WebSocketOpcode opcode, std::string payload) {
  if (is_control(opcode)) return std::optional(WebSocketMessage{opcode, std::move(payload)});
  if ((opcode == WebSocketOpcode::continuation) != begun_.has_value()) return broken("parts of messages are out of order");
  if (begun_) {
    begun_->payload += payload;
  } else {
    begun_ = WebSocketMessage{opcode, std::move(payload)};
  }
  if (!last) return std::optional<WebSocketMessage>();
  std::optional<WebSocketMessage> whole = std::exchange(begun_, std::nullopt);
  if (whole->opcode == WebSocketOpcode::text && !is_utf8(whole->payload)) return broken("a text that is no UTF-8");
  return whole;
}

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};  // equals no answer
  return to_base64({digest.data(), size});
}

}  // namespace sluice::net
