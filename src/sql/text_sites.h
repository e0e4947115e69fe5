#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/analyse.h"
#include "sql/catalog.h"
#include "sql/stored_code.h"

namespace sluice::sql {

// What rewrite() must know of a text beyond its analyses: where the names lie. Offsets are bytes of the
// text, always the first byte of a token; nothing points into the parser's memory.

enum class RelationRole {
  source,  ///< an item of FROM, USING or TABLE: rows are read
  target,  ///< of INSERT, UPDATE, DELETE or MERGE
  copied,  ///< the table of COPY … TO
  filled,  ///< the table of COPY … FROM
  named,   ///< only named: LOCK, TRUNCATE …
};

struct RelationSite {
  Oid relation = 0;
  int location = 0;
  RelationRole role = RelationRole::named;
  int fields = 0;             ///< parts of the dotted name that are the relation's; 0: all
  std::string alias;          ///< what the statement calls it
  bool aliased = false;       ///< an alias is written after the name
  bool only = false;          ///< ONLY is written
  bool deletes = false;       ///< rows of a target may be deleted
  bool table_command = false; ///< TABLE name
  int sample = -1;            ///< the method's name after TABLESAMPLE, if that is written
  bool sample_follows_pages = false;  ///< which rows are taken depends on where they lie: SYSTEM, REPEATABLE
  bool sample_is_plain = true;        ///< its arguments are literals and parameters
  bool tableoid = false;      ///< that system column is used
  bool starred = false;       ///< all columns are used, without their names
  int view = -1;              ///< index into TextSites::views
  int statement = 0;
  std::vector<std::string> copied_columns;  ///< COPY's column list
};

/// Where a value of a written relation, or a name that a mask would break, is used.
enum class ColumnPlace {
  source,     ///< an ordinary reference to an item of FROM
  returning,  ///< in RETURNING
  condition,  ///< decides which rows are written
  value,      ///< becomes part of what is written
};

constexpr std::int16_t kWholeRow = 0;
constexpr std::int16_t kAllColumns = INT16_MIN;  ///< t.*
constexpr std::int16_t kTableOid = -6;           ///< the system column tableoid

/// A reference to a column that needs an edit, or a refusal, if its relation has masked columns.
struct ColumnSite {
  int location = 0;
  int relation = 0;           ///< index into TextSites::relations
  std::int16_t attribute = 0; ///< negative: a system column
  int fields = 1;             ///< a.b.c has three
  ColumnPlace place = ColumnPlace::source;
};

/// One element of a RETURNING list without AS.
struct ReturningSite {
  int location = 0;
  std::string name;
};

/// RETURNING *: what it stands for, in order.
struct ReturningStar {
  int location = 0;
  int relation = 0;                 ///< index of the target, whose columns come first
  std::vector<std::string> others;  ///< names of the other items
  bool expandable = true;           ///< false: some item has no name of its own
};

/// A column that a statement gives a value.
struct WriteSite {
  int location = 0;   ///< of the name in the statement, or of the relation's
  int relation = 0;
  Oid table = 0;      ///< `relation` itself, or the table behind it if that is a view
  std::int16_t attribute = 0;  ///< of `table`
  bool insert = false;  ///< otherwise an UPDATE, also of ON CONFLICT
};

/// GROUP BY holds the whole primary key of a relation: its other columns may be used without grouping
/// by them, but not once the relation has become a subquery.
struct GroupSite {
  int location = 0;  ///< of an element of GROUP BY
  int relation = 0;
  std::vector<std::int16_t> columns;  ///< to group by as well; kAllColumns: every one
};

/// A function's name without a schema, to be pinned to `schema`.
struct FunctionSite {
  int location = 0;
  std::string schema;
  friend auto operator<=>(const FunctionSite&, const FunctionSite&) = default;
};

/// A call of a function that tells how much room something takes.
struct SizeSite {
  int location = 0;
  bool of_relation = true;  ///< otherwise of a database or tablespace
};

/// Stored code that the statement runs. Belongs to the catalog.
struct CodeSite {
  std::string name;
  const CodeEffect* effect = nullptr;
  int location = -1;  ///< of the call; -1: it is set off by what the statement does
  bool unknown = false;  ///< nobody can say what it does
};

/// EXPLAIN with its options.
struct ExplainSite {
  int location = 0;         ///< of the statement, perhaps of blanks before EXPLAIN
  bool options = false;     ///< EXPLAIN (…)
  bool plain = true;        ///< no options but COSTS, FORMAT and the harmless ones
  std::string harmless;     ///< SUMMARY and SETTINGS, as ", summary on"
  std::string format;       ///< of the FORMAT option; empty: none
  int statement = 0;
};

struct ViewText;

struct TextSites {
  std::shared_ptr<const Catalog> catalog;
  ParseLimits limits;
  std::vector<RelationSite> relations;
  std::vector<ColumnSite> columns;
  std::vector<ReturningSite> returnings;
  std::vector<ReturningStar> returning_stars;
  std::vector<WriteSite> writes;
  std::vector<GroupSite> groups;
  std::vector<FunctionSite> functions;
  std::vector<SizeSite> sizes;
  std::vector<CodeSite> code;
  std::vector<ExplainSite> explains;
  std::vector<std::unique_ptr<ViewText>> views;
  std::size_t statements = 0;
};

/// The definition of a view, analysed like a text of its own.
struct ViewText {
  std::string text;  ///< without the semicolon
  TextSites sites;
  Analysis analysis;
  Oid table = 0;           ///< the only item of its FROM, through further views: what writing the view writes; 0: no such table
  bool runs_code = false;  ///< writing it runs triggers or rules of views in between
  std::vector<Oid> between;  ///< the views between it and the table, the nearest first
};

struct AnalysedText::State {
  TextSites sites;
  std::vector<Analysis> analyses;
};

}  // namespace sluice::sql
