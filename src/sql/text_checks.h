#pragma once

#include <string_view>

namespace sluice::sql {

/// As PostgreSQL checks UTF8: no overlong forms, surrogates, or code points above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// PostgreSQL's scanner looks at the whole of a run of operator characters again for each token that it
/// cuts from it: `+-+-+-…` and nested `/*/*/*…` cost the square of their length. False if the text holds
/// more of that than a statement ever needs. Literals and comments are not told apart: long texts of
/// nothing but operator characters (several thousand in one run) fail too.
[[nodiscard]] bool is_cheap_to_scan(std::string_view text);

}  // namespace sluice::sql
