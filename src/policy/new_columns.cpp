#include "policy/new_columns.h"

#include <algorithm>

#include "policy/family.h"
#include "policy/names.h"

namespace sluice::policy {
namespace {

bool stores_rows(const sql::Relation& relation) {
  switch (relation.kind) {
    case sql::RelationKind::table:
    case sql::RelationKind::partitioned_table:
    case sql::RelationKind::foreign_table:
      return true;
    case sql::RelationKind::view:
    case sql::RelationKind::materialized_view:
    case sql::RelationKind::sequence:
    case sql::RelationKind::composite_type:
    case sql::RelationKind::toast:
    case sql::RelationKind::index:
    case sql::RelationKind::partitioned_index:
      return false;
  }
  return false;
}

class NewColumnFinder {
 public:
  NewColumnFinder(const std::vector<BoundTagging>& taggings, const sql::Catalog& catalog, const std::vector<ColumnId>& reviewed)
      : catalog_(catalog), reviewed_(reviewed.begin(), reviewed.end()) {
    for (const BoundTagging& bound : taggings) {
      for (const ColumnId target : bound.targets) {
        if (target.attribute != 0) named_.insert(target);
      }
      if (bound.tagging->tags.empty()) continue;
      for (const Oid oid : bound.relations) declared_[oid].insert(bound.tagging->tags.begin(), bound.tagging->tags.end());
    }
  }

  NewColumns find() {
    std::set<Oid> tables;
    for (const auto& entry : declared_) {
      tables.insert(entry.first);
      for (const Oid child : descendants_of(entry.first, catalog_)) tables.insert(child);
    }
    for (const Oid oid : tables) {
      const sql::Relation* relation = catalog_.relation(oid);
      if (relation != nullptr && stores_rows(*relation)) look_at(*relation);
    }
    return std::move(found_);
  }

 private:
  void look_at(const sql::Relation& table) {
    const auto first = reviewed_.lower_bound({table.oid, 0});
    const bool seen = first != reviewed_.end() && *first == ColumnId{table.oid, 0};
    if (seen) {
      for (auto each = first; each != reviewed_.end() && each->relation == table.oid; ++each) found_.reviewed.push_back(*each);
    } else {
      found_.reviewed.push_back({table.oid, 0});
      for (const sql::Column& column : table.columns) found_.reviewed.push_back({table.oid, column.attribute});
      return;
    }
    const std::vector<Oid> ancestors = ancestors_of(table.oid, catalog_);
    for (const sql::Column& column : table.columns) {
      if (acknowledged({table.oid, column.attribute}) || inherits_acknowledged(column, ancestors)) continue;
      std::set<std::string>& tags = found_.tags[{table.oid, column.attribute}];
      add_declared(table.oid, tags);
      for (const Oid ancestor : ancestors) add_declared(ancestor, tags);
      found_.notes.push_back({TagNote::Kind::new_column, written_name(table.schema, table.name) + "." + written_name(column.name), {}});
    }
  }

  [[nodiscard]] bool acknowledged(ColumnId column) const { return reviewed_.contains(column) || named_.contains(column); }

  [[nodiscard]] bool inherits_acknowledged(const sql::Column& column, const std::vector<Oid>& ancestors) const {
    return std::any_of(ancestors.begin(), ancestors.end(), [&](Oid oid) {
      const sql::Relation* ancestor = catalog_.relation(oid);
      const sql::Column* same = ancestor == nullptr ? nullptr : ancestor->column(column.name);
      return same != nullptr && acknowledged({oid, same->attribute});
    });
  }

  void add_declared(Oid oid, std::set<std::string>& tags) const {
    if (const auto found = declared_.find(oid); found != declared_.end()) tags.insert(found->second.begin(), found->second.end());
  }

  const sql::Catalog& catalog_;
  const std::set<ColumnId> reviewed_;
  std::set<ColumnId> named_;
  std::map<Oid, std::set<std::string>> declared_;
  NewColumns found_;
};

}  // namespace

NewColumns find_new_columns(const std::vector<BoundTagging>& taggings, const sql::Catalog& catalog, const std::vector<ColumnId>& reviewed) {
  return NewColumnFinder(taggings, catalog, reviewed).find();
}

}  // namespace sluice::policy
