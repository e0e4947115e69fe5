#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "policy/policy.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// The policy's tags resolved against one catalog: column -> tags. Tags flow
/// - down, to the columns of the same name of inheritors and partitions;
/// - up, from them to the columns of the same name of their parents, through which their rows are read too;
/// - to generated columns that are computed from tagged ones;
/// - to all columns of a materialised view that mentions a tagged relation anywhere;
/// - from a tagged view's columns to those they are made of.
/// What cannot be followed gets every tag of the database.
class TagMap {
 public:
  TagMap() = default;
  /// Parses view definitions: needs the stack that sql::analyse_text() asks for.
  static TagMap resolve(const Policy& policy, const DatabaseAlias& database, const sql::Catalog& catalog);

  /// The tags of a column, sorted; empty if it has none.
  [[nodiscard]] std::span<const std::string> tags_of(ColumnId column) const;
  [[nodiscard]] bool any() const noexcept { return !tags_.empty(); }
  /// Taggings that name a table or column which the catalog does not have: a warning for the DBA. A missing
  /// column may have been renamed, so its tags lie on all columns of its table meanwhile.
  [[nodiscard]] const std::vector<Tagging>& unmatched() const noexcept { return unmatched_; }

 private:
  friend class TagResolver;

  std::unordered_map<ColumnId, std::vector<std::string>> tags_;
  std::vector<Tagging> unmatched_;
};

}  // namespace sluice::policy
