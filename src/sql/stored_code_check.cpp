#include "sql/stored_code_check.h"

#include <algorithm>

#include "sql/constraint_oracle.h"
#include "sql/storage_use.h"

namespace sluice::sql {
namespace {

bool is_masked(ColumnId id, const TextSites& sites, const MaskSet& masks) {
  const Relation* relation = sites.catalog->relation(id.relation);
  const Column* column = relation == nullptr ? nullptr : relation->column(id.attribute);
  return column != nullptr && masks.of(*relation, *column) != nullptr;
}

// How much room values take tells of them.
bool is_hidden(ColumnId id, const TextSites& sites, const MaskSet& masks) { return id == kStorageOfAnyRelation || is_masked(id, sites, masks); }

bool tells(const CodeWrite& write, const TextSites& sites, const MaskSet& masks) {
  const Relation* relation = sites.catalog->relation(write.column.relation);
  const Column* column = relation == nullptr ? nullptr : relation->column(write.column.attribute);
  if (column == nullptr) return false;
  if (!write.insert && masks.of(*relation, *column) != nullptr) return true;
  return tells_of_masked(*relation, *column, write.insert, masks, *sites.catalog);
}

bool deletion_tells(const RelationAccess& access, const TextSites& sites, const MaskSet& masks) {
  const Relation* relation = access.deletes ? sites.catalog->relation(access.relation) : nullptr;
  return relation != nullptr && deletion_tells_of_masked(*relation, masks, *sites.catalog);
}

Error denied(const CodeSite& site, std::string hint) {
  const bool chooses = site.name.starts_with("the ") || site.name.starts_with("row security ");  // as classify_code names what chooses rows
  const std::string subject = site.location >= 0 ? "function " + site.name
                                                 : "what this statement " + std::string(chooses ? "depends on" : "sets off") + " (" + site.name + ")";
  return make_error(ErrorKind::denied, "permission denied for " + subject, std::move(hint));
}

}  // namespace

Status check_stored_code(const TextSites& sites, const MaskSet& masks) {
  if (masks.empty()) return Done{};
  for (const CodeSite& site : sites.code) {
    const CodeEffect& effect = *site.effect;
    if (site.unknown) return denied(site, "What it does cannot be told from its definition, and the policy does not list it.");
    if (std::any_of(effect.reads.begin(), effect.reads.end(), [&](ColumnId column) { return is_hidden(column, sites, masks); })) {
      return denied(site, "It reads columns that are masked, and nothing can be masked within it.");
    }
    if (std::any_of(effect.writes.begin(), effect.writes.end(), [&](const CodeWrite& write) { return tells(write, sites, masks); }) ||
        std::any_of(effect.relations.begin(), effect.relations.end(), [&](const RelationAccess& a) { return deletion_tells(a, sites, masks); })) {
      return denied(site, "It changes columns that are masked, or what a constraint ties to them.");
    }
  }
  return Done{};
}

}  // namespace sluice::sql
