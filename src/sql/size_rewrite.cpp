// pg_table_size() and its kin follow how long values are: NULL for relations with masked columns, their indexes and TOAST tables,
// for the catalogs, and for databases and tablespaces that hold such.

#include <iterator>
#include <string>

#include "sql/text_rewriter.h"

namespace sluice::sql {

Status TextRewriter::size(const SizeSite& site) {
  std::string hidden;
  for (auto mask = masks_.begin(); mask != masks_.end(); ++mask) {
    if (mask != masks_.begin() && std::prev(mask)->first.relation == mask->first.relation) continue;
    const Relation* relation = sites_.catalog->relation(mask->first.relation);
    if (relation != nullptr && relation->system) continue;  // columns of catalogs that nobody is shown
    hidden += (hidden.empty() ? "" : ",") + std::to_string(mask->first.relation);
  }
  if (hidden.empty()) return Done{};
  const int name = tokens_.at(site.location);
  const int open = name < 0 ? -1 : tokens_.name_end(name, tokens_.name_fields(name)) + 1;
  const int last = open <= 0 || !tokens_.is(open, "(") ? -1 : tokens_.element_end(open + 1);
  if (last <= open) return make_error(ErrorKind::internal, "cannot find the argument of a size function");
  insert(tokens_[open + 1].begin, "(SELECT s.v FROM (SELECT (");
  if (!site.of_relation) {
    insert(tokens_[last].end, ")) AS s(v) WHERE false)");
    return Done{};
  }
  constexpr const char* kSystemSchemas = "{11,99}";  // pg_catalog, which holds statistics too, and pg_toast: fixed by PostgreSQL
  insert(tokens_[last].end, std::string(")::pg_catalog.regclass) AS s(v) WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) s.v") +
                                " AND c.relnamespace OPERATOR(pg_catalog.<>) ALL ('" + kSystemSchemas + "'::pg_catalog.oid[])" +
                                " AND COALESCE((SELECT i.indrelid FROM pg_catalog.pg_index AS i WHERE i.indexrelid OPERATOR(pg_catalog.=) c.oid), c.oid)" +
                                " OPERATOR(pg_catalog.<>) ALL ('{" + hidden + "}'::pg_catalog.oid[])))");
  return Done{};
}

}  // namespace sluice::sql
