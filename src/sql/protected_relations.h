#pragma once

#include <span>
#include <string_view>

namespace sluice::sql {

/// May an identity under masking policy not read this system relation? True for relations that hold
/// values of rows (statistics, large objects, TOAST), secrets, or other sessions' statements; also for
/// every relation of pg_catalog that is not known to be harmless.
[[nodiscard]] bool is_protected_relation(std::string_view schema, std::string_view name);

/// Columns of other system relations that everybody is shown as null: other sessions' statements, our own rewritten text,
/// secrets, what follows the length of values. Tools read these relations for the rest. Empty for most.
[[nodiscard]] std::span<const std::string_view> hidden_columns(std::string_view schema, std::string_view name);

}  // namespace sluice::sql
