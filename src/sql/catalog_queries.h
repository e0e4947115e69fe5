#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "sql/catalog.h"

namespace sluice::sql {

/// What each query reads; the order in which to run them.
enum class CatalogPart {
  database, schemas, relations, columns, keys, constraints, foreign_keys, generated_columns, inheritance,
  routines, routine_columns, routine_settings, routine_calls, aggregate_support, code_in_relations, triggers, operators, types,
  row_policies
};

struct CatalogQuery {
  CatalogPart part;
  std::string_view sql;
};

/// To run before the queries, all in one transaction: one consistent view of the catalog, and an empty
/// search_path so that type names and view definitions come out qualified and no name can be captured.
[[nodiscard]] std::string_view catalog_transaction();

/// Everything that a Catalog holds, from PostgreSQL 12 to 18. No parameters; text results.
[[nodiscard]] std::span<const CatalogQuery> catalog_queries();

/// Makes a Catalog of the rows that catalog_queries() return.
class CatalogDecoder {
 public:
  explicit CatalogDecoder(std::uint64_t version);

  /// One row, its values in text format (null: no value). A row of the wrong shape is ErrorKind::internal.
  [[nodiscard]] Status add_row(CatalogPart part, std::span<const std::optional<std::string_view>> row);
  /// Fails if the database's own row or all relations are missing. Call once.
  [[nodiscard]] Result<std::shared_ptr<const Catalog>> finish() &&;

 private:
  using Row = std::span<const std::optional<std::string_view>>;
  Status add_relation(Row row);
  Status add_column(Row row);
  Status add_key(Row row);
  Status add_constraint(Row row);
  Status add_foreign_key(Row row);
  Status add_generated_column(Row row);
  Status add_parent(Row row);
  Status add_routine(Row row);
  Status add_code(CatalogPart part, Row row);  ///< all about code but routines
  Relation* find(Oid oid);

  std::uint64_t version_;
  std::unordered_map<Oid, Relation> relations_;
  std::optional<CatalogBuilder> builder_;  // once the database is known
};

}  // namespace sluice::sql
