#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "policy/upstream_role.h"
#include "store/catalog_source.h"

namespace sluice::store {

/// What to look at besides the role itself.
struct RoleQuestion {
  std::string role;                     ///< empty: the role that the source logs in with
  std::vector<ColumnId> columns;        ///< may it read them?
  std::vector<Oid> relations;           ///< does it own them, may everybody read them?
  std::vector<std::string> functions;   ///< "schema.name", besides all with the owner's rights
};

/// Asks PostgreSQL. Blocks; fails with upstream_unavailable.
[[nodiscard]] Result<policy::RoleFacts> read_role_facts(CatalogSource& source, const RoleQuestion& question);

}  // namespace sluice::store
