#include "policy/tag_map.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "policy/family.h"
#include "sql/analyse.h"

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

  TagMap resolve(const Policy& policy) {
    for (const Tagging& tagging : policy.taggings) {
      if (tagging.database == database_) declare(tagging);
    }
    if (!all_tags_.empty()) {
      read_views();
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

  void declare(const Tagging& tagging) {
    all_tags_.insert(tagging.tags.begin(), tagging.tags.end());
    const sql::Relation* relation = catalog_.relation(tagging.schema, tagging.table);
    const sql::Column* column = relation == nullptr || tagging.column.empty() ? nullptr : relation->column(tagging.column);
    if (relation == nullptr || (column == nullptr && !tagging.column.empty())) map_.unmatched_.push_back(tagging);
    if (relation == nullptr) return;
    // A column that is gone may have been renamed: until the policy follows, it could be any of the table's.
    for (const sql::Column& each : relation->columns) {
      if (column == nullptr || &each == column) down_[{relation->oid, each.attribute}].insert(tagging.tags.begin(), tagging.tags.end());
    }
    if (relation->kind == sql::RelationKind::view && !declare_behind_view(*relation, column, tagging.tags)) {
      map_.unmatched_.push_back(tagging);
    }
  }

  // A view is looked through wherever it is read, so its tags must lie on what it is made of.
  bool declare_behind_view(const sql::Relation& view, const sql::Column* column, const std::vector<std::string>& tags) {
    const auto analysis = analyse(view);
    if (!analysis || analysis->outputs.size() != view.columns.size()) return false;
    for (std::size_t i = 0; i < view.columns.size(); ++i) {
      if (column != nullptr && &view.columns[i] != column) continue;
      for (const sql::FlowSource& source : analysis->outputs[i].flow) down_[source.column].insert(tags.begin(), tags.end());
    }
    return true;
  }

  // Functions outside pg_catalog are not allowed here: what one of them reads cannot be told.
  std::optional<sql::Analysis> analyse(const sql::Relation& view) const {
    sql::NameContext names;
    names.search_path.clear();  // as pg_get_viewdef() was asked for it
    const std::shared_ptr<const sql::Catalog> borrowed(std::shared_ptr<void>(), &catalog_);
    const auto analysed = sql::analyse_text(view.view_definition, borrowed, names);
    if (!analysed.ok() || analysed->statements().size() != 1) return std::nullopt;
    return analysed->statements().front();
  }

  void read_views() {
    catalog_.for_each_relation([&](const sql::Relation& relation) {
      if (relation.kind != sql::RelationKind::materialized_view) return;
      MaterializedView view{&relation, std::nullopt};
      if (const auto analysis = analyse(relation)) {
        view.mentions.emplace();
        for (const sql::RelationAccess& access : analysis->relations) view.mentions->insert(access.relation);
        for (const sql::ColumnUse& use : analysis->uses) view.mentions->insert(use.column.relation);
      }
      materialized_views_.push_back(std::move(view));
    });
  }

  void spread_down() {
    bool changed = true;
    while (changed) {
      changed = false;
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
  TagMap map_;
};

TagMap TagMap::resolve(const Policy& policy, const DatabaseAlias& database, const sql::Catalog& catalog) {
  return TagResolver(database, catalog).resolve(policy);
}

std::span<const std::string> TagMap::tags_of(ColumnId column) const {
  const auto found = tags_.find(column);
  if (found == tags_.end()) return {};
  return found->second;
}

}  // namespace sluice::policy
