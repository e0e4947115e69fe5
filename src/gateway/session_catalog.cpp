#include "gateway/session_catalog.h"

#include <charconv>
#include <utility>

namespace sluice::gateway {

namespace {
template <class T>
bool read_number(const std::string& text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

constexpr std::size_t kFields = 14;
}  // namespace

Result<std::vector<sql::Relation>> session_relations(const std::vector<std::vector<std::string>>& rows) {
  std::vector<sql::Relation> relations;
  for (const std::vector<std::string>& row : rows) {
    Oid oid = 0;
    sql::Column column;
    const bool without_columns = row.size() == kFields && row[4].empty();
    if (row.size() != kFields || !read_number(row[0], oid) || row[3].size() != 1 ||
        (!without_columns && (!read_number(row[4], column.attribute) || !read_number(row[6], column.type) || !read_number(row[7], column.type_modifier)))) {
      return make_error(ErrorKind::internal, "unexpected answer about the session's own tables");
    }
    if (relations.empty() || relations.back().oid != oid) {
      sql::Relation& relation = relations.emplace_back();
      relation.oid = oid;
      relation.schema = row[1];
      relation.name = row[2];
      relation.kind = static_cast<sql::RelationKind>(row[3][0]);
      relation.view_definition = row[13];
    }
    if (without_columns) continue;
    column.name = row[5];
    column.type_name = row[8];
    column.type_category = row[9].empty() ? 'U' : row[9][0];
    column.type_kind = row[10].empty() ? 'b' : row[10][0];
    column.not_null = row[11] == "t";
    column.generated = row[12] == "t";
    relations.back().columns.push_back(std::move(column));
  }
  return relations;
}

std::shared_ptr<const plan::Snapshot> overlay(const std::shared_ptr<const plan::Snapshot>& base, std::vector<sql::Relation> relations,
                                              const DatabaseAlias& database, std::uint64_t version) {
  if (relations.empty()) return base;
  sql::CatalogBuilder builder(version, base->catalog);
  for (sql::Relation& relation : relations) {
    // What the base knows of keys, triggers and parents holds on; what the transaction changed of them is
    // seen once it has ended.
    if (const sql::Relation* known = base->catalog->relation(relation.oid)) {
      sql::Relation merged = *known;
      merged.schema = std::move(relation.schema);
      merged.name = std::move(relation.name);
      merged.columns = std::move(relation.columns);
      relation = std::move(merged);
    }
    builder.add_relation(std::move(relation));
  }
  auto snapshot = std::make_shared<plan::Snapshot>();
  snapshot->catalog = std::move(builder).build();
  snapshot->policy = base->policy;
  snapshot->tags = policy::TagMap::resolve(*base->policy, database, *snapshot->catalog, base->tags.bindings());
  snapshot->versions = {version, base->versions.policy};
  return snapshot;
}

}  // namespace sluice::gateway
