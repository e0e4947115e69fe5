#pragma once

#include <string_view>

namespace sluice::sql {

/// What a function in C that came with an extension does.
enum class ExtensionFunction {
  harmless,  ///< computes from its arguments, or tells of the extension itself
  refused,   ///< reads tables, files or other servers, runs SQL from text, changes the session
  unknown,   ///< the extension or the function was not reviewed
};

/// `name` as in pg_proc.proname.
[[nodiscard]] ExtensionFunction extension_function(std::string_view extension, std::string_view name);

}  // namespace sluice::sql
