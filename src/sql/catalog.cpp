#include "sql/catalog.h"

#include <algorithm>
#include <utility>

namespace sluice::sql {

const Column* Relation::column(std::string_view column_name) const {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == column_name; });
  return found == columns.end() ? nullptr : &*found;
}

const Column* Relation::column(std::int16_t attribute) const {
  const auto found = std::lower_bound(columns.begin(), columns.end(), attribute,
                                      [](const Column& c, std::int16_t wanted) { return c.attribute < wanted; });
  return found == columns.end() || found->attribute != attribute ? nullptr : &*found;
}

const Relation* Catalog::relation(Oid oid) const {
  const auto found = relations_.find(oid);
  return found == relations_.end() ? nullptr : &found->second;
}

const Relation* Catalog::relation(std::string_view schema, std::string_view name) const {
  const auto in_schema = by_name_.find(schema);
  if (in_schema == by_name_.end()) return nullptr;
  const auto found = in_schema->second.find(name);
  return found == in_schema->second.end() ? nullptr : relation(found->second);
}

bool Catalog::has_schema(std::string_view schema) const { return by_name_.find(schema) != by_name_.end(); }

std::span<const Oid> Catalog::children(Oid parent) const {
  const auto found = children_.find(parent);
  return found == children_.end() ? std::span<const Oid>() : std::span<const Oid>(found->second);
}

bool Catalog::has_user_function(std::string_view name) const { return functions_.find(name) != functions_.end(); }

bool Catalog::has_user_function(std::string_view schema, std::string_view name) const {
  const auto found = functions_.find(name);
  return found != functions_.end() && std::find(found->second.begin(), found->second.end(), schema) != found->second.end();
}

bool Catalog::has_user_operator(std::string_view name) const { return operators_.find(name) != operators_.end(); }

bool Catalog::has_user_type(std::string_view name) const { return types_.find(name) != types_.end(); }

CatalogBuilder::CatalogBuilder(std::uint64_t version, std::string database, std::string system_identifier)
    : catalog_(std::make_shared<Catalog>()) {
  catalog_->version_ = version;
  catalog_->database_ = std::move(database);
  catalog_->system_identifier_ = std::move(system_identifier);
}

void CatalogBuilder::add_schema(std::string name) { catalog_->by_name_.try_emplace(std::move(name)); }

void CatalogBuilder::add_relation(Relation relation) {
  std::sort(relation.columns.begin(), relation.columns.end(),
            [](const Column& a, const Column& b) { return a.attribute < b.attribute; });
  const Oid oid = relation.oid;
  catalog_->by_name_[relation.schema].insert_or_assign(relation.name, oid);
  catalog_->relations_.insert_or_assign(oid, std::move(relation));
}

void CatalogBuilder::add_function(std::string schema, std::string name) {
  auto& schemas = catalog_->functions_[std::move(name)];
  if (std::find(schemas.begin(), schemas.end(), schema) == schemas.end()) schemas.push_back(std::move(schema));
}

void CatalogBuilder::add_operator(std::string name) { catalog_->operators_.insert_or_assign(std::move(name), true); }

void CatalogBuilder::add_type(std::string name) { catalog_->types_.insert_or_assign(std::move(name), true); }

std::shared_ptr<const Catalog> CatalogBuilder::build() && {
  for (const auto& [oid, relation] : catalog_->relations_) {
    for (const Oid parent : relation.parents) catalog_->children_[parent].push_back(oid);
  }
  for (auto& [parent, children] : catalog_->children_) std::sort(children.begin(), children.end());
  return std::exchange(catalog_, nullptr);
}

}  // namespace sluice::sql
