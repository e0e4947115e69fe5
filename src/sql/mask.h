#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace sluice::sql {

// Masking functions: what an agent finds in place of a masked value. What each reveals is said in
// docs/masking.md. None can raise an error that depends on data.

/// NULL of the column's type. Reveals nothing.
struct NullMask {
  friend bool operator==(const NullMask&, const NullMask&) = default;
};
/// One fixed value, given as text and cast to the column's type. Reveals nothing.
struct ConstantMask {
  std::string text;
  friend bool operator==(const ConstantMask&, const ConstantMask&) = default;
};
/// `prefix` followed by the row's primary key. Joins and groups like a key; reveals nothing but it.
/// Only for text-like columns of relations with a primary key that is itself in clear; NULL otherwise.
struct TokenMask {
  std::string prefix;
  friend bool operator==(const TokenMask&, const TokenMask&) = default;
};
/// The first and last characters stay, the rest becomes `fill` repeated `fill_count` times. Values too
/// short to hide at least `fill_count` characters become fill only. Text-like columns only; NULL otherwise.
struct PartialMask {
  std::uint16_t keep_first = 0;
  std::uint16_t keep_last = 0;
  std::string fill = "*";
  std::uint16_t fill_count = 8;
  friend bool operator==(const PartialMask&, const PartialMask&) = default;
};

/// The domain of an e-mail address behind "***@"; "***" for what is none. Text-like columns only; NULL otherwise.
struct EmailMask {
  friend bool operator==(const EmailMask&, const EmailMask&) = default;
};
/// The first moment, in UTC, of the year or month. Dates and timestamps from year 1 to 9999 only; NULL otherwise.
struct DateMask {
  enum class Unit { year, month };
  Unit unit = Unit::year;
  friend bool operator==(const DateMask&, const DateMask&) = default;
};
/// The greatest multiple of `width` that is not above the number, within what the type holds. Numbers only; NULL otherwise.
struct BucketMask {
  std::uint64_t width = 1;  ///< 1 to 10^15
  friend bool operator==(const BucketMask&, const BucketMask&) = default;
};
/// `prefix` and 16 hex digits that are the same for the same value: a keyed hash. Text-like columns only; NULL otherwise.
/// Who may write the column could have any value hashed, so nobody may.
struct PseudonymMask {
  std::string key;  ///< hex digits; part of the SQL that goes upstream
  std::string prefix;
  friend bool operator==(const PseudonymMask&, const PseudonymMask&) = default;
};

using MaskingFunction =
    std::variant<NullMask, ConstantMask, TokenMask, PartialMask, EmailMask, DateMask, BucketMask, PseudonymMask>;

/// Is the value behind the mask read, so that the upstream role needs to be allowed to?
[[nodiscard]] bool reads_value(const MaskingFunction& function);

}  // namespace sluice::sql
