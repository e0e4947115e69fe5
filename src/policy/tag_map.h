#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "policy/policy.h"
#include "policy/tag_binding.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// The policy's tags resolved against one catalog: column -> tags. Tags flow
/// - down, to the columns of the same name of inheritors and partitions;
/// - up, from them to the columns of the same name of their parents, through which their rows are read too;
/// - to generated columns that are computed from tagged ones;
/// - to all columns of a materialised view that mentions a tagged relation anywhere;
/// - from a tagged view's columns to those they are made of;
/// - after an object once it was seen (TagBindings): through renames, ALTERs, DETACH;
/// - all tags of a table to a column that came later, until a tagging names it.
/// What cannot be followed gets every tag of the database.
class TagMap {
 public:
  TagMap() = default;
  /// `known`: bindings() of the TagMap before this one, of the same database. Parses view definitions: needs the stack
  /// that sql::analyse_text() asks for.
  static TagMap resolve(const Policy& policy, const DatabaseAlias& database, const sql::Catalog& catalog, const TagBindings& known = {});

  /// The tags of a column, sorted; empty if it has none.
  [[nodiscard]] std::span<const std::string> tags_of(ColumnId column) const;
  [[nodiscard]] bool any() const noexcept { return !tags_.empty(); }
  /// What must be kept for the next resolve(), durably before this one takes effect.
  [[nodiscard]] const TagBindings& bindings() const noexcept { return bindings_; }
  /// What the DBA should know; in the order of the file, then new columns.
  [[nodiscard]] const std::vector<TagNote>& notes() const noexcept { return notes_; }

 private:
  friend class TagResolver;

  std::unordered_map<ColumnId, std::vector<std::string>> tags_;
  TagBindings bindings_;
  std::vector<TagNote> notes_;
};

}  // namespace sluice::policy
