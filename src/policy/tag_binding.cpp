#include "policy/tag_binding.h"

#include <algorithm>
#include <set>

#include "policy/family.h"
#include "policy/names.h"
#include "policy/stored_query.h"

namespace sluice::policy {
namespace {

using Targets = std::set<ColumnId>;

std::string written(const std::string& schema, const std::string& table, const std::string& column) {
  const std::string name = written_name(schema, table);
  return column.empty() ? name : name + "." + written_name(column);
}

/// Binds one tagging.
class TaggingBinder {
 public:
  TaggingBinder(const Tagging& tagging, const sql::Catalog& catalog, const std::vector<TagBinding>& known)
      : tagging_(tagging), catalog_(catalog) {
    for (const TagBinding& binding : known) {
      const bool same = binding.schema == tagging.schema && binding.table == tagging.table && binding.column == tagging.column;
      if (same && catalog.relation(binding.target.relation) != nullptr) known_.insert(binding.target);
    }
  }

  void bind(BoundTaggings& out) {
    const Targets denoted = denote();
    const Targets flown = follow(denoted);
    Targets lying(flown);
    std::copy_if(known_.begin(), known_.end(), std::inserter(lying, lying.end()), [this](ColumnId target) { return lives(target); });
    lying = follow(lying);
    tell(denoted, flown, lying, out.notes);
    // What was dropped from a table that lives is remembered too: its name is missing for a good reason.
    Targets remembered(known_);
    remembered.insert(lying.begin(), lying.end());
    std::set<Oid> relations;
    for (const ColumnId target : remembered) {
      relations.insert(target.relation);
      const bool guessed = target.attribute == 0 && !tagging_.column.empty();
      if (!guessed) out.remembered.push_back({tagging_.schema, tagging_.table, tagging_.column, target});
    }
    out.taggings.push_back({&tagging_, {lying.begin(), lying.end()}, {relations.begin(), relations.end()}});
  }

 private:
  Targets denote() {
    const sql::Relation* relation = catalog_.relation(tagging_.schema, tagging_.table);
    if (relation == nullptr) return {};
    if (tagging_.column.empty()) return {{relation->oid, 0}};
    if (const sql::Column* column = relation->column(tagging_.column)) return {{relation->oid, column->attribute}};
    guessed_ = std::none_of(known_.begin(), known_.end(), [&](ColumnId target) { return target.relation == relation->oid; });
    if (!guessed_) return {};
    return {{relation->oid, 0}};
  }

  /// With everything that has its values from there, or that it has its values from.
  Targets follow(const Targets& from) {
    Targets found(from);
    std::vector<ColumnId> waiting(from.begin(), from.end());
    while (!waiting.empty()) {
      const ColumnId target = waiting.back();
      waiting.pop_back();
      for (const ColumnId next : next_of(target)) {
        if (found.insert(next).second) waiting.push_back(next);
      }
    }
    return found;
  }

  std::vector<ColumnId> next_of(ColumnId target) {
    std::vector<ColumnId> next;
    const sql::Relation& relation = *catalog_.relation(target.relation);
    const sql::Column* column = relation.column(target.attribute);
    for (const Oid child : descendants_of(target.relation, catalog_)) {
      const sql::Relation* inheritor = catalog_.relation(child);
      if (inheritor == nullptr) continue;
      const sql::Column* same = column == nullptr ? nullptr : inheritor->column(column->name);
      if (column == nullptr || same != nullptr) next.push_back({child, same == nullptr ? std::int16_t{0} : same->attribute});
    }
    for (const sql::Column& other : relation.columns) {
      const auto& inputs = other.generated_from;
      if (column != nullptr && std::find(inputs.begin(), inputs.end(), target.attribute) != inputs.end()) {
        next.push_back({relation.oid, other.attribute});
      }
    }
    if (relation.kind == sql::RelationKind::view) add_behind_view(relation, column, next);
    return next;
  }

  // A view is looked through wherever it is read, so its tags must lie on what it is made of.
  void add_behind_view(const sql::Relation& view, const sql::Column* column, std::vector<ColumnId>& next) {
    const auto analysis = analyse_stored_query(view, catalog_);
    if (!analysis || analysis->outputs.size() != view.columns.size()) {
      opaque_ = true;
      return;
    }
    for (std::size_t i = 0; i < view.columns.size(); ++i) {
      if (column != nullptr && &view.columns[i] != column) continue;
      for (const sql::FlowSource& source : analysis->outputs[i].flow) {
        if (catalog_.relation(source.column.relation) != nullptr) next.push_back(source.column);
      }
    }
  }

  [[nodiscard]] bool lives(ColumnId target) const {
    const sql::Relation* relation = catalog_.relation(target.relation);
    return relation != nullptr && (target.attribute == 0 || relation->column(target.attribute) != nullptr);
  }

  [[nodiscard]] std::string name_of(ColumnId target) const {
    const sql::Relation* relation = catalog_.relation(target.relation);
    return written(relation->schema, relation->name, target.attribute == 0 ? std::string() : relation->column(target.attribute)->name);
  }

  void tell(const Targets& denoted, const Targets& flown, const Targets& lying, std::vector<TagNote>& notes) {
    const std::string name = written(tagging_.schema, tagging_.table, tagging_.column);
    if (guessed_ || lying.empty()) {
      notes.push_back({lying.empty() && !known_.empty() ? TagNote::Kind::dropped : TagNote::Kind::unmatched, name, {}});
    }
    if (opaque_) notes.push_back({TagNote::Kind::opaque, name, {}});
    std::set<Oid> families;
    for (const ColumnId target : lying) families.insert(target.relation);
    for (const ColumnId target : lying) {
      if (!flown.contains(target) && !follows_from(target, families)) {
        notes.push_back({denoted.empty() ? TagNote::Kind::renamed : TagNote::Kind::ambiguous, name, name_of(target)});
      }
    }
  }

  /// Is it tagged anyway because of another member of its family, which is told?
  [[nodiscard]] bool follows_from(ColumnId target, const std::set<Oid>& families) const {
    const sql::Column* column = catalog_.relation(target.relation)->column(target.attribute);
    if (column != nullptr && column->generated) return true;
    const std::vector<Oid> ancestors = ancestors_of(target.relation, catalog_);
    return std::any_of(ancestors.begin(), ancestors.end(), [&](Oid oid) { return families.contains(oid); });
  }

  const Tagging& tagging_;
  const sql::Catalog& catalog_;
  Targets known_;  ///< in relations that live
  bool guessed_ = false;
  bool opaque_ = false;
};

}  // namespace

std::string to_text(const TagNote& note) {
  switch (note.kind) {
    case TagNote::Kind::unmatched: return "the tag on " + note.written + " matches nothing";
    case TagNote::Kind::dropped: return "the tag on " + note.written + " matches nothing any more: it was dropped";
    case TagNote::Kind::renamed: return "the tag on " + note.written + " lies on " + note.now + ", as it is called now: write it so";
    case TagNote::Kind::ambiguous:
      return "the tag on " + note.written + " also lies on " + note.now + ", which was part of it before: write a tag for each";
    case TagNote::Kind::opaque: return "the tag on " + note.written + " lies on a view that cannot be followed: tag what it is made of";
    case TagNote::Kind::new_column:
      return "the column " + note.written + " is new and has all tags of its table: tag it, or write " + note.written + ": [] if it needs none";
  }
  return {};
}

BoundTaggings bind_taggings(const std::vector<Tagging>& taggings, const DatabaseAlias& database, const sql::Catalog& catalog,
                            const std::vector<TagBinding>& known) {
  BoundTaggings bound;
  for (const Tagging& tagging : taggings) {
    if (tagging.database == database) TaggingBinder(tagging, catalog, known).bind(bound);
  }
  std::sort(bound.remembered.begin(), bound.remembered.end());
  return bound;
}

}  // namespace sluice::policy
