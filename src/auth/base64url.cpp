#include "auth/base64url.h"

#include <cstdint>

namespace sluice::auth {
namespace {

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace

Result<std::string> from_base64url(std::string_view text) {
  const auto bad = [] { return make_error(ErrorKind::bad_request, "text is not base64url"); };
  if (text.size() % 4 == 1) return bad();
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;  // how many of `bits` are not written yet
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return bad();
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held & 0xFF));
  }
  if ((bits & ((1u << held) - 1)) != 0) return bad();
  return bytes;
}

}  // namespace sluice::auth
