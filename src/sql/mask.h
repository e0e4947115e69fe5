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

using MaskingFunction = std::variant<NullMask, ConstantMask, TokenMask, PartialMask>;

}  // namespace sluice::sql
