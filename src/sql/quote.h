#pragma once

#include <string>
#include <string_view>

namespace sluice::sql {

/// "name" in double quotes, so that it means exactly these characters.
[[nodiscard]] std::string quoted_name(std::string_view name);
/// schema and name, both quoted.
[[nodiscard]] std::string quoted_name(std::string_view schema, std::string_view name);
/// A string literal that means `text` whatever standard_conforming_strings says.
[[nodiscard]] std::string quoted_text(std::string_view text);

}  // namespace sluice::sql
