#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "policy/policy.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// A tagging has denoted this object: what its tags lie on, whatever the object is called by now.
struct TagBinding {
  std::string schema;  ///< the tagging, as written
  std::string table;
  std::string column;  ///< empty: it tags a whole table
  ColumnId target;     ///< attribute 0: the whole relation
  friend auto operator<=>(const TagBinding&, const TagBinding&) = default;
};

/// What is remembered of one database between one look at its catalog and the next, also over a restart, so that
/// tags follow renames and new columns are told from reviewed ones. Empty: the database is seen for the first time.
struct TagBindings {
  std::vector<TagBinding> targets;  ///< sorted; several of one tagging if its name has meant several objects
  /// Columns that the tables with tags had when they were first seen with one; attribute 0 stands for the table. Sorted.
  std::vector<ColumnId> reviewed;
  friend bool operator==(const TagBindings&, const TagBindings&) = default;
};

/// What the DBA should know of how a tagging, or a new column, was understood.
struct TagNote {
  enum class Kind {
    unmatched,   ///< the name denotes nothing, and never did
    dropped,     ///< what it denoted is gone
    renamed,     ///< what it denoted has another name now, which tags it all the same
    ambiguous,   ///< it denotes something, and another object that once had the name is tagged too
    opaque,      ///< it denotes a view whose definition cannot be followed
    new_column,  ///< a column that came after its table was tagged: has all tags of the table until a tagging names it
  };
  Kind kind = Kind::unmatched;
  std::string written;  ///< the tagging as policies write it; new_column: the column
  std::string now;      ///< renamed, ambiguous: the other name
  friend auto operator<=>(const TagNote&, const TagNote&) = default;
};

/// One sentence about it for people.
[[nodiscard]] std::string to_text(const TagNote& note);

/// A tagging with everything it lies on.
struct BoundTagging {
  const Tagging* tagging = nullptr;
  std::vector<ColumnId> targets;  ///< whatever lives; attribute 0: all columns of the relation. Sorted
  std::vector<Oid> relations;     ///< that live and that it lies on or, of a column that was dropped, has lain on. Sorted
};

struct BoundTaggings {
  std::vector<BoundTagging> taggings;
  std::vector<TagBinding> remembered;  ///< sorted; what to give as `known` next time
  std::vector<TagNote> notes;
};

/// A tagging lies on what its name denotes now, on everything that lives which it denoted before, and on what had its
/// values from there when it was seen: partitions and inheritors, generated columns, the columns that a view is made of.
/// A column that is missing in a table where it was never seen lies on the whole table: it could be any of them.
/// Parses definitions of tagged views: needs the stack that sql::analyse_text() asks for.
[[nodiscard]] BoundTaggings bind_taggings(const std::vector<Tagging>& taggings, const DatabaseAlias& database, const sql::Catalog& catalog,
                                          const std::vector<TagBinding>& known);

}  // namespace sluice::policy
