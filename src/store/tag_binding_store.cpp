#include "store/tag_binding_store.h"

#include <utility>

namespace sluice::store {
namespace {

constexpr std::string_view kMine = " WHERE alias = ? AND system_identifier = ? AND database = ?";

Query& bind_owner(Query& query, const TagBindingOwner& owner) {
  return query.bind(owner.alias.text).bind(owner.system_identifier).bind(owner.database);
}

Result<Query> prepare_mine(const Database& database, const TagBindingOwner& owner, std::string_view sql, std::string_view order = {}) {
  SLUICE_TRY(query, database.prepare(std::string(sql) + std::string(kMine) + std::string(order)));
  bind_owner(query, owner);
  return query;
}

ColumnId column_at(const Query& query, int first) {
  return {static_cast<Oid>(query.unsigned_number(first)), static_cast<std::int16_t>(query.number(first + 1))};
}

Status save(const Database& database, const TagBindingOwner& owner, const policy::TagBindings& bindings) {
  for (const std::string_view sql : {"DELETE FROM tag_bindings", "DELETE FROM tag_reviewed"}) {
    SLUICE_TRY(remove, prepare_mine(database, owner, sql));
    SLUICE_CHECK(remove.run());
  }
  SLUICE_TRY(target, database.prepare("INSERT INTO tag_bindings VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const policy::TagBinding& each : bindings.targets) {
    bind_owner(target, owner).bind(each.schema).bind(each.table).bind(each.column);
    SLUICE_CHECK(target.bind(std::uint64_t{each.target.relation}).bind(int{each.target.attribute}).run());
    target.reset();
  }
  SLUICE_TRY(reviewed, database.prepare("INSERT INTO tag_reviewed VALUES (?, ?, ?, ?, ?)"));
  for (const ColumnId each : bindings.reviewed) {
    SLUICE_CHECK(bind_owner(reviewed, owner).bind(std::uint64_t{each.relation}).bind(int{each.attribute}).run());
    reviewed.reset();
  }
  return Done{};
}

}  // namespace

TagBindingOwner owner_of_bindings(const DatabaseAlias& alias, const sql::Catalog& catalog) {
  return {alias, catalog.system_identifier(), catalog.database()};
}

Result<policy::TagBindings> load_tag_bindings(const Database& database, const TagBindingOwner& owner) {
  policy::TagBindings bindings;
  SLUICE_TRY(targets, prepare_mine(database, owner, "SELECT schema_name, table_name, column_name, relation, attribute FROM tag_bindings",
                                   " ORDER BY schema_name, table_name, column_name, relation, attribute"));
  for (;;) {
    SLUICE_TRY(row, targets.step());
    if (!row) break;
    bindings.targets.push_back({targets.text(0), targets.text(1), targets.text(2), column_at(targets, 3)});
  }
  SLUICE_TRY(reviewed, prepare_mine(database, owner, "SELECT relation, attribute FROM tag_reviewed", " ORDER BY relation, attribute"));
  for (;;) {
    SLUICE_TRY(row, reviewed.step());
    if (!row) break;
    bindings.reviewed.push_back(column_at(reviewed, 0));
  }
  return bindings;
}

Status save_tag_bindings(const Database& database, const std::vector<OwnedTagBindings>& all) {
  SLUICE_TRY(transaction, Transaction::begin(database));
  for (const OwnedTagBindings& each : all) SLUICE_CHECK(save(database, each.owner, each.bindings));
  return transaction.commit();
}

}  // namespace sluice::store
