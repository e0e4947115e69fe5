#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace sluice::sql {

using CatalogRow = std::span<const std::optional<std::string_view>>;

inline Error malformed(std::string_view part) {
  return make_error(ErrorKind::internal, "unexpected row while reading the catalog: " + std::string(part));
}

/// Reads the values of one row in order; after a failure it stays failed.
class RowReader {
 public:
  RowReader(CatalogRow row, std::size_t expected) : row_(row), ok_(row.size() == expected) {}

  std::string_view text() {
    const auto value = nullable();
    ok_ = ok_ && value.has_value();
    return value.value_or(std::string_view());
  }
  std::optional<std::string_view> nullable() { return ok_ ? row_[next_++] : std::nullopt; }
  template <class T>
  T number() {
    return parse<T>(text());
  }
  char letter() {
    const std::string_view value = text();
    ok_ = ok_ && value.size() == 1;
    return ok_ ? value[0] : '\0';
  }
  bool boolean() {
    const char value = letter();
    ok_ = ok_ && (value == 't' || value == 'f');
    return value == 't';
  }
  std::vector<std::int16_t> numbers() {  // "1 2 3"
    std::vector<std::int16_t> result;
    std::string_view rest = text();
    while (ok_ && !rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      result.push_back(parse<std::int16_t>(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return result;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  template <class T>
  T parse(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    ok_ = ok_ && error == std::errc() && end == text.data() + text.size();
    return value;
  }

  CatalogRow row_;
  std::size_t next_ = 0;
  bool ok_;
};

}  // namespace sluice::sql
