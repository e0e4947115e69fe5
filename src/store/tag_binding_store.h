#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "policy/tag_binding.h"
#include "sql/catalog.h"
#include "store/sqlite.h"

namespace sluice::store {

/// Whose tag bindings: one upstream database under one name of the configuration.
struct TagBindingOwner {
  DatabaseAlias alias;
  std::string system_identifier;
  std::string database;  ///< as the upstream calls it
};

[[nodiscard]] TagBindingOwner owner_of_bindings(const DatabaseAlias& alias, const sql::Catalog& catalog);

// Both block and fail with store_unavailable.
/// Empty if the database was never seen.
[[nodiscard]] Result<policy::TagBindings> load_tag_bindings(const Database& database, const TagBindingOwner& owner);
struct OwnedTagBindings {
  TagBindingOwner owner;
  policy::TagBindings bindings;
};
/// In place of all that was kept for these owners, in one transaction; durable when it returns.
[[nodiscard]] Status save_tag_bindings(const Database& database, const std::vector<OwnedTagBindings>& all);

}  // namespace sluice::store
