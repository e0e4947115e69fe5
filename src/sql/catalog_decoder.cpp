#include <algorithm>
#include <vector>

#include "sql/catalog_queries.h"
#include "sql/catalog_row.h"

namespace sluice::sql {
namespace {

std::optional<RelationKind> relation_kind(char letter) {
  for (const RelationKind kind : {RelationKind::table, RelationKind::partitioned_table, RelationKind::view, RelationKind::materialized_view,
                                  RelationKind::foreign_table, RelationKind::sequence, RelationKind::composite_type, RelationKind::toast,
                                  RelationKind::index, RelationKind::partitioned_index}) {
    if (static_cast<char>(kind) == letter) return kind;
  }
  return std::nullopt;
}

}  // namespace

CatalogDecoder::CatalogDecoder(std::uint64_t version) : version_(version) {}

Status CatalogDecoder::add_row(CatalogPart part, CatalogRow row) {
  RowReader values(row, part == CatalogPart::database ? 2 : 1);
  if (part != CatalogPart::database && !builder_) return malformed("order");
  switch (part) {
    case CatalogPart::database: {
      const std::string name(values.text());
      const std::string identifier(values.text());
      if (!values.ok()) return malformed("database");
      builder_.emplace(version_, name, identifier);
      return Done{};
    }
    case CatalogPart::schemas:
      builder_->add_schema(std::string(values.text()));
      return values.ok() ? Status(Done{}) : Status(malformed("schema"));
    case CatalogPart::relations: return add_relation(row);
    case CatalogPart::columns: return add_column(row);
    case CatalogPart::keys: return add_key(row);
    case CatalogPart::constraints: return add_constraint(row);
    case CatalogPart::foreign_keys: return add_foreign_key(row);
    case CatalogPart::generated_columns: return add_generated_column(row);
    case CatalogPart::inheritance: return add_parent(row);
    case CatalogPart::routines: return add_routine(row);
    case CatalogPart::routine_columns:
    case CatalogPart::routine_settings:
    case CatalogPart::routine_calls:
    case CatalogPart::aggregate_support:
    case CatalogPart::code_in_relations:
    case CatalogPart::triggers:
    case CatalogPart::operators:
    case CatalogPart::types:
    case CatalogPart::row_policies:
      return add_code(part, row);
  }
  return malformed("part");
}

Status CatalogDecoder::add_relation(CatalogRow row) {
  RowReader values(row, 9);
  Relation relation;
  relation.oid = values.number<Oid>();
  relation.schema = values.text();
  relation.name = values.text();
  const auto kind = relation_kind(values.letter());
  relation.row_estimate = values.number<double>();
  relation.view_definition = values.nullable().value_or(std::string_view());
  relation.has_user_triggers = values.boolean();
  relation.has_user_rules = values.boolean();
  relation.has_row_security = values.boolean();
  if (!values.ok() || !kind) return malformed("relation");
  relation.kind = *kind;
  relation.system = relation.schema == "pg_catalog" || relation.schema == "information_schema";
  const Oid oid = relation.oid;
  relations_.insert_or_assign(oid, std::move(relation));
  return Done{};
}

Status CatalogDecoder::add_column(CatalogRow row) {
  RowReader values(row, 10);
  Relation* relation = find(values.number<Oid>());
  Column column;
  column.attribute = values.number<std::int16_t>();
  column.name = values.text();
  column.type = values.number<Oid>();
  column.type_modifier = values.number<std::int32_t>();
  column.type_name = values.text();
  column.type_category = values.letter();
  column.type_kind = values.letter();
  column.not_null = values.boolean();
  column.generated = values.boolean();
  if (!values.ok() || relation == nullptr) return malformed("column");
  relation->columns.push_back(std::move(column));
  return Done{};
}

Status CatalogDecoder::add_key(CatalogRow row) {
  RowReader values(row, 3);
  Relation* relation = find(values.number<Oid>());
  const bool primary = values.boolean();
  std::vector<std::int16_t> columns = values.numbers();
  if (!values.ok() || columns.empty()) return malformed("key");
  if (relation == nullptr) return Done{};  // of a TOAST or temporary table
  if (primary) relation->primary_key = columns;
  relation->unique_keys.push_back(std::move(columns));
  return Done{};
}

Status CatalogDecoder::add_constraint(CatalogRow row) {
  RowReader values(row, 3);
  Relation* relation = find(values.number<Oid>());
  const char kind = values.letter();
  std::vector<std::int16_t> columns = values.numbers();
  if (!values.ok() || std::string_view("cudp").find(kind) == std::string_view::npos) return malformed("constraint");
  if (relation == nullptr) return Done{};
  if (std::find(columns.begin(), columns.end(), 0) != columns.end()) {  // a whole row, or an expression without a column of its own
    if (kind == 'c') {
      for (const Column& column : relation->columns) columns.push_back(column.attribute);
    }
    std::erase(columns, 0);
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  if (kind == 'p') relation->partition_key = std::move(columns);
  else if (kind == 'd') relation->fixed_defaults = std::move(columns);
  else (kind == 'c' ? relation->checks : relation->conflict_keys).push_back(std::move(columns));
  return Done{};
}

Status CatalogDecoder::add_foreign_key(CatalogRow row) {
  RowReader values(row, 6);
  Relation* relation = find(values.number<Oid>());
  ForeignKey key;
  key.columns = values.numbers();
  key.referenced = values.number<Oid>();
  key.referenced_columns = values.numbers();
  key.on_update = values.letter();
  key.on_delete = values.letter();
  if (!values.ok() || key.columns.empty() || key.columns.size() != key.referenced_columns.size()) return malformed("foreign key");
  if (relation != nullptr) relation->foreign_keys.push_back(std::move(key));
  return Done{};
}

Status CatalogDecoder::add_generated_column(CatalogRow row) {
  RowReader values(row, 3);
  Relation* relation = find(values.number<Oid>());
  const auto attribute = values.number<std::int16_t>();
  const auto input = values.number<std::int16_t>();
  if (!values.ok()) return malformed("generated column");
  if (relation == nullptr) return Done{};
  for (Column& column : relation->columns) {
    if (column.attribute != attribute) continue;
    if (input != 0) {
      column.generated_from.push_back(input);
    } else {  // the whole row
      for (const Column& other : relation->columns) {
        if (other.attribute != attribute) column.generated_from.push_back(other.attribute);
      }
    }
  }
  return Done{};
}

Status CatalogDecoder::add_parent(CatalogRow row) {
  RowReader values(row, 2);
  Relation* child = find(values.number<Oid>());
  const Oid parent = values.number<Oid>();
  if (!values.ok()) return malformed("inheritance");
  if (child != nullptr) child->parents.push_back(parent);
  return Done{};
}

Relation* CatalogDecoder::find(Oid oid) {
  const auto found = relations_.find(oid);
  return found == relations_.end() ? nullptr : &found->second;
}

Result<std::shared_ptr<const Catalog>> CatalogDecoder::finish() && {
  if (!builder_ || relations_.empty()) return malformed("nothing was read");
  for (auto& [oid, relation] : relations_) {
    std::sort(relation.unique_keys.begin(), relation.unique_keys.end());
    std::sort(relation.checks.begin(), relation.checks.end());
    std::sort(relation.conflict_keys.begin(), relation.conflict_keys.end());
    std::sort(relation.foreign_keys.begin(), relation.foreign_keys.end());
    for (Column& column : relation.columns) {
      std::sort(column.generated_from.begin(), column.generated_from.end());
      column.generated_from.erase(std::unique(column.generated_from.begin(), column.generated_from.end()), column.generated_from.end());
    }
    builder_->add_relation(std::move(relation));
  }
  return std::move(*builder_).build();
}

}  // namespace sluice::sql
