#include "sql/catalog_queries.h"

#include <array>

namespace sluice::sql {
namespace {

constexpr std::string_view kTransaction =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off";

constexpr std::string_view kDatabase = R"(
SELECT pg_catalog.current_database(), c.system_identifier
FROM pg_catalog.pg_control_system() AS c)";

// Temporary schemas belong to one session; TOAST tables are named by nobody.
constexpr std::string_view kSchemas = R"(
SELECT n.nspname
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname !~ '^pg_(temp|toast)')";

// Never analysed is reltuples = -1, but 0 before PostgreSQL 14.
constexpr std::string_view kRelations = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind,
       CASE WHEN c.reltuples = 0 AND c.relpages = 0 THEN -1 ELSE c.reltuples END,
       CASE WHEN c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            THEN pg_catalog.pg_get_viewdef(c.oid) END,
       c.relhastriggers AND EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
       c.relhasrules AND EXISTS (SELECT FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
       c.relrowsecurity
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_(temp|toast)')";

constexpr std::string_view kColumns = R"(
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod),
       t.typcategory, t.typtype, a.attnotnull, a.attgenerated <> ''
FROM pg_catalog.pg_attribute AS a
     JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind NOT IN ('i', 'I', 't') AND n.nspname !~ '^pg_(temp|toast)')";

// Only keys that hold at every moment: no predicate, no expression, valid, not deferrable. INCLUDE columns are no part.
constexpr std::string_view kKeys = R"(
SELECT i.indrelid, i.indisprimary,
       pg_catalog.array_to_string((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1], ' ')
FROM pg_catalog.pg_index AS i
WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid AND i.indislive AND i.indimmediate)";

// What else can refuse a row because of the values of several columns, or of other rows. A CHECK that
// was not validated is about all columns: any change of a row can find out that the row breaks it. Column 0 is the whole row; the columns
// of expressions and predicates are known by the dependencies of the index.
constexpr std::string_view kConstraints = R"(
SELECT c.conrelid, 'c', CASE WHEN c.convalidated THEN pg_catalog.array_to_string(c.conkey, ' ') ELSE '0' END
FROM pg_catalog.pg_constraint AS c
WHERE c.contype = 'c' AND c.conrelid <> 0 AND c.conkey IS NOT NULL
UNION ALL
SELECT i.indrelid, 'u', pg_catalog.concat_ws(' ',
         pg_catalog.array_to_string((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1], ' '),
         (SELECT pg_catalog.string_agg(d.refobjsubid::pg_catalog.text, ' ')
          FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid))
FROM pg_catalog.pg_index AS i
WHERE (i.indisunique OR i.indisexclusion)
  AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL OR i.indisexclusion OR NOT (i.indisvalid AND i.indislive AND i.indimmediate)))";

constexpr std::string_view kForeignKeys = R"(
SELECT c.conrelid, pg_catalog.array_to_string(c.conkey, ' '), c.confrelid, pg_catalog.array_to_string(c.confkey, ' ')
FROM pg_catalog.pg_constraint AS c
WHERE c.contype = 'f')";

// The inputs hang on the column itself up to PostgreSQL 14, on its expression from 15 on.
constexpr std::string_view kGeneratedColumns = R"(
SELECT DISTINCT a.attrelid, a.attnum, d.refobjsubid
FROM pg_catalog.pg_attribute AS a
     JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
     JOIN pg_catalog.pg_depend AS d
       ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid
      AND (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum
           OR d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = e.oid)
WHERE a.attgenerated <> '' AND d.refobjsubid <> a.attnum)";

constexpr std::string_view kInheritance = "SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits AS i ORDER BY 1, i.inhseqno";

constexpr std::string_view kFunctions = R"(
SELECT DISTINCT n.nspname, p.proname
FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname <> 'pg_catalog')";

// Operators that run what users of the database wrote: C functions come with extensions, which superusers install.
constexpr std::string_view kOperators = R"(
SELECT DISTINCT o.oprname
FROM pg_catalog.pg_operator AS o
     JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
     JOIN pg_catalog.pg_proc AS p ON p.oid = o.oprcode
     JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE n.nspname <> 'pg_catalog' AND l.lanname NOT IN ('c', 'internal'))";

// Types whose values may run what users wrote: by a domain's checks, also within rows and ranges, or by a
// cast. Enums and the base types of extensions do not, nor do composite types and arrays of such. The rows of
// tables are left out: they can grow a column of any type.
constexpr std::string_view kTypes = R"(
SELECT DISTINCT t.typname
FROM pg_catalog.pg_type AS t
     JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
     LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE n.nspname !~ '^pg_(catalog|temp|toast)' AND n.nspname <> 'information_schema'
  AND (COALESCE(e.typtype, t.typtype) NOT IN ('b', 'e', 'c')
       OR EXISTS (SELECT
                  FROM pg_catalog.pg_class AS r
                       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
                       JOIN pg_catalog.pg_type AS f ON f.oid = a.atttypid
                       LEFT JOIN pg_catalog.pg_type AS fe ON fe.oid = f.typelem AND f.typcategory = 'A'
                  WHERE r.oid = COALESCE(e.typrelid, t.typrelid)
                    AND (r.relkind <> 'c' OR COALESCE(fe.typtype, f.typtype) NOT IN ('b', 'e')))
       OR EXISTS (SELECT
                  FROM pg_catalog.pg_cast AS c
                       JOIN pg_catalog.pg_proc AS p ON p.oid = c.castfunc
                       JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
                  WHERE COALESCE(e.oid, t.oid) IN (c.castsource, c.casttarget) AND l.lanname NOT IN ('c', 'internal'))))";

constexpr std::array kQueries = {
    CatalogQuery{CatalogPart::database, kDatabase},
    CatalogQuery{CatalogPart::schemas, kSchemas},
    CatalogQuery{CatalogPart::relations, kRelations},
    CatalogQuery{CatalogPart::columns, kColumns},
    CatalogQuery{CatalogPart::keys, kKeys},
    CatalogQuery{CatalogPart::constraints, kConstraints},
    CatalogQuery{CatalogPart::foreign_keys, kForeignKeys},
    CatalogQuery{CatalogPart::generated_columns, kGeneratedColumns},
    CatalogQuery{CatalogPart::inheritance, kInheritance},
    CatalogQuery{CatalogPart::functions, kFunctions},
    CatalogQuery{CatalogPart::operators, kOperators},
    CatalogQuery{CatalogPart::types, kTypes},
};

}  // namespace

std::string_view catalog_transaction() { return kTransaction; }

std::span<const CatalogQuery> catalog_queries() { return kQueries; }

}  // namespace sluice::sql
