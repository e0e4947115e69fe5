#pragma once

#include <span>
#include <string_view>

namespace sluice::sql {

/// The columns of a function of pg_catalog that returns rows of several, or one that has a name of its
/// own (an OUT parameter); empty: the result has none but the function's.
[[nodiscard]] std::span<const std::string_view> function_columns(std::string_view name);

}  // namespace sluice::sql
