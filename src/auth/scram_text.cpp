#include "auth/scram_text.h"

#include <algorithm>
#include <array>

namespace sluice::auth {

std::optional<std::string_view> take_attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') return std::nullopt;
  const std::size_t end = std::min(rest.find(','), rest.size());
  const std::string_view value = rest.substr(2, end - 2);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

bool is_nonce(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7e && c != ','; });
}

std::string make_nonce() {
  std::array<std::uint8_t, 18> bytes{};
  fill_random(bytes);
  return to_base64(bytes);
}

std::string base64_of(std::string_view bytes) { return to_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}); }

Digest exclusive_or(const Digest& a, const Digest& b) noexcept {
  Digest result{};
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
  return result;
}

}  // namespace sluice::auth
