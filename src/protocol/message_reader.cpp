#include "protocol/message_reader.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace sluice::protocol {

MessageBuffer::MessageBuffer(std::size_t max_message_bytes, std::size_t usual_bytes)
    : max_message_bytes_(max_message_bytes), usual_bytes_(std::max<std::size_t>(usual_bytes, 64)) {}

std::span<char> MessageBuffer::prepare(std::size_t min_free) {
  const std::size_t tail = end_ - begin_;
  const std::size_t needed = tail + min_free;
  if (capacity_ > 4 * usual_bytes_ && needed <= usual_bytes_) {  // far above, lest it shrinks and grows at each read
    move_tail_to(usual_bytes_);
  } else if (needed > capacity_) {
    move_tail_to(std::max({needed, usual_bytes_, tail > 0 ? capacity_ * 2 : 0}));
  } else if (tail == 0) {
    begin_ = end_ = 0;
  } else if (capacity_ - end_ < min_free) {
    std::memmove(storage_.get(), storage_.get() + begin_, tail);
    begin_ = 0;
    end_ = tail;
  }
  return {storage_.get() + end_, capacity_ - end_};
}

void MessageBuffer::move_tail_to(std::size_t new_capacity) {
  const std::size_t tail = end_ - begin_;
  auto moved = std::make_unique_for_overwrite<char[]>(new_capacity);
  if (tail > 0) std::memcpy(moved.get(), storage_.get() + begin_, tail);
  storage_ = std::move(moved);
  capacity_ = new_capacity;
  begin_ = 0;
  end_ = tail;
}

void MessageBuffer::commit(std::size_t size) noexcept { end_ += std::min(size, capacity_ - end_); }

void MessageBuffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::span<char> free = prepare(bytes.size());
  std::memcpy(free.data(), bytes.data(), bytes.size());
  commit(bytes.size());
}

Result<std::optional<MessageView>> MessageBuffer::next() {
  const std::string_view bytes = unread();
  if (bytes.size() < kHeaderBytes) return std::optional<MessageView>();
  const std::size_t length = load_u32(bytes.data() + 1);
  if (length < 4) return make_error(ErrorKind::protocol_violation, "invalid message length");
  const std::size_t size = length + 1;
  if (size > max_message_bytes_) {
    return make_error(ErrorKind::message_too_large, "message of " + std::to_string(size) + " bytes is above the limit of " +
                                                        std::to_string(max_message_bytes_) + " bytes");
  }
  if (bytes.size() < size) return std::optional<MessageView>();
  begin_ += size;
  const std::string_view whole = bytes.substr(0, size);
  return std::optional(MessageView{whole.front(), whole.substr(kHeaderBytes), whole});
}

Result<std::optional<std::string_view>> MessageBuffer::next_startup() {
  const std::string_view bytes = unread();
  if (bytes.size() < 4) return std::optional<std::string_view>();
  const std::size_t size = load_u32(bytes.data());
  if (size < 8 || size > kMaxStartupPacketBytes) {
    return make_error(ErrorKind::protocol_violation, "invalid length of startup packet");
  }
  if (bytes.size() < size) return std::optional<std::string_view>();
  begin_ += size;
  return std::optional(bytes.substr(4, size - 4));
}

std::string_view MessageBuffer::take_unread() noexcept {
  const std::string_view bytes = unread();
  begin_ = end_;
  return bytes;
}

void MessageBuffer::release() noexcept {
  if (begin_ != end_) return;
  storage_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace sluice::protocol
