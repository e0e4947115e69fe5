#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sql/analyse.h"

namespace sluice::sql {

// A small shop, as the catalog queries would have read it.

inline Column column(std::int16_t attribute, std::string name, std::string type, char category = 'S', bool not_null = false) {
  Column c;
  c.attribute = attribute;
  c.name = std::move(name);
  c.type_name = std::move(type);
  c.type_category = category;
  c.not_null = not_null;
  return c;
}

inline Relation table(Oid oid, std::string schema, std::string name, std::vector<Column> columns, std::vector<std::int16_t> key = {1}) {
  Relation r;
  r.oid = oid;
  r.schema = std::move(schema);
  r.name = std::move(name);
  r.columns = std::move(columns);
  r.primary_key = key;
  if (!key.empty()) r.unique_keys.push_back(std::move(key));
  return r;
}

constexpr Oid kCustomers = 100;
constexpr Oid kOrders = 101;
constexpr Oid kSalaries = 102;
constexpr Oid kPeople = 103;
constexpr Oid kPeopleNew = 104;
constexpr Oid kAudited = 105;
constexpr Oid kView = 110;
constexpr Oid kPlainView = 111;
constexpr Oid kClass = 1259;

inline std::shared_ptr<const Catalog> shop_catalog() {
  CatalogBuilder builder(1, "shop", "1");
  for (const char* schema : {"pg_catalog", "information_schema", "public", "hr"}) builder.add_schema(schema);

  Relation customers = table(kCustomers, "public", "customers",
                             {column(1, "id", "integer", 'N', true), column(2, "name", "text"), column(3, "email", "character varying(80)"),
                              column(5, "phone", "text"), column(6, "country", "text")});
  customers.unique_keys.push_back({3});
  builder.add_relation(customers);
  builder.add_relation(table(kOrders, "public", "orders",
                             {column(1, "id", "bigint", 'N', true), column(2, "customer_id", "integer", 'N'),
                              column(3, "total", "numeric(10,2)", 'N'), column(4, "note", "text")}));
  builder.add_relation(table(kSalaries, "hr", "salaries", {column(1, "emp_id", "integer", 'N', true), column(2, "amount", "numeric", 'N')}));
  builder.add_relation(table(kPeople, "public", "people", {column(1, "id", "integer", 'N'), column(2, "secret", "text")}, {}));
  Relation people_new = table(kPeopleNew, "public", "people_new",
                              {column(1, "extra", "integer", 'N'), column(2, "id", "integer", 'N'), column(3, "secret", "text")}, {});
  people_new.parents = {kPeople};
  builder.add_relation(people_new);
  Relation audited = table(kAudited, "public", "audited", {column(1, "id", "integer", 'N'), column(2, "secret", "text")});
  audited.has_user_triggers = true;
  builder.add_relation(audited);

  Relation view = table(kView, "public", "customer_mails", {column(1, "id", "integer", 'N'), column(2, "mail", "text")}, {});
  view.kind = RelationKind::view;
  view.view_definition = " SELECT customers.id,\n    upper((customers.email)::text) AS mail\n   FROM public.customers\n  WHERE (customers.phone IS NOT NULL);";
  builder.add_relation(view);
  Relation plain_view = table(kPlainView, "public", "big_orders", {column(1, "id", "bigint", 'N')}, {});
  plain_view.kind = RelationKind::view;
  plain_view.view_definition = " SELECT orders.id\n   FROM public.orders\n  WHERE (orders.total > (100)::numeric);";
  builder.add_relation(plain_view);

  Relation pg_class = table(kClass, "pg_catalog", "pg_class", {column(1, "oid", "oid", 'N'), column(2, "relname", "name")});
  pg_class.system = true;
  builder.add_relation(pg_class);
  Relation pg_statistic = table(2619, "pg_catalog", "pg_statistic", {column(1, "starelid", "oid", 'N')});
  pg_statistic.system = true;
  builder.add_relation(pg_statistic);

  builder.add_function("public", "leak");
  builder.add_function("hr", "lower");
  builder.add_operator("===");
  builder.add_type("mood");
  return std::move(builder).build();
}

inline Result<AnalysedText> analyse(std::string_view text, const NameContext& names = {}) { return analyse_text(text, shop_catalog(), names); }

/// The only statement of a text that must be understood.
inline Analysis analysis_of(std::string_view text, const NameContext& names = {}) {
  auto analysed = analyse(text, names);
  if (!analysed.ok()) {
    ADD_FAILURE() << text << ": " << analysed.error().message;
    return {};
  }
  EXPECT_EQ(analysed.value().statements().size(), 1u) << text;
  return analysed.value().statements().at(0);
}

inline Error refusal_of(std::string_view text, const NameContext& names = {}) {
  auto analysed = analyse(text, names);
  if (!analysed.ok()) return analysed.error();
  ADD_FAILURE() << text << " was understood";
  return {};
}

inline const Masks& shop_masks() {
  // One by one: GCC 12 warns of the copies out of a list of initial values.
  static const Masks masks = [] {
    Masks made;
    made.emplace_back(ColumnId{kCustomers, 3}, TokenMask{"tok-"});
    made.emplace_back(ColumnId{kCustomers, 5}, NullMask{});
    made.emplace_back(ColumnId{kSalaries, 2}, NullMask{});
    made.emplace_back(ColumnId{kPeopleNew, 3}, ConstantMask{"***"});
    made.emplace_back(ColumnId{kAudited, 2}, NullMask{});
    return made;
  }();
  return masks;
}

inline Result<UpstreamSql> rewritten(std::string_view text, const Masks& masks = shop_masks(), const NameContext& names = {}) {
  auto analysed = analyse(text, names);
  if (!analysed.ok()) return analysed.error();
  return rewrite(analysed.value(), text, masks);
}

inline std::string upstream_of(std::string_view text, const Masks& masks = shop_masks(), const NameContext& names = {}) {
  auto sql = rewritten(text, masks, names);
  return sql.ok() ? sql.value().text() : std::string("REFUSED: ") + sql.error().message;
}

}  // namespace sluice::sql
