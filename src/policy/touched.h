#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "policy/policy.h"
#include "policy/tag_map.h"
#include "sql/analysis.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// One relation that a statement touches, as rules see it.
struct TouchedRelation {
  Oid oid = 0;
  const sql::Relation* relation = nullptr;   ///< nullptr: not in the catalog
  std::string name;                          ///< as policies write it
  std::vector<std::string> family;           ///< names of all ancestors and descendants
  std::vector<sql::Action> actions;          ///< what the statement does to this relation
  bool written = false;
  bool temporary = false;
};

/// A statement as rules see it: made once, then asked by each rule. Points into catalog and tags.
struct TouchedThings {
  std::vector<sql::Action> actions;
  std::vector<TouchedRelation> relations;
  std::vector<std::string> tags;             ///< of all columns that it uses; sorted, no duplicates
  std::vector<ColumnId> reachable;           ///< tagged columns that a value could come from; sorted, no duplicates
};

[[nodiscard]] TouchedThings touched_by(const sql::Analysis& analysis, const sql::Catalog& catalog, const TagMap& tags);

}  // namespace sluice::policy
