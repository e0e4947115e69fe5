#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

/// A name as policies write it: bare if it is plain lower case, in double quotes otherwise.
[[nodiscard]] std::string written_name(std::string_view name);
/// "schema.table" as policies write it. The inverse of split_name() for two parts.
[[nodiscard]] std::string written_name(std::string_view schema, std::string_view table);

/// Splits `schema.table.column` at its dots; a part in double quotes is taken as it is and may hold
/// dots. Empty if the text is not such a name, or if a bare part has capitals or blanks: whether they
/// would be folded must not be guessed at.
[[nodiscard]] std::optional<std::vector<std::string>> split_name(std::string_view text);

}  // namespace sluice::policy
