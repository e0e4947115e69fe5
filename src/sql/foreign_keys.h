#pragma once

#include <vector>

#include "sql/catalog.h"

namespace sluice::sql {

/// Relations with foreign keys to this one. Looks at all relations.
[[nodiscard]] std::vector<Oid> relations_referencing(const Catalog& catalog, Oid referenced);

}  // namespace sluice::sql
