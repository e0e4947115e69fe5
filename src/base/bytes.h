#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

// Big-endian, as PostgreSQL's wire protocol and our own file formats are.

inline void append_u8(std::string& out, std::uint8_t value) { out.push_back(static_cast<char>(value)); }
inline void append_u16(std::string& out, std::uint16_t value) {
  append_u8(out, static_cast<std::uint8_t>(value >> 8));
  append_u8(out, static_cast<std::uint8_t>(value));
}
inline void append_u32(std::string& out, std::uint32_t value) {
  append_u16(out, static_cast<std::uint16_t>(value >> 16));
  append_u16(out, static_cast<std::uint16_t>(value));
}
inline void append_u64(std::string& out, std::uint64_t value) {
  append_u32(out, static_cast<std::uint32_t>(value >> 32));
  append_u32(out, static_cast<std::uint32_t>(value));
}

/// Reads the four bytes at `data`, which must exist.
[[nodiscard]] inline std::uint32_t load_u32(const char* data) noexcept {
  unsigned char b[4];
  std::memcpy(b, data, 4);
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | std::uint32_t{b[3]};
}

/// Cuts values off the front of a byte view. Every read checks the length first; after one failed
/// read all later ones fail too, so that a decoder may check once at its end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
  [[nodiscard]] std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(number(2)); }
  [[nodiscard]] std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(number(4)); }
  [[nodiscard]] std::int16_t i16() noexcept { return static_cast<std::int16_t>(u16()); }
  [[nodiscard]] std::int32_t i32() noexcept { return static_cast<std::int32_t>(u32()); }
  [[nodiscard]] std::uint64_t u64() noexcept { return number(8); }

  /// The next `size` bytes. The view lives as long as the bytes under the reader.
  [[nodiscard]] std::string_view bytes(std::size_t size) noexcept {
    if (size > rest_.size()) return fail();
    const std::string_view cut = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return cut;
  }

  /// Up to the next NUL byte, which is skipped.
  [[nodiscard]] std::string_view c_string() noexcept {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) return fail();
    const std::string_view cut = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return cut;
  }

  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  /// True if nothing failed and nothing is left over.
  [[nodiscard]] bool finished() const noexcept { return ok_ && rest_.empty(); }

 private:
  std::uint64_t number(std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (const char c : bytes(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view fail() noexcept {
    ok_ = false;
    rest_ = {};
    return {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace sluice
