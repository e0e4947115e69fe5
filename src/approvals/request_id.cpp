#include "approvals/request_id.h"

#include <algorithm>
#include <string>

namespace sluice::approvals {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kRequestPrefix = "AR";
constexpr std::size_t kTimeDigits = 10;
constexpr std::size_t kRandomDigits = 16;

}  // namespace

std::string make_sorted_id(std::string_view prefix, Timestamp at, const std::array<std::uint8_t, 10>& random) {
  std::string text(prefix);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(milliseconds, 0));
  for (std::size_t i = 0; i < kTimeDigits; ++i) text.push_back(kDigits[(time >> (5 * (kTimeDigits - 1 - i))) & 31]);

  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : random) {
    bits = bits << 8 | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text.push_back(kDigits[(bits >> count) & 31]);
    }
  }
  return text;
}

bool is_sorted_id(std::string_view prefix, std::string_view text) {
  if (text.size() != prefix.size() + kTimeDigits + kRandomDigits || !text.starts_with(prefix)) return false;
  return text.substr(prefix.size()).find_first_not_of(kDigits) == std::string_view::npos;
}

RequestId make_request_id(Timestamp at, const std::array<std::uint8_t, 10>& random) { return RequestId{make_sorted_id(kRequestPrefix, at, random)}; }

bool is_request_id(std::string_view text) { return is_sorted_id(kRequestPrefix, text); }

}  // namespace sluice::approvals
