#pragma once

#include <vector>

#include "base/ids.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// A relation's ancestors by inheritance and partitioning, in no particular order, without itself.
[[nodiscard]] std::vector<Oid> ancestors_of(Oid relation, const sql::Catalog& catalog);
/// Its inheritors and partitions, theirs included, without itself.
[[nodiscard]] std::vector<Oid> descendants_of(Oid relation, const sql::Catalog& catalog);

}  // namespace sluice::policy
