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
  if (found != relations_.end()) return &found->second;
  return base_ == nullptr ? nullptr : base_->relation(oid);
}

const Relation* Catalog::relation(std::string_view schema, std::string_view name) const {
  if (const auto in_schema = by_name_.find(schema); in_schema != by_name_.end()) {
    const auto found = in_schema->second.find(name);
    if (found != in_schema->second.end()) return relation(found->second);
  }
  if (base_ == nullptr) return nullptr;
  const Relation* found = base_->relation(schema, name);
  // Renamed or moved in the session's own transaction: the old name means nothing any more.
  return found != nullptr && relations_.contains(found->oid) ? nullptr : found;
}

bool Catalog::has_schema(std::string_view schema) const {
  return by_name_.find(schema) != by_name_.end() || (base_ != nullptr && base_->has_schema(schema));
}

std::span<const Oid> Catalog::children(Oid parent) const {
  const auto found = children_.find(parent);
  if (found != children_.end()) return found->second;
  return base_ == nullptr ? std::span<const Oid>() : base_->children(parent);
}

std::vector<const Relation*> Catalog::relations_named(std::string_view name) const {
  std::vector<const Relation*> found;
  for (const auto& [schema, names] : by_name_) {
    const auto relation_oid = names.find(name);
    if (relation_oid == names.end()) continue;
    const Relation* each = relation(relation_oid->second);
    if (each != nullptr && !each->system) found.push_back(each);
  }
  std::sort(found.begin(), found.end(), [](const Relation* a, const Relation* b) { return a->oid < b->oid; });
  return found;
}

bool Catalog::has_user_function(std::string_view name) const { return !code().routines(name).empty(); }

bool Catalog::has_user_function(std::string_view schema, std::string_view name) const { return !code().routines(schema, name).empty(); }

CatalogBuilder::CatalogBuilder(std::uint64_t version, std::string database, std::string system_identifier)
    : catalog_(std::make_shared<Catalog>()) {
  catalog_->version_ = version;
  catalog_->database_ = std::move(database);
  catalog_->system_identifier_ = std::move(system_identifier);
}

CatalogBuilder::CatalogBuilder(std::uint64_t version, std::shared_ptr<const Catalog> base)
    : CatalogBuilder(version, base->database_, base->system_identifier_) {
  catalog_->base_ = std::move(base);
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
  Routine routine;
  routine.oid = next_function_++;
  routine.schema = std::move(schema);
  routine.name = std::move(name);
  code_.add(std::move(routine), {});
}

void CatalogBuilder::add_operator(std::string name) {
  code_.add_operator(std::move(name), next_function_);
  add_function("", "operator_function");
}

void CatalogBuilder::add_type(std::string name) {
  code_.add_type(std::move(name), next_function_);
  add_function("", "type_function");
}

std::shared_ptr<const Catalog> CatalogBuilder::build() && {
  for (const auto& [oid, relation] : catalog_->relations_) {
    for (const Oid parent : relation.parents) catalog_->children_[parent].push_back(oid);
  }
  for (auto& [parent, children] : catalog_->children_) {
    if (catalog_->base_ != nullptr) {
      const auto inherited = catalog_->base_->children(parent);
      children.insert(children.end(), inherited.begin(), inherited.end());
    }
    std::sort(children.begin(), children.end());
    children.erase(std::unique(children.begin(), children.end()), children.end());
  }
  if (catalog_->base_ == nullptr) std::move(code_).classify(*catalog_, catalog_->code_);
  return std::exchange(catalog_, nullptr);
}

}  // namespace sluice::sql
