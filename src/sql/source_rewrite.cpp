// Relations in FROM: a name becomes its qualified form, or a subquery that shows masks.

#include <algorithm>

#include "sql/mask_expression.h"
#include "sql/quote.h"
#include "sql/text_rewriter.h"

namespace sluice::sql {

Status TextRewriter::pin(const RelationSite& site, const Relation& relation) {
  const int first = tokens_.at(site.location);
  const int fields = site.fields > 0 || first < 0 ? site.fields : tokens_.name_fields(first);
  SLUICE_TRY(name, name_tokens(site.location, fields));
  if (fields != 2) edit(name.first, name.second, quoted_name(relation.schema, relation.name));
  return Done{};
}

Status TextRewriter::source(const RelationSite& site, const Relation& relation) {
  if (!reaches_mask(site, relation)) return pin(site, relation);
  SLUICE_TRY(sample, moved_sample(site));
  SLUICE_TRY(name, relation_name(site.location));
  auto [first, last] = name;

  SLUICE_TRY(rows, masked_rows(site, relation, sample, {}, site.only));

  if (site.only) {
    if (tokens_.is(first - 1, "(") && tokens_.is(first - 2, "only") && tokens_.is(last + 1, ")")) {
      first -= 2;
      last += 1;
    } else if (tokens_.is(first - 1, "only")) {
      first -= 1;
    } else {
      return make_error(ErrorKind::internal, "cannot find ONLY");
    }
  } else if (tokens_.is(last + 1, "*")) {
    last += 1;
  }
  std::string replacement = "(" + rows + ")";
  if (!site.aliased) replacement += " AS " + quoted_name(site.alias);
  if (site.table_command) {
    if (!tokens_.is(first - 1, "table")) return make_error(ErrorKind::internal, "cannot find TABLE");
    first -= 1;
    replacement = "SELECT * FROM " + replacement;
  }
  edit(first, last, std::move(replacement), true);
  return Done{};
}

// TABLESAMPLE goes with the table into the subquery. Where rows lie follows how long masked values are: no sample may depend on that.
Result<std::string> TextRewriter::moved_sample(const RelationSite& site) {
  if (site.sample < 0) return std::string();
  if (site.sample_follows_pages) {
    return make_error(ErrorKind::denied, "permission denied: this TABLESAMPLE on a relation with masked columns",
                      "Use BERNOULLI without REPEATABLE, or filter by a hash of the key.");
  }
  if (!site.sample_is_plain) {
    return make_error(ErrorKind::not_supported, "TABLESAMPLE with an expression on a relation with masked columns is not supported", "Use a literal.");
  }
  const int method = tokens_.at(site.sample);
  const int last = method < 0 ? -1 : tokens_.closing(method + 1);
  if (last < 0 || !tokens_.is(method - 1, "tablesample")) return make_error(ErrorKind::internal, "cannot find TABLESAMPLE");
  const auto begin = static_cast<std::size_t>(tokens_[method - 1].begin);
  edit(method - 1, last, "");
  return " " + std::string(text_.substr(begin, static_cast<std::size_t>(tokens_[last].end) - begin));
}

// COPY table TO sends the rows of the table alone, never of its inheritors.
Status TextRewriter::copied_table(const RelationSite& site, const Relation& relation) {
  if (!reaches_mask(site, relation)) return pin(site, relation);
  if (relation.kind == RelationKind::partitioned_table) {
    return make_error(ErrorKind::not_supported, "cannot copy from partitioned table \"" + relation.name + "\"",
                      "Try the COPY (SELECT ...) TO variant.");
  }
  SLUICE_TRY(name, relation_name(site.location));
  std::vector<std::string> columns = site.copied_columns;
  int last = name.second;
  if (!columns.empty()) {
    last = tokens_.closing(last + 1);
    if (last < 0) return make_error(ErrorKind::internal, "cannot find COPY's columns");
  } else {
    for (const Column& column : relation.columns) {
      if (!column.generated) columns.push_back(column.name);
    }
  }
  SLUICE_TRY(rows, masked_rows(site, relation, {}, columns, relation.kind == RelationKind::table));
  edit(name.first, last, "(" + rows + ")", true);
  return Done{};
}

// SELECT of every column, or of the given ones, masked where they are to be.
Result<std::string> TextRewriter::masked_rows(const RelationSite& site, const Relation& relation, std::string_view sample,
                                              const std::vector<std::string>& columns, bool only) const {
  std::string list;
  bool masked = false;
  const auto add = [&](const Column& column) -> Status {
    if (!list.empty()) list += ", ";
    if (const MaskingFunction* mask = masks_.of(relation, column)) {
      SLUICE_TRY(expression, mask_expression(relation, column, *mask, {}, masks_));
      list += expression + " AS " + quoted_name(column.name);
      masked = true;
    } else {
      list += quoted_name(column.name);
    }
    return Done{};
  };
  if (columns.empty()) {
    for (const Column& column : relation.columns) SLUICE_CHECK(add(column));
  } else {
    for (const std::string& name : columns) SLUICE_CHECK(add(*relation.column(name)));
  }
  if (site.tableoid) list += ", tableoid";
  if (site.view < 0) {
    // Where every column is hidden, the upstream role has a privilege on this one alone: some privilege PostgreSQL asks for.
    const bool hidden = std::all_of(relation.columns.begin(), relation.columns.end(), [&](const Column& column) {
      const MaskingFunction* mask = masks_.of(relation, column);
      return mask != nullptr && !reads_value(*mask);
    });
    const char* somehow = hidden ? " WHERE \"tableoid\" IS NOT NULL" : "";
    return "SELECT " + list + " FROM " + (only ? "ONLY " : "") + quoted_name(relation.schema, relation.name) + std::string(sample) + somehow;
  }
  const ViewText& view = *sites_.views[static_cast<std::size_t>(site.view)];
  SLUICE_TRY(edits, TextRewriter(view.sites, view.text, masks_).edits());
  SLUICE_TRY(definition, splice(view.text, std::move(edits)));
  if (!masked) return std::move(definition.text);
  std::string names;
  for (const Column& column : relation.columns) names += (names.empty() ? "" : ", ") + quoted_name(column.name);
  return "SELECT " + list + " FROM (" + definition.text + ") AS " + quoted_name(relation.name) + "(" + names + ")";
}

}  // namespace sluice::sql
