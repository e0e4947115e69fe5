#pragma once

#include <string_view>

namespace sluice::sql {

/// May an identity under masking policy not read this system relation? True for relations that hold
/// values of rows (statistics, large objects, TOAST), secrets, or other sessions' statements; also for
/// every relation of pg_catalog that is not known to be harmless.
[[nodiscard]] bool is_protected_relation(std::string_view schema, std::string_view name);

}  // namespace sluice::sql
