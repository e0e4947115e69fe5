#include "admin/rfc3339.h"

#include <fmt/format.h>

namespace sluice::admin {

using std::chrono::microseconds;

std::string to_rfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<microseconds> clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

namespace {
// Cuts numbers of fixed width and single characters off the front of a text.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : rest_(text) {}

  int number(std::size_t digits, int low, int high) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9') return fail();
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value < low || value > high ? fail() : value;
  }
  bool skip(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!skip(c)) fail();
  }
  // Up to six digits after a decimal point.
  int microseconds_part() {
    int value = 0;
    int scale = 100000;
    bool any = false;
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      if (scale == 0) return fail();
      value += (rest_[0] - '0') * scale;
      scale /= 10;
      any = true;
      rest_.remove_prefix(1);
    }
    return any ? value : fail();
  }
  [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }

 private:
  int fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};
}  // namespace

std::optional<Timestamp> timestamp_from_text(std::string_view text) {
  Cutter cut(text);
  const int year = cut.number(4, 1970, 9999);
  cut.expect('-');
  const int month = cut.number(2, 1, 12);
  cut.expect('-');
  const int day = cut.number(2, 1, 31);
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  Timestamp time = std::chrono::sys_days(date);
  if (cut.finished()) return time;

  cut.expect('T');
  time += std::chrono::hours(cut.number(2, 0, 23));
  cut.expect(':');
  time += std::chrono::minutes(cut.number(2, 0, 59));
  cut.expect(':');
  time += std::chrono::seconds(cut.number(2, 0, 60));
  if (cut.skip('.')) time += microseconds(cut.microseconds_part());
  if (!cut.skip('Z')) {
    const bool ahead = cut.skip('+');
    if (!ahead) cut.expect('-');
    const auto hours = std::chrono::hours(cut.number(2, 0, 23));
    cut.expect(':');
    const auto offset = hours + std::chrono::minutes(cut.number(2, 0, 59));
    time += ahead ? -offset : offset;
  }
  if (!cut.finished()) return std::nullopt;
  return time;
}

}  // namespace sluice::admin
