#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "policy/tag_binding.h"

namespace sluice::policy {

/// Columns that came to a table with tags after it was first seen with one, and that no tagging names.
struct NewColumns {
  std::map<ColumnId, std::set<std::string>> tags;  ///< all that lie anywhere on the table or its ancestors
  std::vector<ColumnId> reviewed;                  ///< sorted; what to give as `reviewed` next time
  std::vector<TagNote> notes;
};

/// A tagging acknowledges a column by naming it, also with an empty list, and with it those of the same name that
/// inherit it. `reviewed`: TagBindings::reviewed of the last time.
[[nodiscard]] NewColumns find_new_columns(const std::vector<BoundTagging>& taggings, const sql::Catalog& catalog,
                                          const std::vector<ColumnId>& reviewed);

}  // namespace sluice::policy
