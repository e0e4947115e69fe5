#include "sql/query_analyser.h"
#include "sql/protected_relations.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

// Items further left can be seen by LATERAL ones only, until the whole clause is known.
void QueryAnalyser::from_clause(const List* items, Scope& scope) {
  for (const Node* node : elements(items)) {
    std::vector<Visible> found;
    from_item(node, scope, found);
    for (Visible& visible : found) {
      visible.lateral_only = true;
      scope.visible.push_back(visible);
    }
  }
  for (Visible& visible : scope.visible) visible.lateral_only = false;
}

void QueryAnalyser::from_item(const Node* node, Scope& scope, std::vector<Visible>& out) {
  const Depth deeper(depth_);
  if (!enter(-1)) return;
  switch (static_cast<int>(nodeTag(node))) {
    case T_RangeVar: return range_relation(as<RangeVar>(node), scope, out);
    case T_RangeSubselect: return range_subselect(as<RangeSubselect>(node), scope, out);
    case T_RangeFunction: return range_function(as<RangeFunction>(node), scope, out);
    case T_RangeTableFunc: return range_table_function(as<RangeTableFunc>(node), scope, out);
    case T_RangeTableSample: return range_sample(as<RangeTableSample>(node), scope, out);
    case T_JoinExpr: return join(as<JoinExpr>(node), scope, out);
  }
  not_supported("this kind of FROM item");
}

void QueryAnalyser::apply_alias(FromItem& item, const Alias* alias) {
  if (alias == nullptr) return;
  item.name = text_of(alias->aliasname);
  item.aliased = true;
  const auto names = elements(alias->colnames);
  if (names.size() > item.size()) {
    fail(make_error(ErrorKind::undefined_column, "table \"" + std::string(item.name) + "\" has " + std::to_string(item.size()) +
                                                     " columns available but " + std::to_string(names.size()) +
                                                     " columns specified"));
    return;
  }
  for (const Node* name : names) item.renamed.push_back(text_of(name));
}

void QueryAnalyser::range_relation(const RangeVar& range, Scope& scope, std::vector<Visible>& out) {
  FromItem& item = new_item();
  item.name = text_of(range.relname);
  if (range.schemaname == nullptr) {
    if (const DerivedColumns* columns = common_table(item.name, scope, range.location)) {
      item.derived = columns;
      apply_alias(item, range.alias);
      out.push_back({&item});
      return;
    }
  }
  const Relation* relation = require_relation(range);
  if (relation == nullptr) return;
  item.relation = relation;
  item.site = static_cast<int>(sites_.relations.size());
  item.may_repeat = relation->kind != RelationKind::partitioned_table && range.inh && !catalog_.children(relation->oid).empty();
  touch(*relation, {.reads = true});
  set_off(*relation, CodeEvent::read);

  RelationSite site;
  site.relation = relation->oid;
  site.location = range.location;
  site.role = RelationRole::source;
  site.alias = range.alias != nullptr ? range.alias->aliasname : range.relname;
  site.aliased = range.alias != nullptr;
  site.only = !range.inh;
  site.statement = statement_;
  if (relation->kind == RelationKind::view && !relation->system) item.derived = view_columns(*relation, site.view);
  if (failed()) return;
  sites_.relations.push_back(std::move(site));
  apply_alias(item, range.alias);
  out.push_back({&item});
}

void QueryAnalyser::range_sample(const RangeTableSample& sample, Scope& scope, std::vector<Visible>& out) {
  const std::size_t site = sites_.relations.size();
  from_item(sample.relation, scope, out);
  if (failed()) return;
  const std::string_view method = text_of(elements(sample.method).back());
  if (elements(sample.method).size() != 1 || (method != "bernoulli" && method != "system")) {
    return fail(make_error(ErrorKind::undefined_object, "tablesample method " + std::string(method) + " does not exist"), sample.location);
  }
  const bool relation = sites_.relations.size() == site + 1;
  const RelationKind kind = relation ? catalog_.relation(sites_.relations[site].relation)->kind : RelationKind::view;
  if (kind != RelationKind::table && kind != RelationKind::partitioned_table && kind != RelationKind::materialized_view) {
    return fail(make_error(ErrorKind::not_supported, "TABLESAMPLE clause can only be applied to tables and materialized views"), sample.location);
  }
  bool plain = true;
  const auto argument = [&](const Node* node) {
    plain = plain && (IsA(node, A_Const) || IsA(node, ParamRef));
    expression(node, scope, {bit(Use::predicate), FlowKind::derived, nullptr});
  };
  for (const Node* node : elements(sample.args)) argument(node);
  if (sample.repeatable != nullptr) argument(sample.repeatable);
  RelationSite& sampled = sites_.relations[site];
  sampled.sample = sample.location;
  sampled.sample_follows_pages = method == "system" || sample.repeatable != nullptr;
  sampled.sample_is_plain = plain;
}

void QueryAnalyser::range_subselect(const RangeSubselect& subselect, Scope& scope, std::vector<Visible>& out) {
  const bool enclosing = scope.lateral;
  scope.lateral = subselect.lateral;
  DerivedColumns& columns = new_columns();
  columns = query(subselect.subquery, &scope, bit(Use::output)).columns;
  scope.lateral = enclosing;
  for (DerivedColumn& column : columns) column.origin = nullptr;
  FromItem& item = new_item();
  item.derived = &columns;
  apply_alias(item, subselect.alias);
  out.push_back({&item});
}

}  // namespace sluice::sql
