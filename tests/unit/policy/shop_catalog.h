#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sql/catalog.h"

namespace sluice::policy {

inline sql::Relation table_of(Oid oid, std::string schema, std::string name, const std::vector<std::string>& columns) {
  sql::Relation relation;
  relation.oid = oid;
  relation.schema = std::move(schema);
  relation.name = std::move(name);
  relation.system = relation.schema == "pg_catalog";
  for (const std::string& column : columns) {
    sql::Column made;
    made.name = column;
    made.attribute = static_cast<std::int16_t>(relation.columns.size() + 1);
    made.type = 25;
    made.type_name = "text";
    made.type_category = 'S';
    relation.columns.push_back(std::move(made));
  }
  return relation;
}

inline constexpr Oid kClass = 1259;
inline constexpr Oid kCustomers = 16001;   // id, name, email, phone
inline constexpr Oid kCards = 16002;       // id, number
inline constexpr Oid kSalaries = 16003;    // id, amount; in hr
inline constexpr Oid kOrders = 16004;      // id, total, note; partitioned
inline constexpr Oid kOrders2024 = 16005;  // note, id, total
inline constexpr Oid kOrders2025 = 16006;  // id, total, note
inline constexpr Oid kTemporary = 16007;

/// A small shop without views, for tests of rules.
inline sql::CatalogBuilder shop_builder() {
  sql::CatalogBuilder builder(1, "shop", "7000000000000000001");
  for (const char* schema : {"pg_catalog", "public", "hr", "pg_temp_3"}) builder.add_schema(schema);
  builder.add_relation(table_of(kClass, "pg_catalog", "pg_class", {"oid", "relname"}));
  builder.add_relation(table_of(kCustomers, "public", "customers", {"id", "name", "email", "phone"}));
  builder.add_relation(table_of(kCards, "public", "cards", {"id", "number"}));
  builder.add_relation(table_of(kSalaries, "hr", "salaries", {"id", "amount"}));
  sql::Relation orders = table_of(kOrders, "public", "orders", {"id", "total", "note"});
  orders.kind = sql::RelationKind::partitioned_table;
  builder.add_relation(orders);
  sql::Relation year = table_of(kOrders2024, "public", "orders_2024", {"note", "id", "total"});
  year.parents = {kOrders};
  builder.add_relation(year);
  year = table_of(kOrders2025, "public", "orders_2025", {"id", "total", "note"});
  year.parents = {kOrders};
  builder.add_relation(year);
  builder.add_relation(table_of(kTemporary, "pg_temp_3", "scratch", {"id"}));
  return builder;
}

inline std::shared_ptr<const sql::Catalog> shop_catalog() { return shop_builder().build(); }

}  // namespace sluice::policy
