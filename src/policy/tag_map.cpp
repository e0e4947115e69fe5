#include "policy/tag_map.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "policy/family.h"
#include "policy/new_columns.h"
#include "policy/stored_query.h"

namespace sluice::policy {
namespace {

using TagSet = std::set<std::string>;
using ColumnTags = std::map<ColumnId, TagSet>;

/// Returns whether anything was new.
bool add_all(TagSet& to, const TagSet& from) {
  const std::size_t before = to.size();
  to.insert(from.begin(), from.end());
  return to.size() != before;
}

}  // namespace

/// Tags spread in rounds until nothing changes; they only ever grow, so that this ends.
class TagResolver {
 public:
  TagResolver(const DatabaseAlias& database, const sql::Catalog& catalog) : database_(database), catalog_(catalog) {}

  TagMap resolve(const Policy& policy, const TagBindings& known) {
    BoundTaggings bound = bind_taggings(policy.taggings, database_, catalog_, known.targets);
    for (const BoundTagging& tagging : bound.taggings) declare(tagging);
    NewColumns fresh = find_new_columns(bound.taggings, catalog_, known.reviewed);
    for (const auto& [column, tags] : fresh.tags) add_all(down_[column], tags);
    map_.bindings_ = {std::move(bound.remembered), std::move(fresh.reviewed)};
    map_.notes_ = std::move(bound.notes);
    map_.notes_.insert(map_.notes_.end(), fresh.notes.begin(), fresh.notes.end());
    if (!all_tags_.empty()) {
      read_views();
      find_computed();
      do {
        spread_down();
        spread_up();
      } while (spread_to_materialized_views());
    }
    for (const auto& [column, tags] : total_) map_.tags_.emplace(column, std::vector<std::string>(tags.begin(), tags.end()));
    return std::move(map_);
  }

 private:
  struct MaterializedView {
    const sql::Relation* relation = nullptr;
    std::optional<std::set<Oid>> mentions;  ///< absent: could not be told
  };

  void declare(const BoundTagging& bound) {
    const std::vector<std::string>& tags = bound.tagging->tags;
    if (tags.empty()) return;
    all_tags_.insert(tags.begin(), tags.end());
    for (const ColumnId target : bound.targets) {
      for (const sql::Column& column : catalog_.relation(target.relation)->columns) {
        if (target.attribute == 0 || target.attribute == column.attribute) down_[{target.relation, column.attribute}].insert(tags.begin(), tags.end());
      }
    }
  }

  void read_views() {
    catalog_.for_each_relation([&](const sql::Relation& relation) {
      if (relation.kind != sql::RelationKind::materialized_view) return;
      MaterializedView view{&relation, std::nullopt};
      if (const auto analysis = analyse_stored_query(relation, catalog_)) {
        view.mentions.emplace();
        for (const sql::RelationAccess& access : analysis->relations) view.mentions->insert(access.relation);
        for (const sql::ColumnUse& use : analysis->uses) view.mentions->insert(use.column.relation);
      }
      materialized_views_.push_back(std::move(view));
    });
  }

  void find_computed() {
    catalog_.for_each_relation([&](const sql::Relation& relation) {
      const bool computed = std::any_of(relation.columns.begin(), relation.columns.end(), [](const sql::Column& column) { return column.generated; });
      if (computed && !catalog_.code().set_off(relation.oid, sql::CodeEvent::insert).empty()) computed_.push_back(&relation);
    });
  }

  // A function that computes a column may read tables, though PostgreSQL was told otherwise.
  bool spread_to_computed() {
    bool changed = false;
    for (const sql::Relation* relation : computed_) {
      TagSet tags;
      for (const sql::CodeRoot& root : catalog_.code().set_off(relation->oid, sql::CodeEvent::insert)) {
        for (const ColumnId column : root.effect.reads) {
          if (const auto found = down_.find(column); found != down_.end()) tags.insert(found->second.begin(), found->second.end());
        }
      }
      if (tags.empty()) continue;
      for (const sql::Column& column : relation->columns) {
        if (column.generated) changed |= add_all(down_[{relation->oid, column.attribute}], tags);
      }
    }
    return changed;
  }

  void spread_down() {
    bool changed = true;
    while (changed) {
      changed = spread_to_computed();
      for (const Oid oid : relations_of(down_)) {
        changed |= spread_to_generated(oid);
        for (const Oid child : descendants_of(oid, catalog_)) changed |= spread_by_name(down_, oid, down_, child);
      }
    }
  }

  // A parent shows its children's rows; but what a sibling hides, another sibling need not.
  void spread_up() {
    for (const auto& [column, tags] : down_) add_all(total_[column], tags);
    for (const Oid oid : relations_of(down_)) {
      for (const Oid parent : ancestors_of(oid, catalog_)) spread_by_name(down_, oid, total_, parent);
    }
  }

  bool spread_to_generated(Oid oid) {
    bool changed = false;
    const sql::Relation* relation = catalog_.relation(oid);
    if (relation == nullptr) return false;
    for (const sql::Column& column : relation->columns) {
      for (const std::int16_t source : column.generated_from) {
        const auto tags = down_.find({oid, source});
        if (tags != down_.end()) changed |= add_all(down_[{oid, column.attribute}], TagSet(tags->second));
      }
    }
    return changed;
  }

  bool spread_by_name(const ColumnTags& from_tags, Oid from, ColumnTags& to_tags, Oid to) const {
    const sql::Relation* source = catalog_.relation(from);
    const sql::Relation* target = catalog_.relation(to);
    if (source == nullptr || target == nullptr) return false;
    bool changed = false;
    for (const sql::Column& column : source->columns) {
      const auto tags = from_tags.find({from, column.attribute});
      const sql::Column* same = target->column(column.name);
      if (tags != from_tags.end() && same != nullptr) changed |= add_all(to_tags[{to, same->attribute}], TagSet(tags->second));
    }
    return changed;
  }

  bool spread_to_materialized_views() {
    bool changed = false;
    for (const MaterializedView& view : materialized_views_) {
      const TagSet tags = view.mentions ? tags_of_relations(*view.mentions) : all_tags_;
      if (tags.empty()) continue;
      for (const sql::Column& column : view.relation->columns) changed |= add_all(down_[{view.relation->oid, column.attribute}], tags);
    }
    return changed;
  }

  TagSet tags_of_relations(const std::set<Oid>& oids) const {
    TagSet tags;
    for (const auto& [column, column_tags] : total_) {
      if (oids.contains(column.relation)) tags.insert(column_tags.begin(), column_tags.end());
    }
    return tags;
  }

  static std::set<Oid> relations_of(const ColumnTags& tags) {
    std::set<Oid> oids;
    for (const auto& entry : tags) oids.insert(entry.first.relation);
    return oids;
  }

  const DatabaseAlias& database_;
  const sql::Catalog& catalog_;
  TagSet all_tags_;
  ColumnTags down_;   ///< declared here, or inherited from above
  ColumnTags total_;  ///< and what shows through from below
  std::vector<MaterializedView> materialized_views_;
  std::vector<const sql::Relation*> computed_;  ///< with generated columns, and code that runs when they are written
  TagMap map_;
};

TagMap TagMap::resolve(const Policy& policy, const DatabaseAlias& database, const sql::Catalog& catalog, const TagBindings& known) {
  return TagResolver(database, catalog).resolve(policy, known);
}

std::span<const std::string> TagMap::tags_of(ColumnId column) const {
  const auto found = tags_.find(column);
  if (found == tags_.end()) return {};
  return found->second;
}

}  // namespace sluice::policy
