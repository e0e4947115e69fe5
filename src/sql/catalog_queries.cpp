#include "sql/catalog_queries.h"

#include <array>

#include "sql/code_queries.h"

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
       c.relhastriggers AND EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D'),
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

// What else can refuse a row because of the values of several columns ('c'), or of other rows ('u'). A CHECK that
// was not validated is about all columns: any change of a row can find out that the row breaks it. Column 0 is the whole row; the columns
// of expressions and predicates are known by the dependencies of the index. An index whose expression can fail (it divides, casts,
// calls something) is a check too, of all its columns if it is partial: then an older row may be new to it. 'd': columns of keys whose value is known beforehand if a new row names none. 'p': columns of a
// partition key.
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
  AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL OR i.indisexclusion OR NOT (i.indisvalid AND i.indislive AND i.indimmediate))
UNION ALL
SELECT x.indrelid, 'c', COALESCE((SELECT pg_catalog.string_agg(d.refobjsubid::pg_catalog.text, ' ')
         FROM pg_catalog.pg_depend AS d
         WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = x.indexrelid
           AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = x.indrelid
           AND d.refobjsubid > 0 AND (x.partial OR d.refobjsubid <> ALL (x.indkey))), '')
FROM (SELECT i.indrelid, i.indexrelid, i.indkey, i.indpred IS NOT NULL AS partial,
             pg_catalog.regexp_replace(pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(i.indexprs, i.indrelid), pg_catalog.pg_get_expr(i.indpred, i.indrelid)),
                                       '''(''''|[^''])*''|"[^"]*"|->>?', '', 'g') AS text
      FROM pg_catalog.pg_index AS i
      WHERE NOT i.indisunique AND NOT i.indisexclusion AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)) AS x
WHERE x.text ~ '[-+*/%^&#@`]|::(?!text|character varying|regconfig)'
   OR x.text ~* '\m(?!(lower|upper|initcap|btrim|ltrim|rtrim|coalesce|md5|to_tsvector|and|or|not|any|in) ?\()[a-z_][a-z_0-9]* ?\('
UNION ALL
SELECT a.attrelid, 'd', pg_catalog.string_agg(a.attnum::pg_catalog.text, ' ')
FROM pg_catalog.pg_attribute AS a
     JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
  AND (a.attrelid IN (SELECT i.indrelid FROM pg_catalog.pg_index AS i WHERE (i.indisunique AND NOT i.indisprimary) OR i.indisexclusion)
       OR a.attrelid IN (SELECT c.conrelid FROM pg_catalog.pg_constraint AS c WHERE c.contype = 'f'))
  AND CASE WHEN e.oid IS NULL
           THEN t.typdefault IS NOT NULL
                OR EXISTS (SELECT FROM pg_catalog.pg_index AS i
                           WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey) AND i.indisunique
                             AND pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' = 'true')
           ELSE pg_catalog.regexp_replace(pg_catalog.pg_get_expr(e.adbin, e.adrelid), '''(''''|[^''])*''|::[a-z "_.]+(\([0-9, ]+\))?', '', 'g')
                !~ '[[:alnum:]_"]\(' END
GROUP BY a.attrelid
UNION ALL
SELECT p.partrelid, 'p', pg_catalog.concat_ws(' ', pg_catalog.array_to_string(p.partattrs::pg_catalog.int2[], ' '),
         (SELECT pg_catalog.string_agg(v.attribute::pg_catalog.text, ' ')
          FROM pg_catalog.pg_depend AS d CROSS JOIN LATERAL (VALUES (d.objsubid), (d.refobjsubid)) AS v (attribute)
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = p.partrelid AND v.attribute > 0
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.partrelid))
FROM pg_catalog.pg_partitioned_table AS p)";

constexpr std::string_view kForeignKeys = R"(
SELECT c.conrelid, pg_catalog.array_to_string(c.conkey, ' '), c.confrelid, pg_catalog.array_to_string(c.confkey, ' '),
       c.confupdtype, c.confdeltype
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
    CatalogQuery{CatalogPart::routines, kRoutines},
    CatalogQuery{CatalogPart::routine_columns, kRoutineColumns},
    CatalogQuery{CatalogPart::routine_settings, kRoutineSettings},
    CatalogQuery{CatalogPart::routine_calls, kRoutineCalls},
    CatalogQuery{CatalogPart::aggregate_support, kAggregateSupport},
    CatalogQuery{CatalogPart::code_in_relations, kExpressions},
    CatalogQuery{CatalogPart::triggers, kTriggers},
    CatalogQuery{CatalogPart::operators, kOperators},
    CatalogQuery{CatalogPart::types, kTypes},
    CatalogQuery{CatalogPart::row_policies, kRowPolicies},
};

}  // namespace

std::string_view catalog_transaction() { return kTransaction; }

std::span<const CatalogQuery> catalog_queries() { return kQueries; }

}  // namespace sluice::sql
