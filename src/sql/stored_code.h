#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "sql/analysis.h"

namespace sluice::sql {

class Catalog;

/// What sets off the code that hangs on a relation.
enum class CodeEvent { read, insert, update, delete_, truncate };

/// A column that code gives a value; `insert`: of a new row.
struct CodeWrite {
  ColumnId column;
  bool insert = false;
  friend auto operator<=>(const CodeWrite&, const CodeWrite&) = default;
};

/// What running stored code can do besides computing from its arguments, all that it calls and all triggers that it sets
/// off included. Everything is sorted and without duplicates.
struct CodeEffect {
  /// "schema.name" of functions of which only a person can say what they do: those that cannot be followed, and those that
  /// run with their owner's rights. Rules are "rules on schema.table".
  std::vector<std::string> unknown;
  std::vector<RelationAccess> relations;
  std::vector<ColumnId> reads;
  std::vector<CodeWrite> writes;
  ActionBits actions = 0;

  [[nodiscard]] bool empty() const;
  void add(const CodeEffect& other);
  friend bool operator==(const CodeEffect&, const CodeEffect&) = default;
};

/// A function, procedure, aggregate or window function outside pg_catalog.
struct Routine {
  Oid oid = 0;
  std::string schema;
  std::string name;
  char kind = 'f';                          ///< pg_proc.prokind
  std::int16_t arguments = -1;              ///< -1: any number
  std::int16_t defaults = 0;
  bool variadic = false;
  bool returns_set = false;
  bool polymorphic = false;                 ///< what it returns depends on its arguments
  Oid result_relation = 0;                  ///< it returns rows of this relation's or composite type's columns
  std::vector<std::string> result_columns;  ///< OUT parameters or TABLE columns; of several, or of one that has a name
  std::string obstacle;                     ///< why it cannot be followed; empty: it can
  CodeEffect effect;

  [[nodiscard]] std::string full_name() const { return schema + "." + name; }
  [[nodiscard]] bool takes(std::size_t count) const;  ///< can it be called with so many arguments?
};

/// How a routine is written; only classification needs it.
struct RoutineSource {
  std::string language;
  std::string body;                                     ///< prosrc
  bool parsed = false;                                  ///< `body` is the whole definition: its body is parsed already
  std::string setting;                                  ///< the name of a SET that changes more than search_path; empty: none
  std::optional<std::vector<std::string>> search_path;  ///< SET search_path
  bool security_definer = false;
  bool trigger = false;                                 ///< returns trigger
  std::string extension;                                ///< whose member it is
};

struct TriggerSource {
  Oid relation = 0;
  Oid routine = 0;
  std::string routine_name;  ///< for those of pg_catalog
  std::string definition;    ///< as pg_get_triggerdef() gives it
};

/// One thing that code hangs on, set off by some events.
struct CodeRoot {
  std::string name;    ///< of the routine, "schema.name": a policy that lists it vouches for it
  CodeEffect effect;
  friend bool operator==(const CodeRoot&, const CodeRoot&) = default;
};

/// All code stored in one database, classified. Immutable once the catalog is built.
class StoredCode {
 public:
  [[nodiscard]] const Routine* routine(Oid oid) const;
  /// All overloads; empty: there is no such routine.
  [[nodiscard]] std::vector<const Routine*> routines(std::string_view schema, std::string_view name) const;
  [[nodiscard]] std::vector<const Routine*> routines(std::string_view name) const;  ///< in any schema
  /// The functions of user-defined operators and types of a name, in any schema, that are not known to be harmless.
  [[nodiscard]] std::vector<const Routine*> of_operator(std::string_view name) const;
  [[nodiscard]] std::vector<const Routine*> of_type(std::string_view name) const;
  [[nodiscard]] std::vector<const Routine*> of_type(Oid type) const;
  /// What the event sets off in this relation: triggers, rules, defaults, checks, indexes, also of its partitions and of what
  /// its keys cascade to; and what chooses its rows: row security, partition bounds, a materialised view's query. Empty for most
  /// relations. Of relation 0, insert: event triggers.
  [[nodiscard]] std::span<const CodeRoot> set_off(Oid relation, CodeEvent event) const;

 private:
  friend class CodeCollector;
  friend class CodeClassifier;

  std::vector<Routine> routines_;
  std::unordered_map<Oid, std::size_t> by_oid_;
  std::unordered_multimap<std::string, std::size_t> by_name_;
  std::unordered_multimap<std::string, Oid> operators_;  // name -> routine
  std::unordered_multimap<std::string, Oid> types_;
  std::unordered_multimap<Oid, Oid> type_oids_;          // type -> routine
  std::map<std::pair<Oid, CodeEvent>, std::vector<CodeRoot>> events_;
};

/// What the catalog knows about code before it is classified.
class CodeCollector {
 public:
  void add(Routine routine, RoutineSource source);
  void add_trigger(TriggerSource trigger) { triggers_.push_back(std::move(trigger)); }
  void add_result_column(Oid routine, std::string name);
  void add_setting(Oid routine, std::string_view name, std::string_view value);  ///< CREATE FUNCTION … SET name = value
  /// `routine` runs whenever `caller` does: in a default of its parameters, as its support function.
  void add_call(Oid caller, Oid routine) { calls_.emplace_back(caller, routine); }
  /// A function of pg_catalog that supports an aggregate.
  void add_support(Oid aggregate, std::string name) { supports_.emplace_back(aggregate, std::move(name)); }
  /// `routine` runs in a default ('d'), check ('c'), index ('i') or policy ('p') of the relation, or ('e', no relation) with DDL.
  void add_expression(Oid relation, char kind, Oid routine) { expressions_.push_back({relation, kind, routine}); }
  void add_operator(std::string name, Oid routine) { operators_.emplace_back(std::move(name), routine); }
  void add_type(std::string name, Oid routine, Oid type = 0) {
    types_.emplace_back(std::move(name), routine);
    if (type != 0) type_oids_.emplace_back(type, routine);
  }
  /// Row security of the relation as a query over it, which chooses rows by all that it reads.
  void add_policy(Oid relation, std::string query) { policies_.emplace_back(relation, std::move(query)); }

  /// Parses and follows all of it: needs the stack that analyse_text() asks for. `catalog` has all relations already, and
  /// `code` is what its code() gives.
  void classify(const Catalog& catalog, StoredCode& code) &&;

 private:
  friend class CodeClassifier;
  struct Expression {
    Oid relation = 0;
    char kind = 'd';
    Oid routine = 0;
  };
  std::vector<Routine> routines_;
  std::vector<RoutineSource> sources_;
  std::unordered_map<Oid, std::size_t> by_oid_;
  std::vector<TriggerSource> triggers_;
  std::vector<std::pair<Oid, Oid>> calls_;
  std::vector<std::pair<Oid, std::string>> supports_;
  std::vector<Expression> expressions_;
  std::vector<std::pair<std::string, Oid>> operators_;
  std::vector<std::pair<std::string, Oid>> types_;
  std::vector<std::pair<Oid, Oid>> type_oids_;
  std::vector<std::pair<Oid, std::string>> policies_;
};

}  // namespace sluice::sql
