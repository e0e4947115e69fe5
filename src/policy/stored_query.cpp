#include "policy/stored_query.h"

#include <memory>

#include "sql/analyse.h"

namespace sluice::policy {

std::optional<sql::Analysis> analyse_stored_query(const sql::Relation& view, const sql::Catalog& catalog) {
  sql::NameContext names;
  names.search_path.clear();  // as pg_get_viewdef() was asked for it
  const std::shared_ptr<const sql::Catalog> borrowed(std::shared_ptr<void>(), &catalog);
  const auto analysed = sql::analyse_text(view.view_definition, borrowed, names);
  if (!analysed.ok() || analysed->statements().size() != 1) return std::nullopt;
  return analysed->statements().front();
}

}  // namespace sluice::policy
