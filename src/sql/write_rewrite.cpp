// Written relations stay what they are: a mask cannot stand for them. What the statement shows of them is
// masked; what would be decided by, or written over, a masked value is refused.

#include <algorithm>

#include "sql/constraint_oracle.h"
#include "sql/mask_expression.h"
#include "sql/quote.h"
#include "sql/text_rewriter.h"

namespace sluice::sql {
namespace {

/// Would the agent find a hash of what it writes there, in the column or in one that is computed from it?
bool shows_pseudonym(const Relation& relation, const Column& written, const MaskSet& masks) {
  const auto pseudonym = [&](const Column& column) {
    const MaskingFunction* mask = masks.of(relation, column);
    return mask != nullptr && std::holds_alternative<PseudonymMask>(*mask);
  };
  return pseudonym(written) || std::any_of(relation.columns.begin(), relation.columns.end(), [&](const Column& column) {
           const auto& inputs = column.generated_from;
           return pseudonym(column) && std::find(inputs.begin(), inputs.end(), written.attribute) != inputs.end();
         });
}

Error denied(std::string what, std::string hint) {
  return make_error(ErrorKind::denied, "permission denied: " + std::move(what), std::move(hint));
}

}  // namespace

Status TextRewriter::written_relation(const RelationSite& site, const Relation& named) const {
  if (site.view >= 0) {
    const ViewText& view = *sites_.views[static_cast<std::size_t>(site.view)];
    SLUICE_CHECK(written_view(named, view));
    const Relation* table = sites_.catalog->relation(view.table);
    return table == nullptr ? Status(Done{}) : written_table(site, *table);
  }
  return written_table(site, named);
}

Status TextRewriter::written_table(const RelationSite& site, const Relation& relation) const {
  if (site.deletes && deletion_tells_of_masked(relation, masks_, *sites_.catalog)) {
    return denied("deleting from relation \"" + relation.name + "\", to which a masked column refers",
                  "Whether the column holds a value would show.");
  }
  return Done{};
}

// The view's own condition chooses the rows too, and so does what its triggers and rules do.
Status TextRewriter::written_view(const Relation& named, const ViewText& view) const {
  if (masks_.empty()) return Done{};
  const bool own_code = named.has_user_triggers || named.has_user_rules || view.runs_code;
  const bool reaches = std::any_of(view.analysis.relations.begin(), view.analysis.relations.end(), [&](const RelationAccess& access) {
    const Relation* inner = sites_.catalog->relation(access.relation);
    return inner == nullptr || masks_.any(*inner);
  });
  if (own_code && (reaches || masks_.any(named))) {
    return denied("writing view \"" + named.name + "\", which has triggers or rules and masked columns",
                  "Triggers and rules see the values behind the masks.");
  }
  const bool chosen_by_masked = std::any_of(view.analysis.uses.begin(), view.analysis.uses.end(), [&](const ColumnUse& use) {
    return use.use != Use::output && masks_.of(use.column);
  });
  if (chosen_by_masked) {
    return denied("writing view \"" + named.name + "\", whose rows are chosen by masked columns", "Write to the table itself.");
  }
  return Done{};
}

// Is a value of this column of a written relation hidden? Of a view, if anything that it is computed from is.
bool TextRewriter::is_masked(const RelationSite& site, const Relation& relation, const Column& column) const {
  if (masks_.of(relation, column) != nullptr) return true;
  if (site.view < 0) return false;
  const auto& outputs = sites_.views[static_cast<std::size_t>(site.view)]->analysis.outputs;
  const auto& flow = outputs[static_cast<std::size_t>(&column - relation.columns.data())].flow;
  return std::any_of(flow.begin(), flow.end(), [&](const FlowSource& source) { return masks_.of(source.column); });
}

Status TextRewriter::written_column(const WriteSite& site) const {
  const Relation* relation = sites_.catalog->relation(site.table);
  const Column* column = relation == nullptr ? nullptr : relation->column(site.attribute);
  if (column == nullptr) return make_error(ErrorKind::internal, "a written column is gone from the catalog");
  if (shows_pseudonym(*relation, *column, masks_)) {
    return denied("writing column \"" + column->name + "\" of relation \"" + relation->name + "\", which is masked by a pseudonym",
                  "The pseudonym of a value that you choose would tell which rows hold it.");
  }
  const bool tells = tells_of_masked(*relation, *column, site.insert, masks_, *sites_.catalog);
  if (masks_.of(*relation, *column) == nullptr) {
    if (!tells) return Done{};
    return denied("writing column \"" + column->name + "\" of relation \"" + relation->name + "\", which a constraint compares with a masked one",
                  "Whether the constraint holds would tell of the masked value.");
  }
  if (!site.insert) {
    return denied("changing column \"" + column->name + "\" of relation \"" + relation->name + "\", which is masked",
                  "The value that you see is a mask; writing it back would destroy the real one.");
  }
  if (tells) {
    return denied("inserting into column \"" + column->name + "\" of relation \"" + relation->name + "\", which is masked and part of a constraint",
                  "Whether the value exists already would show.");
  }
  return Done{};
}

// Does a masked column decide in which of its partitions a row lies?
bool TextRewriter::lies_by_masked(const Relation& relation) const {
  const auto masked = [&](std::int16_t attribute) { return masks_.of(ColumnId{relation.oid, attribute}); };
  if (std::any_of(relation.partition_key.begin(), relation.partition_key.end(), masked)) return true;
  const auto partitions = sites_.catalog->children(relation.oid);
  return std::any_of(partitions.begin(), partitions.end(), [&](Oid oid) {
    const Relation* partition = sites_.catalog->relation(oid);
    return partition != nullptr && !partition->partition_key.empty() && lies_by_masked(*partition);
  });
}

Status TextRewriter::column(const ColumnSite& site) {
  const RelationSite& named = sites_.relations[static_cast<std::size_t>(site.relation)];
  const Relation* relation = relation_of(named);
  if (relation == nullptr) return make_error(ErrorKind::internal, "a relation is gone from the catalog");
  const bool system = site.attribute < 0 && site.attribute != kAllColumns;
  if (named.role == RelationRole::source) {
    if (!reaches_mask(named, *relation)) return Done{};
    const bool offered = site.attribute == kTableOid && !named.starred && named.view < 0 && !lies_by_masked(*relation);
    if (system && !offered) return denied("system columns of relation \"" + relation->name + "\", which has masked columns", "Only tableoid, and not beside *.");
    if (site.fields > 2) {  // the subquery is known by its alias alone
      SLUICE_TRY(name, name_tokens(site.location, site.fields - 2));
      edits_.push_back({tokens_[name.first].begin, tokens_[name.second + 2].begin, "", false});
    }
    return Done{};
  }
  if (!reaches_mask(named, *relation)) return Done{};
  if (site.attribute == kTableOid && !lies_by_masked(*relation)) return Done{};
  if (system) return denied("system columns of relation \"" + relation->name + "\", which has masked columns", "");
  if (site.attribute != kAllColumns && site.attribute != kWholeRow) {
    const Column* column = relation->column(site.attribute);
    if (column == nullptr) return make_error(ErrorKind::internal, "a column is gone from the catalog");
    if (!is_masked(named, *relation, *column)) return Done{};
    if (site.place != ColumnPlace::returning) {
      return denied("column \"" + column->name + "\" of relation \"" + relation->name + "\" is masked, and the statement would depend on it",
                    site.place == ColumnPlace::value ? "A masked value cannot become part of what is written."
                                                     : "Choose the rows to write by other columns, such as the primary key.");
    }
  }
  if (site.place != ColumnPlace::returning) return denied("the whole row of relation \"" + relation->name + "\"", "Name the columns.");
  if (named.view >= 0) return returned_through_view(*relation);
  return returning_column(site, named, *relation);
}

Status TextRewriter::returned_through_view(const Relation& view) const {
  return denied("returning masked columns of view \"" + view.name + "\"", "Name the columns to return that are not masked, or write to the table itself.");
}

Status TextRewriter::returning_column(const ColumnSite& site, const RelationSite& target, const Relation& relation) {
  SLUICE_TRY(name, name_tokens(site.location, site.fields));
  if (site.attribute == kAllColumns) {
    SLUICE_TRY(columns, masked_columns(target, relation));
    edit(name.first, name.second, std::move(columns), true);
    return Done{};
  }
  if (site.attribute == kWholeRow) {  // a value of the table's row type, as it was
    SLUICE_TRY(values, masked_columns(target, relation, false));
    edit(name.first, name.second, "(ROW(" + values + ")::" + quoted_name(relation.schema, relation.name) + ")", true);
    masked_returnings_.push_back(site.location);
    return Done{};
  }
  const Column& column = *relation.column(site.attribute);
  SLUICE_TRY(expression, mask_expression(relation, column, *masks_.of(relation, column), target.alias, masks_));
  edit(name.first, name.second, std::move(expression), true);
  masked_returnings_.push_back(site.location);
  return Done{};
}

Status TextRewriter::returning_star(const ReturningStar& star) {
  const RelationSite& target = sites_.relations[static_cast<std::size_t>(star.relation)];
  const Relation* relation = relation_of(target);
  if (relation == nullptr) return make_error(ErrorKind::internal, "a relation is gone from the catalog");
  if (!reaches_mask(target, *relation)) return Done{};
  if (target.view >= 0) return returned_through_view(*relation);
  if (!star.expandable) {
    return make_error(ErrorKind::not_supported, "RETURNING * of this FROM clause is not supported on a relation with masked columns",
                      "Name the columns.");
  }
  const int token = tokens_.at(star.location);
  if (!tokens_.is(token, "*")) return make_error(ErrorKind::internal, "cannot find RETURNING *");
  SLUICE_TRY(columns, masked_columns(target, *relation));
  for (const std::string& other : star.others) columns += ", " + quoted_name(other) + ".*";
  edit(token, token, std::move(columns), true);
  return Done{};
}

Result<std::string> TextRewriter::masked_columns(const RelationSite& target, const Relation& relation, bool named) const {
  std::string out;
  for (const Column& column : relation.columns) {
    if (!out.empty()) out += ", ";
    if (const MaskingFunction* mask = masks_.of(relation, column)) {
      SLUICE_TRY(expression, mask_expression(relation, column, *mask, target.alias, masks_));
      out += named ? expression + " AS " + quoted_name(column.name) : expression;
    } else {
      out += quoted_name(target.alias) + "." + quoted_name(column.name);
    }
  }
  return out;
}

// PostgreSQL names a column of the result after the expression, which is another one now.
void TextRewriter::returning_name(const ReturningSite& site) {
  const int first = tokens_.at(site.location);
  if (first < 0 || site.name == "?column?") return;
  const int last = tokens_.element_end(first);
  if (last < 0) return;
  const bool changed = std::any_of(masked_returnings_.begin(), masked_returnings_.end(), [&](int byte) {
    return byte >= tokens_[first].begin && byte < tokens_[last].end;
  });
  if (changed) insert(tokens_[last].end, " AS " + quoted_name(site.name));
}

}  // namespace sluice::sql
