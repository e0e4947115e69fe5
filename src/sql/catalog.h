#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "sql/stored_code.h"

namespace sluice::sql {

struct Column {
  std::string name;
  std::int16_t attribute = 0;
  Oid type = 0;
  std::int32_t type_modifier = -1;
  std::string type_name;       ///< as format_type() gives it with an empty search_path: what a cast can name
  char type_category = 'U';    ///< pg_type.typcategory; 'S' = text-like
  char type_kind = 'b';        ///< pg_type.typtype: b base, d domain, e enum, c composite …
  bool not_null = false;
  bool generated = false;      ///< GENERATED ALWAYS AS … STORED
  std::vector<std::int16_t> generated_from;  ///< columns of the same relation

  friend bool operator==(const Column&, const Column&) = default;
};

enum class RelationKind : char {
  table = 'r', partitioned_table = 'p', view = 'v', materialized_view = 'm', foreign_table = 'f',
  sequence = 'S', composite_type = 'c', toast = 't', index = 'i', partitioned_index = 'I',
};

struct ForeignKey {
  std::vector<std::int16_t> columns;
  Oid referenced = 0;
  std::vector<std::int16_t> referenced_columns;  ///< in the order of `columns`
  char on_update = 'a';                          ///< pg_constraint.confupdtype: a no action, r restrict, c cascade, n set null, d set default
  char on_delete = 'a';
  friend auto operator<=>(const ForeignKey&, const ForeignKey&) = default;
};

struct Relation {
  Oid oid = 0;
  std::string schema;
  std::string name;
  RelationKind kind = RelationKind::table;
  std::vector<Column> columns;                           ///< live columns, by attribute number
  std::vector<std::int16_t> primary_key;                 ///< attribute numbers; empty: none
  std::vector<std::vector<std::int16_t>> unique_keys;    ///< total (no predicate, no expression), primary key included
  double row_estimate = -1;                              ///< pg_class.reltuples; -1 = never analysed
  std::string view_definition;                           ///< pg_get_viewdef with an empty search_path; views and materialised views
  std::vector<Oid> parents;                              ///< inheritance and partitioning, direct
  bool has_user_triggers = false;
  bool has_user_rules = false;                           ///< rules other than a view's own _RETURN
  bool has_row_security = false;
  bool system = false;                                   ///< in pg_catalog or information_schema
  std::vector<std::vector<std::int16_t>> checks;         ///< columns that one CHECK constraint judges together; sorted, as the next two
  std::vector<std::vector<std::int16_t>> conflict_keys;  ///< columns of all other indexes that can refuse a row: unique ones with
                                                         ///< a predicate or expression, deferrable ones, EXCLUDE
  std::vector<ForeignKey> foreign_keys;
  std::vector<std::int16_t> partition_key;               ///< columns by which it is partitioned, those of expressions included
  std::vector<std::int16_t> fixed_defaults;              ///< columns of keys that hold a value known beforehand where a new row gives none

  [[nodiscard]] const Column* column(std::string_view column_name) const;
  [[nodiscard]] const Column* column(std::int16_t attribute) const;
  friend bool operator==(const Relation&, const Relation&) = default;
};

/// What was true of one upstream database when it was read. Immutable once published; found through
/// hash tables, so that cost does not grow with the number of tables. Made by CatalogBuilder.
class Catalog {
 public:
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  [[nodiscard]] const std::string& database() const noexcept { return database_; }  ///< the upstream's own name of it
  [[nodiscard]] const std::string& system_identifier() const noexcept { return system_identifier_; }

  [[nodiscard]] const Relation* relation(Oid oid) const;
  [[nodiscard]] const Relation* relation(std::string_view schema, std::string_view name) const;
  [[nodiscard]] std::vector<const Relation*> relations_named(std::string_view name) const;  ///< in any schema but the system's
  [[nodiscard]] bool has_schema(std::string_view schema) const;
  [[nodiscard]] std::span<const Oid> children(Oid parent) const;  ///< direct inheritors and partitions
  /// Is there a function of this name outside pg_catalog, in any schema?
  [[nodiscard]] bool has_user_function(std::string_view name) const;
  [[nodiscard]] bool has_user_function(std::string_view schema, std::string_view name) const;
  /// Functions, triggers and the like; an overlay has those of its base.
  [[nodiscard]] const StoredCode& code() const { return base_ == nullptr ? code_ : base_->code_; }
  /// Relations in no particular order; one that an overlay replaces comes once, as the overlay has it.
  template <class F>
  void for_each_relation(F&& f) const {
    for (const auto& [oid, relation] : relations_) f(relation);
    if (base_ == nullptr) return;
    for (const auto& [oid, relation] : base_->relations_) {
      if (!relations_.contains(oid)) f(relation);
    }
  }

 private:
  friend class CatalogBuilder;
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  template <class V>
  using NameMap = std::unordered_map<std::string, V, NameHash, std::equal_to<>>;

  std::uint64_t version_ = 0;
  std::string database_;
  std::string system_identifier_;
  std::shared_ptr<const Catalog> base_;  // null unless this is an overlay
  std::unordered_map<Oid, Relation> relations_;
  NameMap<NameMap<Oid>> by_name_;  // schema -> name -> oid
  std::unordered_map<Oid, std::vector<Oid>> children_;
  StoredCode code_;
};

/// Collects what the catalog queries return; see sql/catalog_queries.h for where the values come from.
class CatalogBuilder {
 public:
  CatalogBuilder(std::uint64_t version, std::string database, std::string system_identifier);
  /// An overlay: what only one session sees, on top of what all see. `base` is no overlay itself.
  CatalogBuilder(std::uint64_t version, std::shared_ptr<const Catalog> base);
  void add_schema(std::string name);
  void add_relation(Relation relation);
  /// A function of which nothing else is known.
  void add_function(std::string schema, std::string name);
  [[nodiscard]] CodeCollector& code() { return code_; }  ///< classified by build()
  /// Operators and types whose functions are not known.
  void add_operator(std::string name);
  void add_type(std::string name);
  [[nodiscard]] std::shared_ptr<const Catalog> build() &&;

 private:
  std::shared_ptr<Catalog> catalog_;
  CodeCollector code_;
  Oid next_function_ = 1;
};

}  // namespace sluice::sql
