#include <algorithm>
#include <map>
#include <optional>

#include "policy/grade.h"
#include "policy/merge.h"
#include "policy/names.h"
#include "policy/rule_match.h"
#include "policy/stored_query.h"
#include "policy/upstream_role.h"

namespace sluice::policy {
namespace {

using sql::Action;

bool allows(const Rule& rule, std::initializer_list<Action> actions) {
  return rule.actions.empty() || std::any_of(actions.begin(), actions.end(), [&](Action action) { return names_action(rule, action); });
}

enum class Kind { rows, view, sequence, none };

Kind kind_of(const sql::Relation& relation) {
  switch (relation.kind) {
    case sql::RelationKind::table:
    case sql::RelationKind::partitioned_table:
    case sql::RelationKind::materialized_view:
    case sql::RelationKind::foreign_table:
      return Kind::rows;
    case sql::RelationKind::view: return Kind::view;
    case sql::RelationKind::sequence: return Kind::sequence;
    case sql::RelationKind::composite_type:
    case sql::RelationKind::toast:
    case sql::RelationKind::index:
    case sql::RelationKind::partitioned_index:
      return Kind::none;
  }
  return Kind::none;
}

class NeedsFinder {
 public:
  NeedsFinder(const Policy& policy, const DatabaseAlias& database, const sql::Catalog& catalog, const TagMap& tags)
      : policy_(policy), database_(database), catalog_(catalog), tags_(tags) {}

  RoleNeeds find(const std::vector<auth::Identity>& identities) {
    for (const auth::Identity& identity : identities) add_identity(identity);
    for (auto& [oid, needs] : rows_) {
      for (std::vector<std::int16_t>* columns : {&needs.select, &needs.update}) {
        std::sort(columns->begin(), columns->end());
        columns->erase(std::unique(columns->begin(), columns->end()), columns->end());
      }
    }
    // A view is looked through where masks are behind it; elsewhere it is read as it is, with its owner's rights.
    std::erase_if(views_, [this](const auto& entry) { return !all_in_clear(*catalog_.relation(entry.first)); });
    RoleNeeds needs;
    for (auto* some : {&rows_, &views_, &sequences_}) {
      for (auto& entry : *some) needs.relations.push_back(std::move(entry.second));
    }
    std::sort(needs.relations.begin(), needs.relations.end(), [](const auto& a, const auto& b) { return a.relation < b.relation; });
    needs.create_in.assign(create_in_.begin(), create_in_.end());
    needs.temporary = temporary_;
    needs.masked = masked_;
    return needs;
  }

 private:
  using Needs = std::map<Oid, RelationNeeds>;

  void add_identity(const auth::Identity& identity) {
    std::vector<const Rule*> allow;
    std::vector<const Rule*> mask;
    lifting_.clear();
    for (const Rule& rule : policy_.rules) {
      if (!concerns(rule, identity, database_)) continue;
      if (rule.effect == Effect::allow) allow.push_back(&rule);
      if (rule.effect == Effect::mask) mask.push_back(&rule);
      if (rule.effect == Effect::hold && !rule.clear_tags.empty()) lifting_.push_back(&rule);
    }
    if (grade_of(policy_, identity, database_).grade == Grade::audit_only) {  // no other rule has a say
      allow = {&everything_};
      mask.clear();
      lifting_.clear();
    }
    masked_ = masked_ || !mask.empty();
    std::vector<const Rule*> restricting(mask);
    restricting.insert(restricting.end(), lifting_.begin(), lifting_.end());
    if (allow.empty() || !seen_.emplace(allow, restricting).second) return;  // most identities share their rules with others
    for (const Rule* rule : allow) temporary_ = temporary_ || allows(*rule, {Action::temporary});
    catalog_.for_each_relation([&](const sql::Relation& relation) {
      if (!relation.system) add_relation(relation, allow, mask);
    });
  }

  void add_relation(const sql::Relation& relation, const std::vector<const Rule*>& allow, const std::vector<const Rule*>& mask) {
    const Kind kind = kind_of(relation);
    TouchedRelation touched;
    touched.relation = &relation;
    touched.name = written_name(relation.schema, relation.name);
    for (const Rule* rule : allow) {
      if (kind == Kind::none || !names_relation(*rule, touched)) continue;
      RelationNeeds& needs = (kind == Kind::rows ? rows_ : kind == Kind::view ? views_ : sequences_)[relation.oid];
      needs.relation = relation.oid;
      needs.read = true;
      needs.insert = needs.insert || allows(*rule, {Action::insert, Action::copy_in});
      const bool updates = allows(*rule, {Action::update, Action::mass_write});
      needs.updates = needs.updates || updates;
      needs.deletes = needs.deletes || allows(*rule, {Action::delete_, Action::mass_write});
      needs.truncate = needs.truncate || allows(*rule, {Action::truncate});
      if (allows(*rule, {Action::ddl_create}) && kind == Kind::rows) create_in_.insert(relation.schema);
      for (const sql::Column& column : relation.columns) add_column({relation.oid, column.attribute}, mask, updates, needs);
    }
  }

  void add_column(ColumnId column, const std::vector<const Rule*>& mask, bool updates, RelationNeeds& needs) const {
    std::optional<sql::MaskingFunction> function;
    for (const Rule* rule : mask) {
      if (tags_.tags_of(column).empty() || !masks(*rule, column, catalog_, tags_)) continue;
      const sql::MaskingFunction own = rule->mask.value_or(sql::NullMask{});
      function = function ? stricter(*function, own) : own;
    }
    const bool clear = !function || is_lifted(column);
    if (clear || sql::reads_value(*function)) needs.select.push_back(column.attribute);
    if (clear && updates) needs.update.push_back(column.attribute);
  }

  /// Could an approval show it?
  [[nodiscard]] bool is_lifted(ColumnId column) const {
    const auto of_column = tags_.tags_of(column);
    return std::any_of(lifting_.begin(), lifting_.end(), [&](const Rule* rule) {
      return std::any_of(rule->clear_tags.begin(), rule->clear_tags.end(),
                         [&](const std::string& tag) { return std::find(of_column.begin(), of_column.end(), tag) != of_column.end(); });
    });
  }

  [[nodiscard]] bool all_in_clear(const sql::Relation& view) const {
    const auto analysis = analyse_stored_query(view, catalog_);
    if (!analysis) return false;
    return std::all_of(analysis->relations.begin(), analysis->relations.end(), [&](const sql::RelationAccess& access) {
      const sql::Relation* relation = catalog_.relation(access.relation);
      if (relation == nullptr) return false;
      if (relation->system || kind_of(*relation) != Kind::rows) return true;
      const auto needs = rows_.find(access.relation);
      // Nobody reads it but through the view: no rule masks anything of it then.
      if (needs == rows_.end()) {
        return std::all_of(relation->columns.begin(), relation->columns.end(),
                           [&](const sql::Column& column) { return tags_.tags_of({relation->oid, column.attribute}).empty(); });
      }
      return needs->second.select.size() == relation->columns.size();
    });
  }

  const Policy& policy_;
  const DatabaseAlias& database_;
  const sql::Catalog& catalog_;
  const TagMap& tags_;
  const Rule everything_{};  ///< names nothing, and so everything
  std::set<std::pair<std::vector<const Rule*>, std::vector<const Rule*>>> seen_;
  std::vector<const Rule*> lifting_;  ///< of the identity at hand
  Needs rows_;
  Needs views_;
  Needs sequences_;
  std::set<std::string> create_in_;
  bool temporary_ = false;
  bool masked_ = false;
};

}  // namespace

RoleNeeds needs_of_role(const Policy& policy, const std::vector<auth::Identity>& identities, const DatabaseAlias& database,
                        const sql::Catalog& catalog, const TagMap& tags) {
  return NeedsFinder(policy, database, catalog, tags).find(identities);
}

std::set<Oid> tagged_relations(const sql::Catalog& catalog, const TagMap& tags) {
  std::set<Oid> tagged;
  catalog.for_each_relation([&](const sql::Relation& relation) {
    for (const sql::Column& column : relation.columns) {
      if (!tags.tags_of({relation.oid, column.attribute}).empty()) tagged.insert(relation.oid);
    }
  });
  return tagged;
}

std::vector<ColumnId> never_read(const RoleNeeds& needs, const sql::Catalog& catalog, const TagMap& tags) {
  std::vector<ColumnId> hidden;
  for (const Oid oid : tagged_relations(catalog, tags)) {
    const sql::Relation& relation = *catalog.relation(oid);
    if (kind_of(relation) != Kind::rows) continue;
    const auto found = std::find_if(needs.relations.begin(), needs.relations.end(), [oid](const RelationNeeds& each) { return each.relation == oid; });
    for (const sql::Column& column : relation.columns) {
      if (tags.tags_of({oid, column.attribute}).empty()) continue;
      const bool needed = found != needs.relations.end() && std::binary_search(found->select.begin(), found->select.end(), column.attribute);
      if (!needed) hidden.push_back({oid, column.attribute});
    }
  }
  return hidden;
}

}  // namespace sluice::policy
