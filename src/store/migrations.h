#pragma once

#include "base/result.h"
#include "store/sqlite.h"

namespace sluice::store {

/// Brings the store to the newest schema, each step in a transaction of its own. Refuses a store that is
/// newer than this program, or whose steps are not the ones that this program knows.
[[nodiscard]] Status migrate(const Database& database);

}  // namespace sluice::store
