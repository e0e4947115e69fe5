#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

// The catalog queries about stored code; catalog_queries.cpp puts them in their order.

namespace sluice::sql {

/// Two texts one after the other.
template <const std::string_view& First, const std::string_view& Second>
inline constexpr auto kJoinedBytes = [] {
  std::array<char, First.size() + Second.size()> bytes{};
  std::copy(First.begin(), First.end(), bytes.begin());
  std::copy(Second.begin(), Second.end(), bytes.begin() + static_cast<std::ptrdiff_t>(First.size()));
  return bytes;
}();
template <const std::string_view& First, const std::string_view& Second>
inline constexpr std::string_view kJoined{kJoinedBytes<First, Second>.data(), kJoinedBytes<First, Second>.size()};

// Temporary functions cannot be called; those of information_schema are known by name. A body that was parsed when the
// function was made is not in prosrc.
inline constexpr std::string_view kRoutines = R"(
SELECT p.oid, n.nspname, p.proname, p.prokind, l.lanname, p.prosecdef, p.proretset, p.pronargs, p.pronargdefaults, p.provariadic <> 0,
       COALESCE(e.typrelid, t.typrelid), t.typtype = 'p' AND t.typname NOT IN ('record', 'void', 'trigger', 'cstring'), t.typname = 'trigger',
       COALESCE((SELECT x.extname
                 FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS x ON x.oid = d.refobjid
                 WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
                   AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass), ''),
       l.lanname = 'sql' AND p.prosrc = '',
       CASE WHEN l.lanname = 'sql' AND p.prosrc = '' THEN pg_catalog.pg_get_functiondef(p.oid)
            WHEN l.lanname IN ('sql', 'plpgsql', 'internal') THEN p.prosrc
            ELSE '' END
FROM pg_catalog.pg_proc AS p
     JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
     JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
     JOIN pg_catalog.pg_type AS t ON t.oid = p.prorettype
     LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typbasetype AND t.typtype = 'd'
WHERE n.nspname !~ '^pg_(catalog|temp|toast)')";

// PostgreSQL calls those without a name column1, column2 …; one that stands alone has none.
inline constexpr std::string_view kRoutineColumns = R"(
SELECT c.oid, COALESCE(c.name, pg_catalog.concat('column', c.number))
FROM (SELECT p.oid, i, NULLIF(p.proargnames[i], '') AS name, pg_catalog.row_number() OVER (PARTITION BY p.oid ORDER BY i) AS number,
             pg_catalog.count(*) OVER (PARTITION BY p.oid) AS columns
      FROM pg_catalog.pg_proc AS p
           JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
           CROSS JOIN LATERAL pg_catalog.generate_subscripts(p.proargmodes, 1) AS i
      WHERE n.nspname !~ '^pg_(catalog|temp|toast)' AND p.proargmodes[i] IN ('o', 'b', 't')) AS c
WHERE c.name IS NOT NULL OR c.columns > 1
ORDER BY c.oid, c.i)";

inline constexpr std::string_view kRoutineSettings = R"(
SELECT p.oid, pg_catalog.split_part(s, '=', 1), pg_catalog.substr(s, pg_catalog.strpos(s, '=') + 1)
FROM pg_catalog.pg_proc AS p
     JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
     CROSS JOIN LATERAL pg_catalog.unnest(p.proconfig) AS s
WHERE n.nspname !~ '^pg_(catalog|temp|toast)')";

// What cannot be called from SQL (one of its arguments is internal) was made to support aggregates.
inline constexpr std::string_view kAggregateSupport = R"(
SELECT a.aggfnoid::pg_catalog.oid, p.proname
FROM pg_catalog.pg_aggregate AS a
     JOIN pg_catalog.pg_proc AS g ON g.oid = a.aggfnoid
     JOIN pg_catalog.pg_namespace AS gn ON gn.oid = g.pronamespace
     JOIN pg_catalog.pg_proc AS p
       ON p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
     JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE gn.nspname !~ '^pg_(catalog|temp|toast)' AND n.nspname = 'pg_catalog'
  AND NOT 'pg_catalog.internal'::pg_catalog.regtype = ANY ((p.proargtypes::pg_catalog.oid[])))";

// A default, a generated column, a check, an index, a policy, a partition key: whatever of these runs a function depends on it.
// Event triggers hang on no relation.
inline constexpr std::string_view kExpressions = R"(
WITH uses AS (
  SELECT d.classid, d.objid, d.refobjid AS routine
  FROM pg_catalog.pg_depend AS d
  WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
  UNION
  SELECT d.classid, d.objid, o.oprcode
  FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_operator AS o ON o.oid = d.refobjid
  WHERE d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass)
SELECT a.adrelid, 'd', u.routine
FROM uses AS u JOIN pg_catalog.pg_attrdef AS a ON a.oid = u.objid AND u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
UNION
SELECT c.conrelid, 'c', u.routine
FROM uses AS u JOIN pg_catalog.pg_constraint AS c ON c.oid = u.objid AND u.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
WHERE c.conrelid <> 0 AND c.contype <> 'f'
UNION
SELECT i.indrelid, 'i', u.routine
FROM uses AS u JOIN pg_catalog.pg_index AS i ON i.indexrelid = u.objid AND u.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
UNION
SELECT p.polrelid, 'p', u.routine
FROM uses AS u JOIN pg_catalog.pg_policy AS p ON p.oid = u.objid AND u.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
UNION
SELECT p.partrelid, 'd', u.routine
FROM uses AS u JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = u.objid AND u.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
UNION
SELECT 0, 'e', e.evtfoid FROM pg_catalog.pg_event_trigger AS e WHERE e.evtenabled <> 'D')";

// Triggers that PostgreSQL makes for foreign keys run functions of its own; those on partitions are copies of others.
inline constexpr std::string_view kTriggers = R"(
SELECT t.tgrelid, t.tgfoid, p.proname, pg_catalog.pg_get_triggerdef(t.oid)
FROM pg_catalog.pg_trigger AS t
     JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
     JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE (NOT t.tgisinternal OR n.nspname <> 'pg_catalog') AND t.tgenabled <> 'D')";

inline constexpr std::string_view kOperators = R"(
SELECT o.oprname, o.oprcode::pg_catalog.oid
FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
WHERE n.nspname <> 'pg_catalog')";

// Functions that run when a value becomes one of a type, "code (type, routine)": a domain's checks, casts from and to it; or when values
// of it are compared, for ORDER BY and the like (those of extensions are theirs). What holds for a domain holds for domains over it,
// arrays of it, and rows and ranges with it.
inline constexpr std::string_view kCodeOfTypes = R"(
WITH RECURSIVE uses AS (
  SELECT d.classid, d.objid, d.refobjid AS routine
  FROM pg_catalog.pg_depend AS d
  WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
  UNION
  SELECT d.classid, d.objid, o.oprcode
  FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_operator AS o ON o.oid = d.refobjid
  WHERE d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass),
code (type, routine) AS (
  SELECT c.contypid, u.routine
  FROM uses AS u JOIN pg_catalog.pg_constraint AS c ON c.oid = u.objid AND u.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
  WHERE c.contypid <> 0
  UNION
  SELECT v.type, c.castfunc
  FROM pg_catalog.pg_cast AS c CROSS JOIN LATERAL (VALUES (c.castsource), (c.casttarget)) AS v (type)
  WHERE c.castfunc >= 16384
  UNION
  SELECT t.oid, v.routine
  FROM pg_catalog.pg_type AS t CROSS JOIN LATERAL (VALUES (t.typinput::pg_catalog.oid), (t.typoutput::pg_catalog.oid)) AS v (routine)
  WHERE t.typtype = 'b' AND v.routine >= 16384
  UNION
  SELECT r.rngtypid, v.routine
  FROM pg_catalog.pg_range AS r
       CROSS JOIN LATERAL (VALUES (r.rngcanonical::pg_catalog.oid), (r.rngsubdiff::pg_catalog.oid)) AS v (routine)
  WHERE v.routine >= 16384
  UNION
  SELECT o.type, o.routine
  FROM (SELECT a.amproclefttype, a.amproc::pg_catalog.oid FROM pg_catalog.pg_amproc AS a
        UNION ALL
        SELECT a.amoplefttype, p.oprcode FROM pg_catalog.pg_amop AS a JOIN pg_catalog.pg_operator AS p ON p.oid = a.amopopr) AS o (type, routine)
  WHERE o.routine >= 16384
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = o.routine AND d.deptype = 'e')
  UNION
  SELECT t.oid, c.routine
  FROM code AS c
       JOIN pg_catalog.pg_type AS t
         ON c.type >= 16384 AND (t.typbasetype = c.type OR t.typelem = c.type AND t.typcategory = 'A'
         OR EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = c.type)
         OR EXISTS (SELECT FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid AND r.rngsubtype = c.type))))";

// Under "*" those that PostgreSQL applies unasked.
inline constexpr std::string_view kTypesAlone = R"(
SELECT t.typname, c.routine, t.oid
FROM code AS c JOIN pg_catalog.pg_type AS t ON t.oid = c.type
UNION
SELECT '*', c.castfunc, 0 FROM pg_catalog.pg_cast AS c WHERE c.castfunc >= 16384 AND c.castcontext <> 'e')";

// Functions in defaults of parameters, those that an aggregate consists of, and those that values run which become arguments or results.
inline constexpr std::string_view kRoutineCallsAlone = R"(
SELECT d.objid, d.refobjid
FROM pg_catalog.pg_depend AS d
WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
UNION
SELECT d.objid, o.oprcode
FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_operator AS o ON o.oid = d.refobjid
WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass
UNION
SELECT p.oid, c.routine
FROM pg_catalog.pg_proc AS p
     JOIN code AS c ON c.type >= 16384 AND (c.type = p.prorettype OR c.type = ANY (COALESCE(p.proallargtypes, p.proargtypes::pg_catalog.oid[])))
WHERE p.oid >= 16384 AND p.oid <> c.routine)";

inline constexpr std::string_view kTypes = kJoined<kCodeOfTypes, kTypesAlone>;
inline constexpr std::string_view kRoutineCalls = kJoined<kCodeOfTypes, kRoutineCallsAlone>;

// Row security as one query over the table for each policy that holds for this role: what it reads, it chooses the rows by.
inline constexpr std::string_view kRowPolicies = R"(
SELECT p.polrelid,
       pg_catalog.concat('SELECT ', pg_catalog.concat_ws(', ', pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)),
                         ' FROM ', pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(c.relname))
FROM pg_catalog.pg_policy AS p
     JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE pg_catalog.row_security_active(p.polrelid)
  AND (0 = ANY (p.polroles) OR EXISTS (SELECT FROM pg_catalog.unnest(p.polroles) AS r WHERE pg_catalog.pg_has_role(r, 'USAGE'))))";

}  // namespace sluice::sql
