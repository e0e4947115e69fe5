#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "sql/utility.h"

struct RangeVar;

namespace sluice::sql {

/// The relation that a name means: with a schema, or by the search path with temporary and system schemas
/// in front as PostgreSQL has them. nullptr: none that the catalog knows.
[[nodiscard]] const Relation* find_relation(const Catalog& catalog, const NameContext& names, std::string_view schema, std::string_view name);

/// Gathers the relations that a utility statement names.
class NamedRelations {
 public:
  NamedRelations(std::string_view text, const Catalog& catalog, const NameContext& names) : text_(text), catalog_(catalog), names_(names) {}

  /// Whether a relation must be known. PostgreSQL seldom says where in the statement the name of a missing one is.
  enum class Missing { fails, fails_in_place, is_fine };

  /// `how.relation` is filled in. A null range is no relation. Returns the relation, if it is known.
  const Relation* touch(const RangeVar* range, RelationAccess how = {}, Missing missing = Missing::fails);
  /// A name without a place in the parse tree: a list of one or two String nodes; -1: its place is unknown.
  /// `part_of_name`: more parts follow in the text (a column's).
  const Relation* touch(const List* name, int location, RelationAccess how = {}, Missing missing = Missing::fails, bool part_of_name = false);
  void touch_all(const List* ranges, RelationAccess how = {}, Missing missing = Missing::fails);

  /// What error messages call a missing relation: "table", "view" …, without its schema.
  void call_them(std::string_view kind) { kind_ = kind; }

  /// `statement` with the relations and names, or the first failure.
  [[nodiscard]] Result<UtilityAnalysis> finish(UtilityAnalysis statement) &&;

 private:
  const Relation* record(std::string_view schema, std::string_view name, int location, RelationAccess how, Missing missing, int fields = 0);
  void fail(Error error, int location);

  std::string_view text_;
  const Catalog& catalog_;
  const NameContext& names_;
  std::string_view kind_;
  UtilityAnalysis found_;
  std::optional<Error> error_;
};

/// A statement of this kind, to be filled. `actions` are sorted here.
[[nodiscard]] UtilityAnalysis utility_analysis(StatementKind kind, std::initializer_list<Action> actions);

/// `database.schema.name` of another database than this.
[[nodiscard]] Error cross_database(const RangeVar& range);

/// Does the statement touch `count` relations, all of them the session's own temporary ones?
[[nodiscard]] bool only_temporary(const Analysis& analysis, std::size_t count, const Catalog& catalog, const NameContext& names);

/// The 1-based character of `text` that begins at a byte.
[[nodiscard]] int character_position(std::string_view text, int byte);

}  // namespace sluice::sql
