#include "sql/text_checks.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace sluice::sql {
namespace {

constexpr std::size_t kFreeRun = 128;               // shorter runs are not counted
constexpr std::size_t kMaxSquares = 4 * 1024 * 1024;  // about 15 ms of scanning

constexpr std::array<bool, 256> kOperatorCharacters = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("~!@#^&|`?+-*/%<>=")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_continuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

/// The length of the valid sequence at the start of `rest`, which begins with a byte above 0x7f; 0: invalid.
std::size_t sequence_length(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const unsigned char first = byte(0);
  if (first >= 0xc2 && first <= 0xdf) return rest.size() >= 2 && is_continuation(byte(1)) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (rest.size() < 3 || !is_continuation(byte(1)) || !is_continuation(byte(2))) return 0;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;  // overlong
    if (first == 0xed && byte(1) > 0x9f) return 0;  // surrogate
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (rest.size() < 4 || !is_continuation(byte(1)) || !is_continuation(byte(2)) || !is_continuation(byte(3))) return 0;
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, text.data() + i, 8);
      if ((eight & 0x8080808080808080) == 0) {
        i += 8;
        continue;
      }
    }
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) return false;
    i += length;
  }
  return true;
}

bool is_cheap_to_scan(std::string_view text) {
  if (text.size() <= kFreeRun) return true;
  std::size_t run = 0;
  std::size_t squares = 0;
  const auto end_run = [&] {
    if (run > kFreeRun) squares += run * run;
    run = 0;
  };
  for (const char c : text) {
    if (kOperatorCharacters[static_cast<unsigned char>(c)]) ++run;
    else if (run > 0) end_run();
  }
  end_run();
  return squares <= kMaxSquares;
}

}  // namespace sluice::sql
