#include "audit/json_text.h"

#include <charconv>

#include "base/utf8.h"

namespace sluice::audit {
namespace {

/// Writes `value` with leading zeros; returns what follows.
char* write_padded(char* out, std::uint32_t value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + width;
}

/// How many bytes at the front of `text` stand for themselves in JSON, whatever follows.
std::size_t plain_prefix(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const auto byte = static_cast<unsigned char>(text[size]);
    if (byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\') break;
    ++size;
  }
  return size;
}

void append_escaped(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u00";
  out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
  out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (;;) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    char32_t code = 0;
    const std::size_t length = front_code_point(text, code);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    if (code == '"' || code == '\\') {
      out.push_back('\\');
      out.push_back(text[0]);
    } else if (code < 0x20 || code == 0x7F) {
      append_escaped(out, text[0]);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  out.push_back('"');
}

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end.ptr);
}

void append_time(std::string& out, Timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto microseconds = static_cast<std::uint64_t>((at - day).count());
  const auto seconds = static_cast<std::uint32_t>(microseconds / 1'000'000);
  char text[27];
  char* end = write_padded(text, static_cast<std::uint32_t>(static_cast<int>(date.year())), 4);
  *end++ = '-';
  end = write_padded(end, static_cast<unsigned>(date.month()), 2);
  *end++ = '-';
  end = write_padded(end, static_cast<unsigned>(date.day()), 2);
  *end++ = 'T';
  end = write_padded(end, seconds / 3600, 2);
  *end++ = ':';
  end = write_padded(end, seconds / 60 % 60, 2);
  *end++ = ':';
  end = write_padded(end, seconds % 60, 2);
  *end++ = '.';
  end = write_padded(end, static_cast<std::uint32_t>(microseconds % 1'000'000), 6);
  *end++ = 'Z';
  out.append(text, sizeof text);
}

void append_hex(std::string& out, const Digest& digest) {
  static constexpr char kHexDigits[] = "0123456789abcdef";
  char text[2 * std::tuple_size_v<Digest>];
  char* end = text;
  for (const std::uint8_t byte : digest) {
    *end++ = kHexDigits[byte >> 4];
    *end++ = kHexDigits[byte & 15];
  }
  out.append(text, sizeof text);
}

std::optional<Timestamp> time_from_text(std::string_view text) {
  static constexpr std::string_view kShape = "0000-00-00T00:00:00.000000Z";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    for (const char c : text.substr(at, size)) value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date(std::chrono::year(number(0, 4)), std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2))));
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) return std::nullopt;
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
         std::chrono::seconds(number(17, 2)) + std::chrono::microseconds(number(20, 6));
}

}  // namespace sluice::audit
