#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/message_reader.h"

namespace sluice::protocol {

/// What FrameWalker found next in the bytes that it was fed.
struct Frame {
  enum class Kind {
    need_bytes,  ///< the chunk is used up: feed the next one
    bulk,        ///< a stretch of DataRow or CopyData messages, to be forwarded as it stands
    message,     ///< one whole message of any other type
    held_back,   ///< a bulk message comes next, but the allowance is spent
  };

  Kind kind = Kind::need_bytes;
  char type = 0;              ///< bulk: 'D' or 'd', one stretch never mixes them; message: its type
  std::uint64_t started = 0;  ///< bulk: how many messages begin in this stretch
  std::string_view bytes;     ///< bulk: part of the chunk, may begin and end inside a message; message: all of it

  /// For Kind::message only.
  [[nodiscard]] MessageView message() const noexcept { return {type, bytes.substr(kHeaderBytes), bytes}; }
};

/// Walks a stream of messages without holding rows: for the relay that moves whole buffers.
///
///   walker.feed(chunk);                       // any cut of the stream, e.g. one read of 64 KiB
///   for (;;) {
///     SLUICE_TRY(frame, walker.next());
///     if (frame.kind == Frame::Kind::need_bytes) break;
///     ...                                     // bulk: forward frame.bytes, count frame.started
///   }                                         // message: look at frame.message(), forward or not
///
/// Frames come in the order of the stream and their `bytes`, put together, are the stream. Rows pass
/// as views of the chunk, whatever their length. Other messages are views of the chunk too when they
/// lie in it as a whole; one that is cut by the chunk's end is collected inside the walker (up to
/// `max_message_bytes`), so that no byte of it has passed before it is known as a whole.
/// Consecutive views of one chunk are adjacent in memory: a caller that forwards them all may write
/// them as one.
class FrameWalker {
 public:
  /// Which message types are bulk: 'D' is DataRow from the upstream, but Describe from the agent.
  enum class Source { upstream, agent };
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

  FrameWalker(Source source, std::size_t max_message_bytes) noexcept
      : rows_are_bulk_(source == Source::upstream), max_message_bytes_(max_message_bytes) {}

  /// The last chunk must be used up (next() said need_bytes). `chunk` stays alive and unchanged until
  /// it is used up too.
  void feed(std::string_view chunk) noexcept { rest_ = chunk; }

  /// At most `allowance` bulk messages begin in the frame; with none left, held_back. A frame lives
  /// until the next call and as long as the chunk. Errors are final: protocol_violation for a length
  /// below 4, message_too_large for a message to be collected above the limit.
  [[nodiscard]] Result<Frame> next(std::uint64_t allowance = kUnlimited);

  /// True if the last bulk frame ended inside a message: nothing else may be sent to its receiver.
  [[nodiscard]] bool inside_bulk() const noexcept { return bulk_left_ > 0 || bulk_header_seen_ > 0; }
  /// True between messages: the stream may end or change hands here.
  [[nodiscard]] bool at_boundary() const noexcept { return !inside_bulk() && (collected_.empty() || collected_done_) && rest_.empty(); }
  /// Bytes fed but not walked yet. The walker forgets them.
  [[nodiscard]] std::string_view take_rest() noexcept;

 private:
  [[nodiscard]] bool is_bulk(char type) const noexcept { return type == 'd' || (type == 'D' && rows_are_bulk_); }
  Result<Frame> walk_bulk(std::uint64_t allowance);
  Result<Frame> cut_message();
  Result<Frame> collect();

  std::string_view rest_;
  std::string collected_;        ///< a message that a chunk's end has cut
  bool collected_done_ = false;  ///< `collected_` was handed out and is emptied by the next call
  char bulk_type_ = 0;
  std::uint32_t bulk_left_ = 0;        ///< bytes of the current bulk message still to come
  std::uint32_t bulk_length_ = 0;      ///< length field read so far
  std::uint8_t bulk_header_seen_ = 0;  ///< header bytes passed of a bulk message whose header was cut; 0 = none
  bool rows_are_bulk_;
  std::size_t max_message_bytes_;
};

}  // namespace sluice::protocol
