#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

using Digest = std::array<std::uint8_t, 32>;  ///< SHA-256

[[nodiscard]] Digest sha256(std::string_view bytes);

/// Feeds several fields into one digest so that no two different lists of fields collide: each field
/// is preceded by its length as 8 bytes, big-endian.
class FieldDigest {
 public:
  FieldDigest& add(std::string_view field);
  [[nodiscard]] Digest finish() const;

 private:
  std::string bytes_;
};

[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool from_hex(std::string_view hex, std::span<std::uint8_t> out);  ///< false: not exactly out.size() bytes of hex
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool from_base64(std::string_view text, std::string& out);  ///< false: not canonical base64
/// Compares in a time that depends on the lengths alone.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);
/// Cryptographically strong random bytes; ends the process if the system has none.
void fill_random(std::span<std::uint8_t> out);

}  // namespace sluice
