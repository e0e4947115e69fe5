#pragma once

#include <string_view>
#include <vector>

#include "sql/analysis.h"
#include "sql/catalog.h"
#include "sql/text_sites.h"

struct CommonTableExpr;

namespace sluice::sql {

using Flow = std::vector<FlowSource>;

/// A column of anything but a base table.
struct FromItem;
struct DerivedColumn {
  std::string_view name;
  Flow flow;
  const FromItem* origin = nullptr;  ///< the table of which it is a plain column, within the same query level
  std::int16_t attribute = 0;        ///< of `origin`
  ColumnId plain{};                  ///< the column of a table or view that PostgreSQL names in the row description; 0: none
  bool beyond_star = false;          ///< `*` leaves it out
};
using DerivedColumns = std::vector<DerivedColumn>;

/// Something that FROM makes visible: a relation, a subquery, a function, a join. Names point into the
/// parse tree or the catalog.
struct FromItem {
  std::string_view name;                   ///< alias, or the relation's own name; empty: none
  const Relation* relation = nullptr;      ///< tables and views
  const DerivedColumns* derived = nullptr; ///< all but tables; views have both
  std::vector<std::string_view> renamed;   ///< the first columns' names, by an alias with a column list
  bool aliased = false;
  bool open = false;                       ///< it may have other columns than are known, with the flow of the first
  int site = -1;                           ///< index into TextSites::relations; tables and views
  bool is_target = false;                  ///< of INSERT, UPDATE, DELETE or MERGE
  const Relation* written = nullptr;       ///< of a target: the table whose rows change; a view's, where the view's own code does not
                                           ///< take its place. nullptr: no table is known
  std::vector<std::int16_t> written_columns;  ///< of a target that is a view: the columns of `written` behind its own; 0: none
  bool may_repeat = false;                 ///< keys of the relation need not be unique in it: inheritance

  [[nodiscard]] std::size_t size() const { return derived != nullptr ? derived->size() : relation->columns.size(); }
  [[nodiscard]] std::string_view column_name(std::size_t index) const {
    if (index < renamed.size()) return renamed[index];
    return derived != nullptr ? (*derived)[index].name : std::string_view(relation->columns[index].name);
  }
  /// The column as PostgreSQL's row descriptions name it.
  [[nodiscard]] ColumnId plain_column(std::size_t index) const {
    if (relation != nullptr) return {relation->oid, relation->columns[index].attribute};
    return (*derived)[index].plain;
  }
  /// Appends where the values of a column come from.
  void add_flow(std::size_t index, FlowKind kind, Flow& out) const;
};

/// How one item can be named at one place.
struct Visible {
  const FromItem* item = nullptr;
  bool by_name = true;        ///< as in a.x
  bool by_column = true;      ///< as in x
  bool lateral_only = false;  ///< still inside FROM: for LATERAL alone
};

struct CommonTable {
  std::string_view name;
  const CommonTableExpr* definition = nullptr;
  enum class State { untouched, in_progress, done } state = State::untouched;
  DerivedColumns columns;
  bool self_known = false;               ///< in progress: `self_columns` is what a recursive reference sees
  DerivedColumns self_columns;           ///< their flows are placeholders: columns of `placeholder`
  Oid placeholder = 0;
  bool recursive = false;                ///< of WITH RECURSIVE
};

/// What GROUP BY of one query level must know of the references below it.
struct GroupNotes {
  struct Reference {
    const FromItem* item;
    std::int16_t attribute;
  };
  std::vector<Reference> references;
};

/// One query level.
struct Scope {
  explicit Scope(Scope* enclosing) : parent(enclosing) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  Scope* parent;
  std::vector<Visible> visible;
  bool lateral = false;                   ///< lateral_only items can be seen now
  std::vector<CommonTable*> common_tables;
  ColumnPlace place = ColumnPlace::source;  ///< of references to the written relation
  GroupNotes* group = nullptr;
  bool aggregates = false;                ///< an aggregate was called at this level
  bool set_functions = false;             ///< a function was called that may return several rows
};

}  // namespace sluice::sql
