#pragma once

#include <optional>

#include "sql/analysis.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// What the definition of a view or materialised view reads; empty if it cannot be told. Functions outside pg_catalog
/// are not allowed: what one of them reads cannot be told either. Needs the stack that sql::analyse_text() asks for.
[[nodiscard]] std::optional<sql::Analysis> analyse_stored_query(const sql::Relation& view, const sql::Catalog& catalog);

}  // namespace sluice::policy
