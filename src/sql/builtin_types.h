#pragma once

#include <string_view>

namespace sluice::sql {

/// Is it a type of pg_catalog whose name no function there has, so that `name(value)` is a cast to it?
[[nodiscard]] bool is_builtin_type(std::string_view name);

/// The name that error messages give a type: "integer" for int4.
[[nodiscard]] std::string_view displayed_type(std::string_view name);

}  // namespace sluice::sql
