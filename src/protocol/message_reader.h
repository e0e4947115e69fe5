#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace sluice::protocol {

inline constexpr std::size_t kHeaderBytes = 5;                 ///< type byte and length
inline constexpr std::size_t kMaxStartupPacketBytes = 10'004;  ///< as PostgreSQL; length field included
/// The limit while the agent logs in. PostgreSQL takes 1024 for SASL and 65535 for tokens.
inline constexpr std::size_t kMaxLoginMessageBytes = 65'535;

/// One message in somebody's buffer. Dead as soon as that buffer changes: copy what must live longer.
struct MessageView {
  char type = 0;
  std::string_view body;   ///< without type and length
  std::string_view whole;  ///< type, length and body, for forwarding the very same bytes
};

/// Cuts messages out of a growing buffer.
///
///   MessageBuffer buffer(limit);
///   for (;;) {
///     SLUICE_TRY(message, buffer.next());
///     if (message) { handle(*message); continue; }           // views live until the next prepare()
///     const auto free = buffer.prepare(4096);
///     buffer.commit(read_into(free));
///   }
///
/// The memory is allocated by the first prepare(), grows with the bytes that really came (never with
/// the length that a message claims), and goes back to `usual_bytes` after a big message. prepare() hands
/// out all room there is, so ask for little: a `min_free` above what is left makes it grow or copy.
class MessageBuffer {
 public:
  /// `max_message_bytes` bounds a message with its header.
  explicit MessageBuffer(std::size_t max_message_bytes, std::size_t usual_bytes = 8192);

  MessageBuffer(const MessageBuffer&) = delete;
  MessageBuffer& operator=(const MessageBuffer&) = delete;

  /// Room for at least `min_free` more bytes (>= 1). Ends the life of all views given out before.
  [[nodiscard]] std::span<char> prepare(std::size_t min_free);
  /// The first `size` bytes of what prepare() gave have been filled.
  void commit(std::size_t size) noexcept;
  /// prepare(), copy and commit() in one: for bytes that were read into somebody else's buffer.
  void append(std::string_view bytes);

  /// Cuts the next whole message, or nullopt: more bytes are needed. Errors (protocol_violation,
  /// message_too_large) come as soon as the header is there and are final. Earlier views stay alive.
  [[nodiscard]] Result<std::optional<MessageView>> next();
  /// Cuts a start-up packet, which has no type byte: its body begins with the request code.
  [[nodiscard]] Result<std::optional<std::string_view>> next_startup();

  /// Bytes that were read but not cut yet: after SSLRequest there must be none.
  [[nodiscard]] std::string_view unread() const noexcept { return {storage_.get() + begin_, end_ - begin_}; }
  /// Takes all unread bytes out, e.g. to feed them to a FrameWalker. The view lives until the next prepare().
  [[nodiscard]] std::string_view take_unread() noexcept;
  /// Gives the memory back if nothing is unread: for sessions that go idle. Ends the life of all views.
  void release() noexcept;

  void set_limit(std::size_t max_message_bytes) noexcept { max_message_bytes_ = max_message_bytes; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  void move_tail_to(std::size_t new_capacity);

  std::unique_ptr<char[]> storage_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  ///< first byte not yet cut
  std::size_t end_ = 0;    ///< behind the last byte read
  std::size_t max_message_bytes_;
  std::size_t usual_bytes_;
};

}  // namespace sluice::protocol
