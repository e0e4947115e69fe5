#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/analyse.h"

struct Node;
struct List;

namespace sluice::sql {

/// A relation's name in the text: the byte at which its first token begins, and what it was resolved to.
/// rewrite() writes the qualified name in its place.
struct NameSite {
  int location = 0;
  Oid relation = 0;
  int fields = 0;  ///< parts of the dotted name that are the relation's; 0: all
  friend bool operator==(const NameSite&, const NameSite&) = default;
};

/// What a statement other than SELECT, INSERT, UPDATE, DELETE and MERGE does.
struct UtilityAnalysis {
  Analysis analysis;             ///< all but what `query` and `expressions` add to it
  std::vector<NameSite> names;   ///< names to pin; each has a RelationAccess in `analysis`
  /// The statement within: of DECLARE, PREPARE, EXPLAIN, COPY (…) TO, CREATE TABLE AS, CREATE VIEW. It may be a
  /// utility statement itself (EXPLAIN EXECUTE …). Belongs to the parse tree; nullptr: none.
  const Node* query = nullptr;
  bool own_table = false;        ///< a temporary table is made or changed: what its definition computes is the caller's to look at
  std::vector<int> only_temporary;    ///< names without a schema that nothing has: at the most a temporary relation is meant
  const List* expressions = nullptr;  ///< arguments of EXECUTE: may call functions, see no columns
};

/// `statement`: any node that RawStmt.stmt can hold but the five above, from `text`. Refuses what it does
/// not know by an explicit list (not_supported, denied), unknown relations (undefined_table).
/// COPY table TO/FROM STDIN: `names` holds the table, the column list is the caller's to read.
[[nodiscard]] Result<UtilityAnalysis> analyse_utility(const Node* statement, std::string_view text, const Catalog& catalog,
                                                      const NameContext& names);

/// Is this node one of SELECT, INSERT, UPDATE, DELETE, MERGE?
[[nodiscard]] bool is_query(const Node* statement);

}  // namespace sluice::sql
