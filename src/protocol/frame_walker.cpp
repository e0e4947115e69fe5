#include "protocol/frame_walker.h"

#include <algorithm>

#include "base/bytes.h"

namespace sluice::protocol {
namespace {

/// The field is a signed number that counts itself.
constexpr bool legal(std::uint32_t length) { return length >= 4 && length <= 0x7fffffffU; }

Error invalid_length() { return make_error(ErrorKind::protocol_violation, "invalid message length"); }

}  // namespace

std::string_view FrameWalker::take_rest() noexcept {
  const std::string_view rest = rest_;
  rest_ = {};
  return rest;
}

Result<Frame> FrameWalker::next(std::uint64_t allowance) {
  if (collected_done_) {
    collected_.clear();
    // A big message must not pin its memory on a session that may idle for hours.
    if (collected_.capacity() > 4096) collected_.shrink_to_fit();
    collected_done_ = false;
  }
  if (rest_.empty()) return Frame{};
  if (!collected_.empty()) return collect();
  if (inside_bulk() || is_bulk(rest_.front())) return walk_bulk(allowance);
  return cut_message();
}

// The loop over rows: per row one type compare, one length load, one add.
Result<Frame> FrameWalker::walk_bulk(std::uint64_t allowance) {
  const char* const begin = rest_.data();
  const char* const end = begin + rest_.size();
  const char* at = begin;
  std::uint64_t started = 0;

  if (bulk_header_seen_ > 0) {  // the last chunk ended inside a header
    while (bulk_header_seen_ < kHeaderBytes && at != end) {
      bulk_length_ = bulk_length_ << 8 | static_cast<unsigned char>(*at++);
      ++bulk_header_seen_;
    }
    if (bulk_header_seen_ == kHeaderBytes) {
      if (!legal(bulk_length_)) return invalid_length();
      bulk_left_ = bulk_length_ - 4;
      bulk_header_seen_ = 0;
    }
  }
  if (bulk_header_seen_ == 0) {
    if (bulk_left_ > 0) {
      const std::size_t cut = std::min<std::size_t>(bulk_left_, static_cast<std::size_t>(end - at));
      at += cut;
      bulk_left_ -= static_cast<std::uint32_t>(cut);
    } else if (at == begin) {
      bulk_type_ = *at;
    }
    while (at != end && *at == bulk_type_ && started < allowance) {
      const auto left = static_cast<std::size_t>(end - at);
      if (left < kHeaderBytes) {  // the type is known: what there is may pass
        bulk_length_ = 0;
        for (std::size_t i = 1; i < left; ++i) bulk_length_ = bulk_length_ << 8 | static_cast<unsigned char>(at[i]);
        bulk_header_seen_ = static_cast<std::uint8_t>(left);
        at = end;
        ++started;
        break;
      }
      const std::uint32_t length = load_u32(at + 1);
      if (!legal(length)) return invalid_length();
      const std::size_t size = std::size_t{length} + 1;
      ++started;
      if (size > left) {
        bulk_left_ = static_cast<std::uint32_t>(size - left);
        at = end;
        break;
      }
      at += size;
    }
  }

  const auto walked = static_cast<std::size_t>(at - begin);
  if (walked == 0) return Frame{Frame::Kind::held_back, *at, 0, {}};
  const Frame frame{Frame::Kind::bulk, bulk_type_, started, rest_.substr(0, walked)};
  rest_.remove_prefix(walked);
  return frame;
}

Result<Frame> FrameWalker::cut_message() {
  if (rest_.size() < kHeaderBytes) return collect();
  const std::uint32_t length = load_u32(rest_.data() + 1);
  if (!legal(length)) return invalid_length();
  const std::size_t size = std::size_t{length} + 1;
  if (size > rest_.size()) return collect();
  const Frame frame{Frame::Kind::message, rest_.front(), 0, rest_.substr(0, size)};
  rest_.remove_prefix(size);
  return frame;
}

Result<Frame> FrameWalker::collect() {
  const auto take = [this](std::size_t up_to) {
    const std::size_t cut = std::min(up_to - std::min(up_to, collected_.size()), rest_.size());
    collected_.append(rest_.substr(0, cut));
    rest_.remove_prefix(cut);
  };
  take(kHeaderBytes);
  if (collected_.size() < kHeaderBytes) return Frame{};
  const std::uint32_t length = load_u32(collected_.data() + 1);
  if (!legal(length)) return invalid_length();
  const std::size_t size = std::size_t{length} + 1;
  if (size > max_message_bytes_) {
    return make_error(ErrorKind::message_too_large, "message of " + std::to_string(size) + " bytes is above the limit of " +
                                                        std::to_string(max_message_bytes_) + " bytes");
  }
  take(size);
  if (collected_.size() < size) return Frame{};
  collected_done_ = true;
  return Frame{Frame::Kind::message, collected_.front(), 0, collected_};
}

}  // namespace sluice::protocol
