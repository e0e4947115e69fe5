#pragma once

#include "base/ids.h"

namespace sluice::sql {

/// In Analysis::uses: the statement asks how much room relations take, which follows how long their values are. Which relations it
/// asks of is known only when it runs: it may be any.
constexpr ColumnId kStorageOfAnyRelation{0, 0};

}  // namespace sluice::sql
