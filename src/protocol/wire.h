#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/result.h"

namespace sluice::protocol {

/// The error of every decoder: 08P01 "invalid Parse message".
[[nodiscard]] Error malformed(std::string_view message_name);

/// Writes the type byte and leaves room for the length; end_message() fills it in.
[[nodiscard]] inline std::size_t begin_message(std::string& out, char type) {
  out.push_back(type);
  const std::size_t length_at = out.size();
  out.append(4, '\0');
  return length_at;
}

inline void end_message(std::string& out, std::size_t length_at) {
  const auto length = static_cast<std::uint32_t>(out.size() - length_at);
  out[length_at] = static_cast<char>(length >> 24);
  out[length_at + 1] = static_cast<char>(length >> 16);
  out[length_at + 2] = static_cast<char>(length >> 8);
  out[length_at + 3] = static_cast<char>(length);
}

inline void append_c_string(std::string& out, std::string_view text) {
  out.append(text);
  out.push_back('\0');
}

/// A message that is its type byte and nothing else.
template <char Type>
struct EmptyMessage {
  static constexpr char kType = Type;

  [[nodiscard]] static Result<EmptyMessage> decode(std::string_view body) {
    if (!body.empty()) return malformed(std::string_view(&kType, 1));
    return EmptyMessage{};
  }
  void encode(std::string& out) const { end_message(out, begin_message(out, Type)); }

  friend bool operator==(EmptyMessage, EmptyMessage) = default;
};

/// An array of 16- or 32-bit integers, read in place from a message. Lives as long as the message.
template <class T>
class WireArrayView {
 public:
  static_assert(std::is_integral_v<T> && (sizeof(T) == 2 || sizeof(T) == 4));

  WireArrayView() = default;

  /// Reads the 16-bit count and the elements.
  [[nodiscard]] static WireArrayView read(ByteReader& reader) { return WireArrayView(reader.bytes(reader.u16() * sizeof(T))); }

  /// Writes `values` into `storage`, which stays alive and unchanged as long as the view.
  [[nodiscard]] static WireArrayView make(std::string& storage, std::span<const T> values) {
    storage.clear();
    for (const T value : values) {
      if constexpr (sizeof(T) == 2) append_u16(storage, static_cast<std::uint16_t>(value));
      if constexpr (sizeof(T) == 4) append_u32(storage, static_cast<std::uint32_t>(value));
    }
    return WireArrayView(storage);
  }

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() / sizeof(T); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  /// `index` is below size().
  [[nodiscard]] T operator[](std::size_t index) const noexcept {
    const char* at = bytes_.data() + index * sizeof(T);
    if constexpr (sizeof(T) == 2) {
      return static_cast<T>(static_cast<unsigned char>(at[0]) << 8 | static_cast<unsigned char>(at[1]));
    } else {
      return static_cast<T>(load_u32(at));
    }
  }

  void append_to(std::string& out) const {
    append_u16(out, static_cast<std::uint16_t>(size()));
    out.append(bytes_);
  }

  friend bool operator==(const WireArrayView&, const WireArrayView&) = default;

 private:
  explicit WireArrayView(std::string_view bytes) noexcept : bytes_(bytes) {}
  std::string_view bytes_;
};

/// A list of values as in Bind, DataRow and FunctionCall, walked in place: each is NULL (nullopt) or
/// bytes. Lives as long as the message. All lengths were checked when it was read.
class ValueListView {
 public:
  using Value = std::optional<std::string_view>;

  class iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = void;
    using reference = Value;

    iterator() = default;
    explicit iterator(const char* at) noexcept : at_(at) {}
    [[nodiscard]] Value operator*() const noexcept {
      const auto length = static_cast<std::int32_t>(load_u32(at_));
      if (length < 0) return std::nullopt;
      return std::string_view(at_ + 4, static_cast<std::size_t>(length));
    }
    iterator& operator++() noexcept {
      const auto length = static_cast<std::int32_t>(load_u32(at_));
      at_ += 4 + (length < 0 ? 0 : length);
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(iterator, iterator) = default;

   private:
    const char* at_ = nullptr;
  };

  ValueListView() = default;

  /// Reads the 16-bit count and the values; nullopt if a length is wrong.
  [[nodiscard]] static std::optional<ValueListView> read(ByteReader& reader);
  /// Writes `values` into `storage`, which stays alive and unchanged as long as the view.
  [[nodiscard]] static ValueListView make(std::string& storage, std::span<const Value> values);

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] iterator begin() const noexcept { return iterator(bytes_.data()); }
  [[nodiscard]] iterator end() const noexcept { return iterator(bytes_.data() + bytes_.size()); }
  /// The values as they are on the wire, without the count: for digests and equality.
  [[nodiscard]] std::string_view raw() const noexcept { return bytes_; }

  void append_to(std::string& out) const {
    append_u16(out, static_cast<std::uint16_t>(count_));
    out.append(bytes_);
  }

  friend bool operator==(const ValueListView&, const ValueListView&) = default;

 private:
  ValueListView(std::string_view bytes, std::size_t count) noexcept : bytes_(bytes), count_(count) {}
  std::string_view bytes_;
  std::size_t count_ = 0;
};

}  // namespace sluice::protocol
