#pragma once

#include "sql/mask_set.h"

namespace sluice::sql {

// Constraints see the values behind the masks, and whether they let a row in is an answer about them.

/// Would the outcome of giving this column a value tell something of masked values: of the same row, by a key or CHECK that judges
/// both; of other rows, by a key; of another relation, by a foreign key? `insert`: the whole row is new.
[[nodiscard]] bool tells_of_masked(const Relation& relation, const Column& column, bool insert, const MaskSet& masks, const Catalog& catalog);

/// Would deleting rows of this relation fail where a masked foreign key still points at them?
[[nodiscard]] bool deletion_tells_of_masked(const Relation& relation, const MaskSet& masks, const Catalog& catalog);

}  // namespace sluice::sql
