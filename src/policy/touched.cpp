#include "policy/touched.h"

#include <algorithm>

#include "policy/family.h"
#include "policy/names.h"
#include "sql/foreign_keys.h"
#include "sql/storage_use.h"

namespace sluice::policy {
namespace {

using sql::Action;

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

bool contains(const std::vector<Action>& actions, Action action) {
  return std::find(actions.begin(), actions.end(), action) != actions.end();
}

/// Does the action say by itself to which relations it applies? The others apply to all.
bool is_told_by_access(Action action) {
  switch (action) {
    case Action::select:
    case Action::insert:
    case Action::update:
    case Action::delete_:
    case Action::truncate:
    case Action::copy_in:
    case Action::mass_write:
      return true;
    case Action::export_:
    case Action::explain:
    case Action::transaction:
    case Action::session:
    case Action::temporary:
    case Action::ddl:
    case Action::role_change:
    case Action::secret_rotation:
    case Action::maintenance:
    case Action::code:
    case Action::server_file:
    case Action::lock:
    case Action::replication:
    case Action::export_copy:
    case Action::export_schema:
    case Action::ddl_create:
    case Action::ddl_alter:
    case Action::ddl_drop:
    case Action::ddl_comment:
    case Action::ddl_routine:
    case Action::role_change_role:
    case Action::role_change_grant:
    case Action::role_change_owner:
    case Action::role_change_policy:
    case Action::server_file_read:
    case Action::server_file_write:
    case Action::server_file_program:
    case Action::extension:
    case Action::outbound:
      return false;
  }
  return false;
}

/// An access without any flag (ALTER TABLE …) is taken for all that the statement does.
std::vector<Action> actions_on(const sql::RelationAccess& access, const std::vector<Action>& of_statement) {
  if (!access.reads && !access.inserts && !access.updates && !access.deletes) return of_statement;
  std::vector<Action> actions;
  for (const Action action : of_statement) {
    if (!is_told_by_access(action)) actions.push_back(action);
  }
  const auto add_told = [&](Action usual, Action special) {
    actions.push_back(!contains(of_statement, usual) && contains(of_statement, special) ? special : usual);
  };
  if (access.reads) actions.push_back(Action::select);
  if (access.inserts) add_told(Action::insert, Action::copy_in);
  if (access.updates) actions.push_back(Action::update);
  if (access.deletes) add_told(Action::delete_, Action::truncate);
  if ((access.updates || access.deletes) && contains(of_statement, Action::mass_write)) actions.push_back(Action::mass_write);
  sort_unique(actions);
  return actions;
}

/// Actions on rows that no access accounts for (row locks need what an UPDATE needs, but change nothing).
std::vector<Action> unaccounted(const sql::Analysis& analysis, const std::vector<TouchedRelation>& relations) {
  std::vector<Action> rest;
  for (const Action action : analysis.actions) {
    const bool accounted = std::any_of(relations.begin(), relations.end(), [&](const auto& each) { return contains(each.actions, action); });
    if (is_told_by_access(action) && !accounted) rest.push_back(action);
  }
  return rest;
}

TouchedRelation touched(const sql::RelationAccess& access, const std::vector<Action>& of_statement, const sql::Catalog& catalog) {
  TouchedRelation result;
  result.oid = access.relation;
  result.relation = catalog.relation(access.relation);
  result.actions = actions_on(access, of_statement);
  result.written = access.inserts || access.updates || access.deletes || !access.reads;
  if (result.relation == nullptr) return result;
  result.name = written_name(result.relation->schema, result.relation->name);
  result.temporary = result.relation->schema == "pg_temp" || result.relation->schema.rfind("pg_temp_", 0) == 0;
  const auto add_family = [&](const std::vector<Oid>& oids) {
    for (const Oid oid : oids) {
      const sql::Relation* member = catalog.relation(oid);
      if (member != nullptr) result.family.push_back(written_name(member->schema, member->name));
    }
  };
  add_family(ancestors_of(access.relation, catalog));
  add_family(descendants_of(access.relation, catalog));
  return result;
}

class Collector {
 public:
  Collector(const sql::Analysis& analysis, const sql::Catalog& catalog, const TagMap& tags)
      : analysis_(analysis), catalog_(catalog), tags_(tags) {}

  TouchedThings collect() {
    things_.actions = analysis_.actions;
    for (const sql::RelationAccess& access : analysis_.relations) {
      things_.relations.push_back(touched(access, analysis_.actions, catalog_));
    }
    // Which of the relations they are about is not known, so they are taken to be about all.
    const std::vector<Action> about_all = unaccounted(analysis_, things_.relations);
    for (TouchedRelation& relation : things_.relations) {
      relation.actions.insert(relation.actions.end(), about_all.begin(), about_all.end());
    }
    if (!tags_.any()) return std::move(things_);
    collect_reachable();
    collect_tags();
    sort_unique(things_.reachable);
    sort_unique(things_.tags);
    return std::move(things_);
  }

 private:
  // Whole rows, stars that a later DDL widens and values behind views all come from the relations
  // themselves, so every tagged column of them counts, used or not.
  void collect_reachable() {
    for (const sql::RelationAccess& access : analysis_.relations) {
      reach_family(access.relation);
      if (access.inserts || access.updates || access.deletes) reach_tied(access.relation);
    }
    for (const sql::ColumnUse& use : analysis_.uses) {
      if (use.column == sql::kStorageOfAnyRelation) {
        catalog_.for_each_relation([this](const sql::Relation& relation) { reach(relation.oid); });
      } else {
        reach_family(use.column.relation);
      }
    }
    for (const sql::OutputColumn& output : analysis_.outputs) {
      for (const sql::FlowSource& source : output.flow) reach_family(source.column.relation);
    }
  }

  // Foreign keys look at other tables when this one is written: whether they hold must not tell of masked columns there.
  void reach_tied(Oid written) {
    std::vector<Oid> family = descendants_of(written, catalog_);
    family.push_back(written);
    for (std::size_t i = 0; i < family.size(); ++i) {
      const sql::Relation* relation = catalog_.relation(family[i]);
      if (relation == nullptr) continue;
      for (const sql::ForeignKey& key : relation->foreign_keys) reach_family(key.referenced);
      for (const Oid oid : sql::relations_referencing(catalog_, family[i])) {
        reach_family(oid);
        if (follows(oid, family[i]) && std::find(family.begin(), family.end(), oid) == family.end()) family.push_back(oid);
      }
    }
  }

  // Do rows of `referencing` change with those that they refer to?
  bool follows(Oid referencing, Oid referenced) const {
    const auto& keys = catalog_.relation(referencing)->foreign_keys;
    return std::any_of(keys.begin(), keys.end(), [&](const sql::ForeignKey& key) {
      return key.referenced == referenced && (std::string_view("cnd").find(key.on_delete) != std::string_view::npos ||
                                              std::string_view("cnd").find(key.on_update) != std::string_view::npos);
    });
  }

  void reach_family(Oid oid) {
    if (std::find(reached_.begin(), reached_.end(), oid) != reached_.end()) return;
    reached_.push_back(oid);
    reach(oid);
    for (const Oid member : descendants_of(oid, catalog_)) reach(member);
    for (const Oid member : ancestors_of(oid, catalog_)) reach(member);
  }

  void reach(Oid oid) {
    const sql::Relation* relation = catalog_.relation(oid);
    if (relation == nullptr) return;
    for (const sql::Column& column : relation->columns) {
      const ColumnId id{oid, column.attribute};
      if (!tags_.tags_of(id).empty()) things_.reachable.push_back(id);
    }
  }

  void collect_tags() {
    for (const sql::ColumnUse& use : analysis_.uses) add_tags(use.column);
    for (const sql::OutputColumn& output : analysis_.outputs) {
      for (const sql::FlowSource& source : output.flow) add_tags(source.column);
    }
    // Removing rows and changing a table concern all its columns, though none is named.
    for (const sql::RelationAccess& access : analysis_.relations) {
      const bool whole = access.deletes || (!access.reads && !access.inserts && !access.updates);
      const sql::Relation* relation = whole ? catalog_.relation(access.relation) : nullptr;
      if (relation == nullptr) continue;
      for (const sql::Column& column : relation->columns) add_tags(ColumnId{access.relation, column.attribute});
    }
  }

  void add_tags(ColumnId column) {
    for (const std::string& tag : tags_.tags_of(column)) things_.tags.push_back(tag);
  }

  const sql::Analysis& analysis_;
  const sql::Catalog& catalog_;
  const TagMap& tags_;
  std::vector<Oid> reached_;
  TouchedThings things_;
};

}  // namespace

TouchedThings touched_by(const sql::Analysis& analysis, const sql::Catalog& catalog, const TagMap& tags) {
  return Collector(analysis, catalog, tags).collect();
}

}  // namespace sluice::policy
