#include "sql/text_rewriter.h"

#include <algorithm>

#include "sql/quote.h"
#include "sql/storage_use.h"

namespace sluice::sql {
namespace {

Error lost(const char* what) { return make_error(ErrorKind::internal, std::string("cannot find ") + what + " in the statement"); }

}  // namespace

Result<std::vector<Edit>> TextRewriter::edits() && {
  for (const RelationSite& site : sites_.relations) {
    const Relation* relation = relation_of(site);
    if (relation == nullptr) return make_error(ErrorKind::internal, "a relation is gone from the catalog");
    switch (site.role) {
      case RelationRole::source:
        SLUICE_CHECK(source(site, *relation));
        break;
      case RelationRole::copied:
        SLUICE_CHECK(copied_table(site, *relation));
        break;
      case RelationRole::target:
      case RelationRole::filled:
        SLUICE_CHECK(written_relation(site, *relation));
        SLUICE_CHECK(pin(site, *relation));
        break;
      case RelationRole::named:
        SLUICE_CHECK(pin(site, *relation));
        break;
    }
  }
  if (!masks_.empty()) {
    for (const SizeSite& site : sites_.sizes) SLUICE_CHECK(size(site));  // before the functions: an argument may begin with one
  }
  for (const FunctionSite& site : sites_.functions) SLUICE_CHECK(function(site));
  if (!masks_.empty()) {
    for (const WriteSite& site : sites_.writes) SLUICE_CHECK(written_column(site));
    for (const ColumnSite& site : sites_.columns) SLUICE_CHECK(column(site));
    for (const ReturningStar& star : sites_.returning_stars) SLUICE_CHECK(returning_star(star));
    for (const ReturningSite& site : sites_.returnings) returning_name(site);
    for (const GroupSite& site : sites_.groups) SLUICE_CHECK(group(site));
    for (const ExplainSite& site : sites_.explains) SLUICE_CHECK(explain(site));
  }
  return std::move(edits_);
}

Result<std::pair<int, int>> TextRewriter::name_tokens(int location, int fields) const {
  const int first = tokens_.at(location);
  const int last = first < 0 ? -1 : tokens_.name_end(first, fields);
  if (last < 0) return lost("a name");
  return std::pair(first, last);
}

Result<std::pair<int, int>> TextRewriter::relation_name(int location) const {
  const int first = tokens_.at(location);
  return name_tokens(location, first < 0 ? 1 : tokens_.name_fields(first));
}

void TextRewriter::edit(int first_token, int last_token, std::string replacement, bool mask) {
  edits_.push_back({tokens_[first_token].begin, tokens_[last_token].end, std::move(replacement), mask});
}

void TextRewriter::insert(int byte, std::string inserted) { edits_.push_back({byte, byte, std::move(inserted), false}); }

Status TextRewriter::function(const FunctionSite& site) {
  if (tokens_.at(site.location) < 0) return lost("a function's name");
  insert(site.location, site.schema == "pg_catalog" ? "pg_catalog." : quoted_name(site.schema) + ".");
  return Done{};
}

// Same groups, since the key is among them; needed because a subquery has no key.
Status TextRewriter::group(const GroupSite& site) {
  const RelationSite& relation_site = sites_.relations[static_cast<std::size_t>(site.relation)];
  const Relation* relation = relation_of(relation_site);
  if (relation == nullptr || !reaches_mask(relation_site, *relation)) return Done{};
  const bool all = std::find(site.columns.begin(), site.columns.end(), kAllColumns) != site.columns.end();
  std::string more;
  for (const Column& column : relation->columns) {
    if (!all && std::find(site.columns.begin(), site.columns.end(), column.attribute) == site.columns.end()) continue;
    more += quoted_name(relation_site.alias) + "." + quoted_name(column.name) + ", ";
  }
  if (tokens_.at(site.location) < 0) return lost("GROUP BY");
  insert(site.location, std::move(more));
  return Done{};
}

// The planner's estimates come from statistics over raw values: only the shape of the plan is shown.
Status TextRewriter::explain(const ExplainSite& site) {
  const bool masked = std::any_of(sites_.relations.begin(), sites_.relations.end(), [&](const RelationSite& relation) {
    return relation.statement == site.statement && reaches_mask(relation);
  });
  if (!masked) return Done{};
  if (!site.plain) {
    return make_error(ErrorKind::denied, "permission denied: EXPLAIN with these options on a relation with masked columns",
                      "Use EXPLAIN alone: it shows the plan without costs.");
  }
  const int first = tokens_.first_from(site.location);
  if (!tokens_.is(first, "explain")) return lost("EXPLAIN");
  const int last = site.options ? tokens_.closing(first + 1) : first;
  if (last < 0) return lost("EXPLAIN's options");
  const std::string format = site.format.empty() ? "" : ", FORMAT " + site.format;
  edit(first, last, "EXPLAIN (COSTS OFF" + format + site.harmless + ")");
  return Done{};
}

bool TextRewriter::reaches_mask(const RelationSite& site) const {
  const Relation* relation = relation_of(site);
  return relation == nullptr || reaches_mask(site, *relation);
}

bool TextRewriter::reaches_mask(const RelationSite& site, const Relation& relation) const {
  if (masks_.empty()) return false;
  if (masks_.any(relation)) return true;
  if (site.view < 0) return false;
  const ViewText& view = *sites_.views[static_cast<std::size_t>(site.view)];
  if (std::any_of(view.analysis.uses.begin(), view.analysis.uses.end(), [](const ColumnUse& use) { return use.column == kStorageOfAnyRelation; })) return true;
  return std::any_of(view.analysis.relations.begin(), view.analysis.relations.end(), [&](const RelationAccess& access) {
    const Relation* inner = sites_.catalog->relation(access.relation);
    return inner == nullptr || masks_.any(*inner);
  });
}

}  // namespace sluice::sql
