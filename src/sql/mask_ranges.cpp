#include "sql/mask_ranges.h"

#include <algorithm>

namespace sluice::sql {
namespace {

// pg_type.h; these oids are the same in every database.
constexpr Oid kBigint = 20;
constexpr Oid kSmallint = 21;
constexpr Oid kInteger = 23;
constexpr Oid kReal = 700;
constexpr Oid kDouble = 701;
constexpr Oid kDate = 1082;
constexpr Oid kTimestamp = 1114;
constexpr Oid kTimestampTz = 1184;
constexpr Oid kNumeric = 1700;

struct Range {
  std::string lowest;   ///< as numeric constants
  std::string highest;
};

std::string digits(int count, char digit) { return std::string(static_cast<std::size_t>(std::max(count, 0)), digit); }

Range symmetric(const std::string& highest) { return {"-" + highest, highest}; }

// The modifier of numeric(p, s) holds both; without one the bounds leave room for whatever is computed.
Range range_of_numeric(std::int32_t modifier) {
  if (modifier < 4) return symmetric("1" + digits(1000, '0'));
  const int packed = modifier - 4;
  const int precision = packed >> 16 & 0xffff;
  const int scale = ((packed & 0x7ff) ^ 1024) - 1024;
  if (scale <= 0) return symmetric(digits(precision, '9') + digits(-scale, '0'));
  const std::string whole = precision > scale ? digits(precision - scale, '9') : "0";
  return symmetric(whole + "." + digits(scale - precision, '0') + digits(std::min(precision, scale), '9'));
}

std::optional<Range> range_of(const Column& column) {
  switch (column.type) {
    case kSmallint: return Range{"-32768", "32767"};
    case kInteger: return Range{"-2147483648", "2147483647"};
    case kBigint: return Range{"-9223372036854775808", "9223372036854775807"};
    case kReal: return symmetric("3" + digits(38, '0'));
    case kDouble: return symmetric("1" + digits(307, '0'));
    case kNumeric: return range_of_numeric(column.type_modifier);
    default: return std::nullopt;
  }
}

std::string numeric(const std::string& constant) { return "'" + constant + "'::pg_catalog.numeric"; }

}  // namespace

std::optional<std::string> date_mask_value(const Column& column, const std::string& name, const DateMask& mask) {
  const std::string unit = mask.unit == DateMask::Unit::year ? "'year'" : "'month'";
  std::string type;
  std::string value;
  switch (column.type) {
    case kDate:
      type = "pg_catalog.date";
      value = "pg_catalog.date_trunc(" + unit + ", " + name + "::pg_catalog.timestamp)::pg_catalog.date";
      break;
    case kTimestamp:
      type = "pg_catalog.timestamp";
      value = "pg_catalog.date_trunc(" + unit + ", " + name + ")";
      break;
    case kTimestampTz:
      type = "pg_catalog.timestamptz";
      value = "pg_catalog.date_trunc(" + unit + ", " + name + ", 'UTC')";
      break;
    default:
      return std::nullopt;
  }
  // Literals of these types follow DateStyle and TimeZone, but not in this form.
  const std::string zone = column.type == kTimestampTz ? " 00:00:00+00" : "";
  return "CASE WHEN " + name + " OPERATOR(pg_catalog.>=) '0001-01-02" + zone + "'::" + type + " AND " + name +
         " OPERATOR(pg_catalog.<) '9999-12-31" + zone + "'::" + type + " THEN " + value + " END";
}

std::optional<std::string> bucket_mask_value(const Column& column, const std::string& name, const BucketMask& mask) {
  const auto range = range_of(column);
  if (!range) return std::nullopt;
  const std::string lowest = numeric(range->lowest);
  const std::string highest = numeric(range->highest);
  const std::string width = numeric(std::to_string(mask.width));
  const std::string bounded = "LEAST(GREATEST(" + name + "::pg_catalog.numeric, " + lowest + "), " + highest + ")";
  // By remainders, which are exact: a rounded quotient could end up in the next bucket.
  const std::string remainder = "pg_catalog.mod(pg_catalog.mod(" + bounded + ", " + width + ") OPERATOR(pg_catalog.+) " + width + ", " + width + ")";
  const std::string bucket = "GREATEST(" + bounded + " OPERATOR(pg_catalog.-) " + remainder + ", " + lowest + ")";
  if (column.type != kReal && column.type != kDouble) return bucket;
  const std::string infinity = "'Infinity'::pg_catalog.float8";
  return "CASE WHEN " + name + " OPERATOR(pg_catalog.<) " + infinity + " AND " + name + " OPERATOR(pg_catalog.>) '-Infinity'::pg_catalog.float8 THEN " +
         bucket + " END";
}

}  // namespace sluice::sql
