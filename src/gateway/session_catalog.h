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
/// one of its savepoints, has an age of at most 0; renaming a column changes pg_attribute alone.
inline constexpr std::string_view kSessionRelationsQuestion =
    "SELECT c.oid, n.nspname, c.relname, c.relkind, a.attnum, a.attname, a.atttypid, a.atttypmod, "
    "pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory, t.typtype, a.attnotnull, a.attgenerated <> '' "
    "FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid "
    "JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid "
    "WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped "
    "AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r','p','S']::pg_catalog.\"char\"[]) "
    "AND (c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() "
    "OR pg_catalog.age(c.xmin) OPERATOR(pg_catalog.<=) 0 "
    "OR EXISTS (SELECT FROM pg_catalog.pg_attribute w WHERE w.attrelid OPERATOR(pg_catalog.=) c.oid "
    "AND pg_catalog.age(w.xmin) OPERATOR(pg_catalog.<=) 0)) "
    "ORDER BY c.oid, a.attnum";

/// The rows of the answer. Views that a transaction made are left out: nothing is known of what they read,
/// so they cannot be used before it ends.
[[nodiscard]] Result<std::vector<sql::Relation>> session_relations(const std::vector<std::vector<std::string>>& rows);

/// `base` with the session's own relations on top, tags resolved anew; `base` itself if there are none.
[[nodiscard]] std::shared_ptr<const plan::Snapshot> overlay(const std::shared_ptr<const plan::Snapshot>& base, std::vector<sql::Relation> relations,
                                                            const DatabaseAlias& database, std::uint64_t version);

}  // namespace sluice::gateway
