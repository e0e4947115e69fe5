#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/statement_plan.h"

namespace sluice::gateway {

/// Relations that only the session itself can see: its temporary tables, and what its open transaction
/// has made or changed. Asked of its own connection, with SessionNames' question. A row written by the transaction, or in
/// one of its savepoints, has an age of at most 0; renaming a column changes pg_attribute alone. A relation may have no columns.
/// The definition of a temporary view is written for the search path of the moment, as the answer to SessionNames' question is.
inline constexpr std::string_view kSessionRelationsQuestion =
    "SELECT c.oid, n.nspname, c.relname, c.relkind, a.attnum, a.attname, a.atttypid, a.atttypmod, "
    "pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory, t.typtype, a.attnotnull, a.attgenerated <> '', "
    "CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'v' AND NOT c.relhastriggers "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid AND r.rulename OPERATOR(pg_catalog.<>) '_RETURN') "
    "THEN pg_catalog.pg_get_viewdef(c.oid) END "
    "FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace "
    "LEFT JOIN (pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid) "
    "ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped "
    "WHERE (c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r','p','S']::pg_catalog.\"char\"[]) "
    "OR c.relkind OPERATOR(pg_catalog.=) 'v' AND c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()) "
    "AND (c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() "
    "OR pg_catalog.age(c.xmin) OPERATOR(pg_catalog.<=) 0 "
    "OR EXISTS (SELECT FROM pg_catalog.pg_attribute w WHERE w.attrelid OPERATOR(pg_catalog.=) c.oid "
    "AND pg_catalog.age(w.xmin) OPERATOR(pg_catalog.<=) 0)) "
    "ORDER BY c.oid, a.attnum";

/// The rows of the answer. Permanent views that a transaction made are left out: nothing is known of what they read,
/// so they cannot be used before it ends; nor can temporary ones with triggers or rules.
[[nodiscard]] Result<std::vector<sql::Relation>> session_relations(const std::vector<std::vector<std::string>>& rows);

/// `base` with the session's own relations on top, tags resolved anew; `base` itself if there are none.
[[nodiscard]] std::shared_ptr<const plan::Snapshot> overlay(const std::shared_ptr<const plan::Snapshot>& base, std::vector<sql::Relation> relations,
                                                            const DatabaseAlias& database, std::uint64_t version);

}  // namespace sluice::gateway
