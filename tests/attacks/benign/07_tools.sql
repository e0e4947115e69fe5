-- What ORMs, reporting tools, dumps and scripts send.
-- name: retention by cohort
WITH first AS (SELECT customer_id, min(date_trunc('month', placed)) AS cohort FROM orders GROUP BY 1), activity AS (SELECT DISTINCT o.customer_id, date_trunc('month', o.placed) AS month FROM orders o) SELECT f.cohort, extract(month FROM age(a.month, f.cohort))::int AS n, count(DISTINCT a.customer_id) FROM first f JOIN activity a USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20;
-- name: rfm segments with masks
SELECT c.id, c.email, ntile(4) OVER (ORDER BY max(o.placed)) AS r, ntile(4) OVER (ORDER BY count(*)) AS f, ntile(4) OVER (ORDER BY sum(o.total)) AS m FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id LIMIT 10;
-- name: year over year with lag over an aggregate
SELECT date_trunc('month', placed) AS month, sum(total) AS revenue, round(100.0 * (sum(total) - lag(sum(total)) OVER w) / nullif(lag(sum(total)) OVER w, 0), 2) AS growth FROM orders GROUP BY 1 WINDOW w AS (ORDER BY date_trunc('month', placed)) ORDER BY 1;
-- name: median and percentiles by group with masks beside
SELECT c.city, percentile_cont(0.5) WITHIN GROUP (ORDER BY c.age) AS median, percentile_disc(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY c.age) AS quartiles, mode() WITHIN GROUP (ORDER BY c.region_id), count(c.email) FROM customers c GROUP BY c.city ORDER BY c.city;
-- name: grouping sets with masked columns among the keys
SELECT city, email IS NULL AS without, count(*), grouping(city, email IS NULL) FROM customers GROUP BY GROUPING SETS ((city), (email IS NULL), ()) ORDER BY 1 NULLS LAST, 2 NULLS LAST, 4;
-- name: array_agg of masked values in order
SELECT city, (array_agg(email ORDER BY id))[1:3], string_agg(DISTINCT split_part(email, '@', 2), ',') FROM customers GROUP BY city ORDER BY city;
-- name: jsonb_agg with nested objects
SELECT jsonb_agg(jsonb_build_object('id', c.id, 'mail', c.email, 'orders', (SELECT coalesce(jsonb_agg(to_jsonb(o) - 'placed' ORDER BY o.id), '[]') FROM orders o WHERE o.customer_id = c.id))) FROM (SELECT * FROM customers WHERE id <= 3 ORDER BY id) c;
-- name: PostgREST reads
WITH pgrst_source AS (SELECT "public"."customers"."id", "public"."customers"."email", row_to_json("customers_cards_1".*) AS "cards" FROM "public"."customers" LEFT JOIN LATERAL (SELECT "cards_1"."number", "cards_1"."brand" FROM "public"."cards" AS "cards_1" WHERE "cards_1"."customer_id" = "public"."customers"."id") AS "customers_cards_1" ON TRUE ORDER BY "public"."customers"."id" LIMIT 3 OFFSET 0) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t;
-- name: Hasura reads
SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_1_e" FROM (SELECT "_0_root.base"."id" AS "id", "_0_root.base"."email" AS "email") AS "_1_e")) AS "root" FROM (SELECT * FROM "public"."customers" WHERE (("public"."customers"."id") < (4 :: integer)) ORDER BY id) AS "_0_root.base") AS "_2_root";
-- name: Prisma reads
SELECT "public"."customers"."id", "public"."customers"."name", "public"."customers"."email" FROM "public"."customers" WHERE ("public"."customers"."city" = 'Bern' AND ("public"."customers"."id") IN (SELECT "t0"."id" FROM "public"."customers" AS "t0" INNER JOIN "public"."orders" AS "j0" ON ("j0"."customer_id") = ("t0"."id") WHERE ("j0"."total" > 100 AND "t0"."id" IS NOT NULL))) ORDER BY "public"."customers"."id" ASC LIMIT 5 OFFSET 0;
-- name: Hibernate reads
select c1_0.id as col_0_0_, c1_0.email as col_1_0_, o1_0.id as col_2_0_, o1_0.total as col_3_0_ from public.customers c1_0 left outer join public.orders o1_0 on c1_0.id=o1_0.customer_id where c1_0.id in (1 , 2 , 3) order by c1_0.id, o1_0.id fetch first 10 rows only;
-- name: Rails includes and exists
SELECT 1 AS one FROM "customers" WHERE "customers"."city" = 'Bern' LIMIT 1;
SELECT "customers".* FROM "customers" WHERE "customers"."id" IN (1, 2, 3) ORDER BY "customers"."id";
SELECT COUNT(*) FROM (SELECT 1 AS one FROM "customers" LIMIT 10 OFFSET 5) subquery_for_count;
SELECT COUNT(DISTINCT "customers"."id") FROM "customers" LEFT OUTER JOIN "orders" ON "orders"."customer_id" = "customers"."id";
-- name: Django annotations
SELECT "customers"."id", "customers"."email", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "t" FROM "customers" LEFT OUTER JOIN "orders" ON ("customers"."id" = "orders"."customer_id") GROUP BY "customers"."id", "customers"."email" HAVING COUNT("orders"."id") > 5 ORDER BY "n" DESC, "customers"."id" ASC LIMIT 21;
-- name: Django's subquery and exists
SELECT "customers"."id", (SELECT U0."total" FROM "orders" U0 WHERE U0."customer_id" = ("customers"."id") ORDER BY U0."placed" DESC, U0."id" LIMIT 1) AS "last" FROM "customers" WHERE EXISTS(SELECT 1 AS "a" FROM "cards" V0 WHERE (V0."customer_id" = ("customers"."id") AND V0."brand" = 'visa') LIMIT 1) ORDER BY "customers"."id" LIMIT 5;
-- name: Django's get_or_create
BEGIN;
SELECT "regions"."id", "regions"."name" FROM "regions" WHERE "regions"."name" = 'centre' LIMIT 21;
SAVEPOINT "s139_x1";
INSERT INTO "regions" ("id", "name") VALUES (90, 'centre') RETURNING "regions"."id";
RELEASE SAVEPOINT "s139_x1";
ROLLBACK;
-- name: Django's bulk upsert
INSERT INTO "counters" ("name", "value") VALUES ('visits', 1), ('new', 5) ON CONFLICT("name") DO UPDATE SET "value" = EXCLUDED."value" RETURNING "counters"."name", "counters"."value";
-- name: SQLAlchemy's insertmanyvalues
INSERT INTO tasks (title, done, priority) SELECT p0::VARCHAR, p1::BOOLEAN, p2::INTEGER FROM (VALUES ('a', false, 1, 0), ('b', true, 2, 1)) AS imp_sen(p0, p1, p2, sen_counter) ORDER BY sen_counter RETURNING tasks.title, tasks.title AS title__1;
-- name: SQLAlchemy's labels
SELECT customers.id AS customers_id, customers.email AS customers_email, anon_1.total AS anon_1_total FROM customers JOIN (SELECT orders.customer_id AS customer_id, sum(orders.total) AS total FROM orders GROUP BY orders.customer_id) AS anon_1 ON customers.id = anon_1.customer_id ORDER BY anon_1.total DESC, customers.id LIMIT 3;
-- name: an upsert with a partial update and where
INSERT INTO counters AS c (name, value) VALUES ('visits', 100) ON CONFLICT (name) DO UPDATE SET value = c.value + excluded.value WHERE c.value < 1000 RETURNING c.*, (xmax = 0) AS fresh;
-- name: upsert beside masked columns
INSERT INTO profiles (id, customer_id, theme) VALUES (1, 1, 'dark'), (2, 2, 'blue') ON CONFLICT (id) DO UPDATE SET theme = excluded.theme RETURNING id, theme, contact, facts;
-- name: update of a clear column by a join
UPDATE customers c SET city = upper(c.city) FROM regions r WHERE r.id = c.region_id AND r.name = 'north' AND c.id < 20 RETURNING c.id, c.city, c.email, r.name;
-- name: move rows by a CTE
WITH gone AS (DELETE FROM tasks WHERE done RETURNING *), kept AS (INSERT INTO counters SELECT 'gone', count(*) FROM gone RETURNING value) SELECT value FROM kept;
-- name: queue with skip locked
WITH next AS (SELECT id FROM tasks WHERE NOT done ORDER BY priority, id FOR UPDATE SKIP LOCKED LIMIT 2) UPDATE tasks t SET done = true FROM next WHERE t.id = next.id RETURNING t.id, t.title;
-- name: merge with all actions
MERGE INTO counters c USING (VALUES ('visits', 1), ('fresh', 2)) AS v(name, value) ON c.name = v.name WHEN MATCHED AND v.value > 5 THEN DELETE WHEN MATCHED THEN UPDATE SET value = c.value + v.value WHEN NOT MATCHED THEN INSERT (name, value) VALUES (v.name, v.value);
SELECT * FROM counters ORDER BY name;
-- name: recursive tree with paths and masks
WITH RECURSIVE tree AS (SELECT e.id, e.name, e.manager_id, 1 AS depth, ARRAY[e.id] AS path FROM hr.employees e WHERE e.manager_id IS NULL UNION ALL SELECT e.id, e.name, e.manager_id, t.depth + 1, t.path || e.id FROM hr.employees e JOIN tree t ON e.manager_id = t.id WHERE NOT e.id = ANY(t.path)) SELECT t.depth, t.name, t.path, s.amount FROM tree t LEFT JOIN hr.salaries s ON s.employee_id = t.id ORDER BY t.path LIMIT 12;
-- name: calendar joined with data
SELECT d::date, count(o.id), coalesce(sum(o.total), 0) FROM generate_series('2025-01-01'::timestamptz, '2025-01-14', interval '1 day') AS d LEFT JOIN orders o ON o.placed >= d AND o.placed < d + interval '1 day' GROUP BY d ORDER BY d;
-- name: Grafana's time series
SELECT (extract(epoch FROM placed)::bigint / 604800) * 604800 AS time, status::text AS metric, count(*) AS value FROM orders WHERE placed BETWEEN '2025-01-01T00:00:00Z' AND '2025-03-01T00:00:00Z' GROUP BY 1, 2 ORDER BY 1, 2;
-- name: Grafana's bins
SELECT floor(extract(epoch FROM placed) / 86400) * 86400 AS "time", avg(total) AS "avg" FROM orders WHERE extract(epoch FROM placed) >= 1735689600 GROUP BY 1 ORDER BY 1 LIMIT 5;
SELECT date_bin('7 days', placed, '2025-01-01') AS w, count(*) FROM orders GROUP BY 1 ORDER BY 1 LIMIT 5;
-- name: Metabase's sample
-- simple
/* Metabase:: userID: 1 queryType: MBQL queryHash: 3b */ SELECT "source"."city" AS "city", "source"."email" AS "email", COUNT(*) AS "count" FROM (SELECT "public"."customers"."city" AS "city", "public"."customers"."email" AS "email" FROM "public"."customers" WHERE "public"."customers"."id" < 10) AS "source" GROUP BY "source"."city", "source"."email" ORDER BY "source"."city" ASC, "source"."email" ASC LIMIT 2000;
-- name: Metabase's fingerprint
SELECT SUBSTRING("public"."customers"."name", 1, 1234) AS "substring1", CAST("public"."customers"."joined" AS date) FROM "public"."customers" ORDER BY id LIMIT 10;
-- name: Superset wraps
SELECT "city" AS "city", count(*) AS "count" FROM (SELECT * FROM customers) AS "virtual_table" GROUP BY "city" ORDER BY "count" DESC, 1 LIMIT 1000;
-- name: dbt tests
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from (select email from customers where email is null) dbt_internal_test;
select count(*) as failures from (select email as unique_field, count(*) as n_records from customers where email is not null group by email having count(*) > 1) dbt_internal_test;
with all_values as (select city as value_field, count(*) as n_records from customers group by city) select * from all_values where value_field not in ('Basel','Bern','Chur','Genf','Thun');
with child as (select customer_id as from_field from orders where customer_id is not null), parent as (select id as to_field from customers) select from_field from child left join parent on child.from_field = parent.to_field where parent.to_field is null;
-- name: dbt's relations
select table_catalog as database, table_name as name, table_schema as schema, 'table' as type from information_schema.tables where table_schema ilike 'hr' order by name;
select 'shop' as database, tablename as name, schemaname as schema, 'table' as type from pg_tables where schemaname ilike 'public' union all select 'shop' as database, viewname as name, schemaname as schema, 'view' as type from pg_views where schemaname ilike 'public' union all select 'shop' as database, matviewname as name, schemaname as schema, 'materialized_view' as type from pg_matviews where schemaname ilike 'public' order by name;
select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale from "shop".INFORMATION_SCHEMA.columns where table_name = 'customers' and table_schema = 'public' order by ordinal_position;
-- name: dbt's catalog
with relation as (select pg_rewrite.ev_class as class, pg_rewrite.oid as id from pg_rewrite), class as (select oid as id, relname as name, relnamespace as schema, relkind as kind from pg_class), dependency as (select distinct pg_depend.objid as id, pg_depend.refobjid as ref from pg_depend), schema as (select pg_namespace.oid as id, pg_namespace.nspname as name from pg_namespace where nspname != 'information_schema' and nspname not like 'pg\_%'), referenced as (select relation.id AS id, referenced_class.name, referenced_class.schema, referenced_class.kind from relation join class as referenced_class on relation.class=referenced_class.id where referenced_class.kind in ('r', 'v', 'm')), relationships as (select referenced.name as referenced_name, referenced.schema as referenced_schema_id, dependent_class.name as dependent_name, dependent_class.schema as dependent_schema_id, referenced.kind as kind from referenced join dependency on referenced.id=dependency.id join class as dependent_class on dependency.ref=dependent_class.id where (referenced.name != dependent_class.name or referenced.schema != dependent_class.schema)) select referenced_schema.name as referenced_schema, relationships.referenced_name, dependent_schema.name as dependent_schema, relationships.dependent_name from relationships join schema as dependent_schema on relationships.dependent_schema_id=dependent_schema.id join schema as referenced_schema on relationships.referenced_schema_id=referenced_schema.id group by 1, 2, 3, 4 order by 1, 2, 3, 4;
-- name: pgjdbc's getTables
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME, CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema' WHEN true THEN CASE WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind WHEN 'r' THEN 'SYSTEM TABLE' WHEN 'v' THEN 'SYSTEM VIEW' WHEN 'i' THEN 'SYSTEM INDEX' ELSE NULL END ELSE NULL END WHEN false THEN CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'i' THEN 'INDEX' WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END ELSE NULL END AS TABLE_TYPE, d.description AS REMARKS, '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0 and d.classoid = 'pg_class'::regclass) WHERE c.relnamespace = n.oid AND n.nspname LIKE 'public' AND (false OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' )) ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME;
-- name: pgjdbc's getColumns
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid) JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid) JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid) LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum) LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class') LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog') WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped AND n.nspname LIKE 'public' AND c.relname LIKE 'customers') c WHERE true ORDER BY nspname,c.relname,attnum;
-- name: pgjdbc's getIndexInfo
SELECT tmp.TABLE_CAT, tmp.TABLE_SCHEM, tmp.TABLE_NAME, tmp.NON_UNIQUE, tmp.INDEX_QUALIFIER, tmp.INDEX_NAME, tmp.TYPE, tmp.ORDINAL_POSITION, trim(both '"' from pg_catalog.pg_get_indexdef(tmp.CI_OID, tmp.ORDINAL_POSITION, false)) AS COLUMN_NAME, CASE tmp.AM_NAME WHEN 'btree' THEN CASE tmp.I_INDOPTION[tmp.ORDINAL_POSITION - 1] & 1::smallint WHEN 1 THEN 'D' ELSE 'A' END ELSE NULL END AS ASC_OR_DESC, tmp.FILTER_CONDITION FROM ( SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, NOT i.indisunique AS NON_UNIQUE, NULL AS INDEX_QUALIFIER, ci.relname AS INDEX_NAME, CASE i.indisclustered WHEN true THEN 1 ELSE CASE am.amname WHEN 'hash' THEN 2 ELSE 3 END END AS TYPE, (information_schema._pg_expandarray(i.indkey)).n AS ORDINAL_POSITION, pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS FILTER_CONDITION, ci.oid AS CI_OID, i.indoption AS I_INDOPTION, am.amname AS AM_NAME FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON (ct.oid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) JOIN pg_catalog.pg_am am ON (ci.relam = am.oid) WHERE true AND n.nspname = 'public' AND ct.relname = 'order_items') AS tmp ORDER BY NON_UNIQUE, TYPE, INDEX_NAME, ORDINAL_POSITION;
-- name: pgjdbc's getIndexInfo with cardinality
SELECT ci.reltuples AS CARDINALITY, ci.relpages AS PAGES, ci.relname FROM pg_catalog.pg_class ci JOIN pg_catalog.pg_namespace n ON n.oid = ci.relnamespace WHERE ci.relname = 'regions_pkey' AND n.nspname = 'public' AND ci.reltuples < -5;
-- name: psql's sequences, roles, schemas, extensions
SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolconnlimit, r.rolvaliduntil, ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON (m.roleid = b.oid) WHERE m.member = r.oid) as memberof, r.rolreplication, r.rolbypassrls FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY 1;
SELECT n.nspname AS "Name", pg_catalog.pg_get_userbyid(n.nspowner) AS "Owner" FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1;
SELECT e.extname AS "Name", e.extversion AS "Version", n.nspname AS "Schema", c.description AS "Description" FROM pg_catalog.pg_extension e LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace LEFT JOIN pg_catalog.pg_description c ON c.objoid = e.oid AND c.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass ORDER BY 1;
SELECT d.datname as "Name", pg_catalog.pg_get_userbyid(d.datdba) as "Owner", pg_catalog.pg_encoding_to_char(d.encoding) as "Encoding", d.datcollate as "Collate", d.datctype as "Ctype", d.daticulocale as "ICU Locale", CASE d.datlocprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END AS "Locale Provider", pg_catalog.array_to_string(d.datacl, E'\n') AS "Access privileges" FROM pg_catalog.pg_database d WHERE d.datname = 'shop' ORDER BY 1;
-- name: psql's functions and types
SELECT n.nspname as "Schema", p.proname as "Name", pg_catalog.pg_get_function_result(p.oid) as "Result data type", pg_catalog.pg_get_function_arguments(p.oid) as "Argument data types", CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END as "Type" FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE pg_catalog.pg_function_is_visible(p.oid) AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ORDER BY 1, 2, 4;
SELECT n.nspname as "Schema", pg_catalog.format_type(t.oid, NULL) AS "Name", pg_catalog.obj_description(t.oid, 'pg_type') as "Description" FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)) AND NOT EXISTS(SELECT 1 FROM pg_catalog.pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid) AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND pg_catalog.pg_type_is_visible(t.oid) ORDER BY 1, 2;
-- name: psql describes a table in full
SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, c.relhastriggers, c.relrowsecurity, c.relforcerowsecurity, false AS relhasoids, c.relispartition, pg_catalog.array_to_string(c.reloptions || array(select 'toast.' || x from pg_catalog.unnest(tc.reloptions) x), ', '), c.reltablespace, CASE WHEN c.reloftype = 0 THEN '' ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text END, c.relpersistence, c.relreplident, am.amname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid) LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid) WHERE c.oid = 'public.customers'::regclass;
SELECT r.conname, pg_catalog.pg_get_constraintdef(r.oid, true) FROM pg_catalog.pg_constraint r WHERE r.conrelid = 'public.accounts'::regclass AND r.contype = 'c' ORDER BY 1;
SELECT conname, conrelid::pg_catalog.regclass AS ontable, pg_catalog.pg_get_constraintdef(oid, true) AS condef FROM pg_catalog.pg_constraint c WHERE confrelid IN (SELECT pg_catalog.pg_partition_ancestors('public.customers'::regclass) UNION ALL VALUES ('public.customers'::pg_catalog.regclass)) AND contype = 'f' AND conparentid = 0 ORDER BY conname;
SELECT pol.polname, pol.polpermissive FROM pg_catalog.pg_policy pol WHERE pol.polrelid = 'public.customers'::regclass ORDER BY 1;
SELECT oid, stxrelid::pg_catalog.regclass, stxnamespace::pg_catalog.regnamespace::pg_catalog.text AS nsp, stxname, pg_catalog.pg_get_statisticsobjdef_columns(oid) AS columns, 'd' = any(stxkind) AS ndist_enabled FROM pg_catalog.pg_statistic_ext WHERE stxrelid = 'public.customers'::regclass ORDER BY nsp, stxname;
SELECT pubname, NULL, NULL FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_namespace pn ON p.oid = pn.pnpubid JOIN pg_catalog.pg_class pc ON pc.relnamespace = pn.pnnspid WHERE pc.oid ='public.customers'::regclass and pg_catalog.pg_relation_is_publishable('public.customers'::regclass) ORDER BY 1;
SELECT c.oid::pg_catalog.regclass, c.relkind, inhdetachpending, pg_catalog.pg_get_expr(c.relpartbound, c.oid) FROM pg_catalog.pg_class c, pg_catalog.pg_inherits i WHERE c.oid = i.inhrelid AND i.inhparent = 'public.logins'::regclass ORDER BY pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', c.oid::pg_catalog.regclass::pg_catalog.text;
SELECT t.tgname, pg_catalog.pg_get_triggerdef(t.oid, true), t.tgenabled, t.tgisinternal FROM pg_catalog.pg_trigger t WHERE t.tgrelid = 'public.accounts'::regclass AND NOT t.tgisinternal ORDER BY 1;
-- name: psql completes words
SELECT pg_catalog.quote_ident(c.relname) FROM pg_catalog.pg_class c WHERE (c.relkind IN ('r', 'S', 'v', 'm', 'f', 'p')) AND substring(pg_catalog.quote_ident(c.relname),1,3)='cus' AND pg_catalog.pg_table_is_visible(c.oid) AND c.relnamespace <> (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_catalog') ORDER BY 1 LIMIT 1000;
-- name: Rails' indexes and foreign keys
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid::regclass::text, pg_catalog.obj_description(i.oid, 'pg_class') AS comment FROM pg_class t INNER JOIN pg_index d ON t.oid = d.indrelid INNER JOIN pg_class i ON d.indexrelid = i.oid LEFT JOIN pg_namespace n ON n.oid = t.relnamespace WHERE i.relkind IN ('i', 'I') AND d.indisprimary = 'f' AND t.relname = 'customers' AND n.nspname = ANY (current_schemas(false)) ORDER BY i.relname;
SELECT t2.oid::regclass::text AS to_table, a1.attname AS column, a2.attname AS primary_key, c.conname AS name, c.confupdtype AS on_update, c.confdeltype AS on_delete, c.convalidated AS valid, c.condeferrable AS deferrable, c.condeferred AS deferred FROM pg_constraint c JOIN pg_class t1 ON c.conrelid = t1.oid JOIN pg_class t2 ON c.confrelid = t2.oid JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid JOIN pg_namespace t3 ON c.connamespace = t3.oid WHERE c.contype = 'f' AND t1.relname = 'orders' AND t3.nspname = ANY (current_schemas(false)) ORDER BY c.conname;
SELECT type.typname AS name, type.OID AS oid, n.nspname AS schema, string_agg(enum.enumlabel, ',' ORDER BY enum.enumsortorder) AS value FROM pg_enum AS enum JOIN pg_type AS type ON (type.oid = enum.enumtypid) JOIN pg_namespace n ON type.typnamespace = n.oid WHERE n.nspname = ANY (current_schemas(false)) GROUP BY type.OID, n.nspname, type.typname;
SELECT pg_try_advisory_lock(7812345);
SELECT pg_advisory_unlock(7812345);
SHOW max_identifier_length;
SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END;
-- name: Sequelize and TypeORM ask
SELECT "t_nsp"."nspname" AS "schema", "t_cls"."relname" AS "name", "col"."attname" FROM "pg_attribute" "col" INNER JOIN "pg_class" "t_cls" ON "t_cls"."oid" = "col"."attrelid" INNER JOIN "pg_namespace" "t_nsp" ON "t_nsp"."oid" = "t_cls"."relnamespace" WHERE "t_cls"."relname" = 'cards' AND "col"."attnum" > 0 ORDER BY "col"."attnum";
SELECT * FROM "information_schema"."columns" WHERE "table_schema" = 'public' AND "table_name" = 'regions' ORDER BY ordinal_position;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND "ns"."nspname" = 'public' AND "t"."relname" = 'order_items' ORDER BY 3, 6;
-- name: Npgsql loads types
SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid FROM (SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind, elemtyp.oid AS elemtypoid, elemtyp.typname AS elemtypname, elemcls.relkind AS elemrelkind, CASE WHEN elemproc.proname='array_recv' THEN 'a' ELSE elemtyp.typtype END AS elemtyptype, typ.typcategory FROM (SELECT typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid, CASE WHEN proc.proname='array_recv' THEN 'a' ELSE typ.typtype END AS typtype, CASE WHEN proc.proname='array_recv' THEN typ.typelem WHEN typ.typtype='r' THEN rngsubtype WHEN typ.typtype='m' THEN (SELECT rngtypid FROM pg_range WHERE rngmultitypid = typ.oid) WHEN typ.typtype='d' THEN typ.typbasetype END AS elemtypoid, typ.typcategory FROM pg_type AS typ LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid) LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive LEFT JOIN pg_range ON (pg_range.rngtypid = typ.oid)) AS typ LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemtypoid LEFT JOIN pg_class AS elemcls ON (elemcls.oid = elemtyp.typrelid) LEFT JOIN pg_proc AS elemproc ON elemproc.oid = elemtyp.typreceive) AS t JOIN pg_namespace AS ns ON (ns.oid = typnamespace) WHERE (typtype IN ('b', 'r', 'm', 'e', 'd') OR (typtype = 'c' AND relkind = 'c')) AND ns.nspname = 'public' ORDER BY 2;
-- name: DBeaver and pgAdmin ask
SELECT c.oid, c.*, pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr FROM pg_catalog.pg_class c WHERE c.relnamespace = 'hr'::regnamespace AND c.relkind = 'r' AND c.relname = 'nothing';
SELECT rel.oid, rel.relname AS name, (SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid=rel.oid AND tgisinternal = FALSE) AS triggercount, (SELECT count(1) FROM pg_catalog.pg_inherits WHERE inhrelid=rel.oid LIMIT 1) as is_inherits, pg_catalog.obj_description(rel.oid) FROM pg_catalog.pg_class rel WHERE rel.relkind IN ('r','s','t','p') AND rel.relnamespace = 'public'::regnamespace AND NOT rel.relispartition ORDER BY rel.relname;
SELECT db.oid as did, db.datname, ta.spcname, db.datallowconn, pg_catalog.has_database_privilege(db.oid, 'CREATE') as cancreate FROM pg_catalog.pg_database db LEFT OUTER JOIN pg_catalog.pg_tablespace ta ON db.dattablespace = ta.oid WHERE db.datname = 'shop';
SELECT current_setting('server_version_num')::int, current_setting('is_superuser'), pg_postmaster_start_time() <= now(), pg_conf_load_time() <= now();
-- name: monitoring
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'nonexistent';
SELECT relname, relkind FROM pg_class WHERE reltuples < 0 AND relname = 'regions';
SELECT schemaname, tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'orders' ORDER BY indexname;
SELECT name, setting, unit FROM pg_settings WHERE name IN ('max_connections', 'work_mem', 'shared_buffers') ORDER BY 1;
-- name: who blocks whom
SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0;
SELECT pg_notification_queue_usage() >= 0;
-- name: jsonb path
SELECT jsonb_path_query(attributes, '$.weight ? (@ > 25)') FROM products ORDER BY id LIMIT 5;
SELECT id FROM products WHERE attributes @? '$.weight ? (@ > 40)' AND attributes @@ '$.kind == "a"' ORDER BY id;
SELECT attributes #>> '{kind}', attributes -> 'weight', attributes ? 'kind', attributes - 'kind', attributes || '{"x": 1}', jsonb_set(attributes, '{weight}', '0'), jsonb_pretty(attributes), jsonb_strip_nulls(attributes) FROM products WHERE id = 1;
SELECT key, count(*) FROM products, jsonb_each_text(attributes) GROUP BY key ORDER BY key;
SELECT facts ->> 'born', facts #> '{pin}', facts @> '{}', jsonb_typeof(facts), jsonb_path_exists(facts, '$.pin') FROM profiles ORDER BY id LIMIT 3;
-- name: arrays over masks
SELECT p.id, a.alias, a.n FROM profiles p LEFT JOIN LATERAL unnest(p.aliases) WITH ORDINALITY AS a(alias, n) ON true ORDER BY p.id, a.n LIMIT 5;
SELECT id, cardinality(aliases), aliases && ARRAY['x'], array_position(aliases, 'x'), array_length(aliases, 1), coalesce(aliases, '{}') || 'z'::text FROM profiles ORDER BY id LIMIT 3;
SELECT array_agg(DISTINCT label ORDER BY label) FROM products, unnest(labels) AS label;
SELECT labels[1], labels[1:2], 'red' = ANY(labels), labels @> ARRAY['red'], array_to_string(labels, '/'), array_remove(labels, 'red') FROM products ORDER BY id LIMIT 3;
-- name: ranges and multiranges
SELECT daterange(min(placed)::date, max(placed)::date, '[]') @> '2025-06-01'::date FROM orders;
SELECT range_agg(daterange(d::date, d::date + 1)) FROM generate_series('2025-01-01'::date, '2025-01-05', '1 day') d;
SELECT int4range(1, 5) * int4range(3, 8), int4range(1, 5) + int4range(5, 8), upper(int4range(1, 5)), isempty(int4range(1, 1)), unnest(int4multirange(int4range(1, 2), int4range(5, 6)));
-- name: full text search
SELECT id, ts_rank(to_tsvector('english', name), q) AS rank, ts_headline('english', name, q) FROM products, to_tsquery('english', 'product & 1') q WHERE to_tsvector('english', name) @@ q ORDER BY rank DESC, id;
SELECT lexeme FROM unnest(to_tsvector('simple', 'b a c')) ORDER BY 1;
SELECT * FROM unnest('fat:2,4 cat:3'::tsvector);
SELECT websearch_to_tsquery('english', '"fat cat" -dog'), plainto_tsquery('x y'), phraseto_tsquery('a b'), numnode('a & b'::tsquery), querytree('a & !b'::tsquery), ts_rank_cd(to_tsvector('a b'), 'a'::tsquery), tsvector_to_array('a:1 b:2'::tsvector);
-- name: temporary views
CREATE TEMP VIEW mails AS SELECT id, name, email FROM customers WHERE city = 'Bern';
SELECT * FROM mails ORDER BY id LIMIT 3;
SELECT count(*), count(DISTINCT email) FROM mails JOIN orders ON orders.customer_id = mails.id;
CREATE TEMP VIEW again AS SELECT upper(email) AS shout FROM mails;
SELECT * FROM again ORDER BY 1 LIMIT 3;
DROP VIEW again;
DROP VIEW mails;
-- name: a temporary view of a temporary table
CREATE TEMP TABLE few AS SELECT id, email FROM customers WHERE id <= 5;
CREATE TEMP VIEW fewer AS SELECT id, email FROM few WHERE id <= 2;
SELECT * FROM fewer ORDER BY id;
INSERT INTO fewer VALUES (0, 'none');
SELECT count(*) FROM few;
DROP TABLE few CASCADE;
-- name: a temporary view in a transaction
BEGIN;
CREATE TEMPORARY VIEW v AS SELECT number FROM cards ORDER BY id LIMIT 2;
SELECT * FROM v;
ROLLBACK;
SELECT * FROM v;
-- name: temporary tables as steps of analysis
CREATE TEMP TABLE spend ON COMMIT PRESERVE ROWS AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1;
CREATE INDEX ON spend (customer_id);
ANALYZE spend;
ALTER TABLE spend ADD COLUMN email text;
UPDATE spend s SET email = c.email FROM customers c WHERE c.id = s.customer_id;
SELECT * FROM spend ORDER BY customer_id LIMIT 3;
TRUNCATE spend;
SELECT count(*) FROM spend;
DROP TABLE IF EXISTS spend;
DROP TABLE IF EXISTS spend;
-- name: a temporary table without columns
CREATE TEMP TABLE empty ();
INSERT INTO empty DEFAULT VALUES;
SELECT count(*) FROM empty;
ALTER TABLE empty ADD COLUMN a int;
SELECT * FROM empty;
-- name: CREATE TABLE AS EXECUTE
PREPARE p(int) AS SELECT id, email FROM customers WHERE id <= $1 ORDER BY id;
CREATE TEMP TABLE from_p AS EXECUTE p(3);
SELECT * FROM from_p ORDER BY id;
-- name: USING over columns of different types
CREATE TEMP TABLE wide (id bigint, note text);
INSERT INTO wide VALUES (1, 'x'), (2, 'y');
SELECT id, email, note FROM customers LEFT JOIN wide USING (id) ORDER BY id LIMIT 3;
SELECT id, count(*) FROM customers JOIN wide USING (id) GROUP BY id ORDER BY id;
SELECT * FROM wide NATURAL JOIN (SELECT id, email FROM customers) c ORDER BY 1;
-- name: cursors in pages
BEGIN;
DECLARE c NO SCROLL CURSOR FOR SELECT id, email FROM customers ORDER BY id;
FETCH 2 FROM c;
FETCH FORWARD 2 FROM c;
MOVE FORWARD 10 IN c;
FETCH NEXT FROM c;
CLOSE c;
COMMIT;
-- name: psycopg's named cursor
BEGIN;
DECLARE "fetcher" CURSOR WITHOUT HOLD FOR SELECT c.email, o.total FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.id;
FETCH FORWARD 3 FROM "fetcher";
FETCH FORWARD ALL FROM "fetcher";
CLOSE "fetcher";
COMMIT;
-- name: custom settings
SET app.tenant = '42';
SELECT current_setting('app.tenant');
SELECT set_config('app.user_id', '7', false), current_setting('app.user_id', true);
SELECT current_setting('app.missing', true);
RESET app.tenant;
-- name: custom settings of a transaction
BEGIN;
SELECT set_config('request.jwt.claims', '{"role": "web"}', true);
SELECT current_setting('request.jwt.claims', true)::json ->> 'role';
SET LOCAL app.user = 'x';
COMMIT;
-- name: memory settings
SET work_mem = '64MB';
SHOW work_mem;
RESET work_mem;
BEGIN;
SET LOCAL work_mem = '128MB';
SET LOCAL synchronous_commit = off;
SET LOCAL maintenance_work_mem TO '256MB';
COMMIT;
SELECT set_config('work_mem', '8MB', false);
-- name: what dumps begin with
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET default_tablespace = '';
SET default_table_access_method = heap;
-- name: roles that stay
RESET ROLE;
SET ROLE NONE;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION DEFAULT;
-- name: notifications by function
SELECT pg_notify('jobs', 'one');
NOTIFY jobs, 'two';
UNLISTEN *;
-- name: errors name functions as they were written
SELECT length(42);
SELECT lower('a', 'b');
SELECT age(1), upper(email) FROM customers;
SELECT sum(email) FROM customers;
SELECT count(*) FROM customers WHERE substr(1.5) = 'x';
-- name: errors of DDL
-- simple
DROP TABLE nonexistent;
DROP VIEW nonexistent;
DROP SEQUENCE nonexistent;
TRUNCATE nonexistent;
-- name: date and time functions
SELECT date_trunc('week', timestamp '2025-05-06 07:08:09'), extract(isodow FROM date '2025-05-06'), date_part('quarter', date '2025-05-06'), make_interval(days => 3), make_date(2025, 2, 28), to_char(timestamp '2025-05-06 07:08:09', 'YYYY-MM-DD"T"HH24:MI:SS'), to_date('06/05/2025', 'DD/MM/YYYY'), age(timestamp '2025-05-06', timestamp '2024-01-01'), timestamp '2025-05-06' AT TIME ZONE 'Europe/Zurich', justify_interval(interval '40 days 30 hours'), isfinite(date 'infinity'), (date '2025-01-01', date '2025-02-01') OVERLAPS (date '2025-01-15', interval '1 month');
-- name: string functions of reports
SELECT format('%s <%s>', name, email), concat_ws(', ', city, email, NULL), initcap(name), regexp_replace(email, '\d', '#', 'g'), regexp_matches('a1b2', '\d', 'g'), split_part(email, '-', 2), left(email, 3), lpad(id::text, 5, '0'), translate(city, 'B', 'b'), position('o' in email), md5(email), encode(sha256(email::bytea), 'hex'), overlay(email placing 'xx' from 1 for 2), email SIMILAR TO 'tok-%', strpos(email, '-'), reverse(email), ascii(email), regexp_count(email, 'o'), regexp_substr(email, '[0-9]+'), string_to_array(email, '-') FROM customers ORDER BY id LIMIT 2;
-- name: numbers
SELECT round(avg(total), 2), stddev_samp(total)::numeric(10,2), var_pop(total)::numeric(12,2), trunc(1.567, 1), ceil(1.2), floor(-1.2), mod(7, 3), power(2, 10), sqrt(2)::numeric(6,4), ln(10)::numeric(6,4), log(100), gcd(12, 18), lcm(4, 6), width_bucket(35, 0, 100, 10), sign(-3), abs(-4), greatest(1, 2), div(7, 2), scale(1.230), min_scale(1.230), factorial(5) FROM orders;
-- name: window functions over masks and frames
SELECT id, city, email, row_number() OVER w, count(*) FILTER (WHERE age > 40) OVER w, first_value(email) OVER w, nth_value(email, 2) OVER (w RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), sum(age) OVER (PARTITION BY city ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM customers WINDOW w AS (PARTITION BY city ORDER BY id) ORDER BY city, id LIMIT 10;
-- name: DISTINCT ON newest with masks
SELECT DISTINCT ON (c.city) c.city, c.email, o.total FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY c.city, o.placed DESC, o.id;
-- name: anti join, semi join, except
SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.status = 'returned') ORDER BY id LIMIT 5;
SELECT city FROM customers EXCEPT SELECT 'Bern' ORDER BY 1;
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders GROUP BY 1 HAVING count(*) > 8) ORDER BY 1;
-- name: a keyset page
SELECT id, name, email, joined FROM customers WHERE (joined, id) > ('2024-06-01', 10) ORDER BY joined, id LIMIT 5;
-- name: a pivot by CASE and crosstab by json
SELECT city, count(CASE WHEN age < 30 THEN 1 END) AS young, count(CASE WHEN age >= 30 THEN 1 END) AS old FROM customers GROUP BY city ORDER BY city;
SELECT jsonb_object_agg(city, n ORDER BY city) FROM (SELECT city, count(*) AS n FROM customers GROUP BY 1) t;
-- name: a whole row compared and counted
SELECT count(c), count(DISTINCT c.*), count(c.*) FROM customers c;
SELECT (c).email, (c).city FROM customers c ORDER BY (c).id LIMIT 2;
SELECT to_jsonb(c) - 'joined' FROM customers c WHERE id = 1;
SELECT c.* FROM customers c WHERE c IS NOT NULL AND id = 1;
-- name: EXPLAIN in forms
EXPLAIN (COSTS OFF) SELECT id FROM orders WHERE customer_id = 1;
EXPLAIN (FORMAT JSON, COSTS OFF) SELECT name FROM regions;
EXPLAIN (COSTS OFF) UPDATE counters SET value = 1 WHERE name = 'visits';
EXPLAIN (COSTS OFF, VERBOSE) SELECT id FROM regions ORDER BY id;
-- name: COPY out in forms
COPY (SELECT id, name FROM regions ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *);
COPY regions (name, id) TO STDOUT (DELIMITER '|', NULL 'NIL');
COPY (VALUES (1, 'a'), (2, NULL)) TO STDOUT;
COPY (WITH x AS (SELECT generate_series(1, 3) AS n) SELECT * FROM x) TO STDOUT CSV;
-- name: COPY into a table with masked columns
-- data: 990\tZoe\tzoe@example.org\tBern
COPY people (id, full_name) FROM STDIN;
-- name: COPY in with a header and quotes
-- data: id,name\n80,"a ""b"""\n81,
COPY regions (id, name) FROM STDIN WITH (FORMAT csv, HEADER true, FORCE_NOT_NULL (name));
SELECT * FROM regions WHERE id >= 80 ORDER BY id;
-- name: CALL and DO by plain agents
SELECT add_one(41), add_one(age) FROM customers ORDER BY id LIMIT 2;
SELECT * FROM pair(7);
SELECT nothing();
-- name: a prepared statement with types
PREPARE by_city (text, int) AS SELECT id, email FROM customers WHERE city = $1 AND age > $2 ORDER BY id LIMIT 3;
EXECUTE by_city('Bern', 30);
EXECUTE by_city('Chur', 50);
DEALLOCATE by_city;
-- name: VALUES, TABLE and SELECT without FROM
TABLE regions ORDER BY id LIMIT 2;
VALUES (1, 'x'), (2, 'y') ORDER BY 1 DESC LIMIT 1;
SELECT;
SELECT 1 WHERE false;
SELECT * FROM (VALUES (1), (2)) v(n), LATERAL (SELECT n * 10 AS ten) t;
-- name: transactions of every kind
START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT count(*) FROM regions;
COMMIT AND NO CHAIN;
BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE;
SHOW transaction_isolation;
END;
BEGIN WORK;
SAVEPOINT a;
INSERT INTO regions VALUES (70, 'x');
ROLLBACK TO SAVEPOINT a;
ABORT;
SET CONSTRAINTS ALL DEFERRED;
-- name: sequences and identities
INSERT INTO tasks (title) VALUES ('n') RETURNING id = currval('tasks_id_seq'), id = lastval();
SELECT nextval('tasks_id_seq') > 0, pg_get_serial_sequence('tasks', 'id');
SELECT last_value > 0, is_called FROM tasks_id_seq;
-- name: privileges asked
SELECT has_table_privilege('customers', 'SELECT'), has_schema_privilege('public', 'USAGE'), has_column_privilege('customers', 'city', 'SELECT'), has_database_privilege('shop', 'TEMP'), pg_has_role(current_user, 'MEMBER');
SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = 'regions' ORDER BY 1, 2;
-- name: hashes, bits, bytes, network, uuid
SELECT hashtext('a'), digest IS NULL FROM (SELECT NULL AS digest) t;
SELECT gen_random_uuid() IS NOT NULL, '10.0.0.0/8'::inet >> '10.1.1.1'::inet, host('10.1.1.1/8'::inet), B'101' # B'011', get_bit('\x01'::bytea, 0), decode('aGk=', 'base64'), bit_count('\x07'::bytea), num_nulls(1, NULL), num_nonnulls(1, NULL);
-- name: aggregates with everything
SELECT count(*), count(DISTINCT city), sum(DISTINCT region_id), bool_and(age > 10), every(age > 10), bit_or(region_id), corr(age, region_id)::numeric(6,3), regr_slope(age, region_id)::numeric(8,3), covar_pop(age, region_id)::numeric(8,3), any_age.a FROM customers, (SELECT max(age) AS a FROM customers) any_age GROUP BY any_age.a;
SELECT rank(50) WITHIN GROUP (ORDER BY age), dense_rank(50) WITHIN GROUP (ORDER BY age), percent_rank(50) WITHIN GROUP (ORDER BY age)::numeric(5,3), cume_dist(50) WITHIN GROUP (ORDER BY age)::numeric(5,3) FROM customers;
SELECT xmlagg(xmlelement(name c, city) ORDER BY id) FROM customers WHERE id < 3;
SELECT json_object_agg(id, email ORDER BY id), jsonb_object_agg(id, phone) FROM customers WHERE id < 4;
-- name: partitions and parents
SELECT tableoid::regclass, count(*), count(address) FROM logins GROUP BY 1 ORDER BY 1;
SELECT at, address FROM logins_2025 ORDER BY at, customer_id LIMIT 2;
INSERT INTO logins (at, customer_id) VALUES ('2025-03-03', 5) RETURNING at, address;
UPDATE logins SET customer_id = customer_id WHERE at < '2025-01-05' AND customer_id = 1;
SELECT p.id, p.ssn FROM people p ORDER BY p.id LIMIT 3;
-- name: locking reads
BEGIN;
SELECT id, email FROM customers WHERE id = 1 FOR NO KEY UPDATE;
SELECT id, email FROM customers WHERE id = 2 FOR KEY SHARE NOWAIT;
SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = 3 ORDER BY o.id LIMIT 1 FOR UPDATE OF o SKIP LOCKED;
ROLLBACK;
-- name: many statements in one message
-- one message
BEGIN; CREATE TEMP TABLE x1 (a int); INSERT INTO x1 VALUES (1), (2); SELECT sum(a) FROM x1; COMMIT; SELECT count(*) FROM x1; DROP TABLE x1;
-- name: statements and a transaction in one message
-- one message
SELECT 1; BEGIN; INSERT INTO regions VALUES (60, 'y'); SELECT count(*) FROM regions; ROLLBACK; SELECT count(*) FROM regions;
-- name: a cursor and settings in one message
-- one message
SET LOCAL statement_timeout = 1000; SELECT 1; SHOW statement_timeout;
-- name: scripts drop their temporary tables first
DROP TABLE IF EXISTS step_one;
DROP TABLE IF EXISTS step_one, step_two CASCADE;
DROP VIEW IF EXISTS step_view;
CREATE TEMP TABLE step_one AS SELECT id, email FROM customers WHERE id < 4;
CREATE TEMP VIEW step_view AS SELECT email FROM step_one;
SELECT * FROM step_view ORDER BY 1;
DROP TABLE IF EXISTS step_two, step_one CASCADE;
SELECT * FROM step_one;
-- name: fields of rows
SELECT (pair(3)).*, (row(1, 'x')).*, (jsonb_each('{"a": 1}')).*;
SELECT o.id, (jsonb_each_text(p.attributes)).* FROM order_items o JOIN products p ON p.id = o.product_id WHERE o.order_id = 1 ORDER BY 1, 2, 3;
SELECT (information_schema._pg_expandarray(ARRAY[7, 8])).*;
-- name: CYCLE named in the recursion
WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT (x + 1) % 5 FROM n WHERE NOT is_cycle) CYCLE x SET is_cycle USING path SELECT * FROM n ORDER BY path;
-- name: range types' own functions
SELECT numrange(1, 2), tsrange(NULL, '2025-01-01'), int8multirange(int8range(1, 2)), multirange(int4range(1, 3)), range_merge(int4range(1, 2), int4range(5, 6)), lower_inc(int4range(1, 2));
-- name: sqlalchemy's temporary table and executemany
CREATE TEMPORARY TABLE ids (id integer PRIMARY KEY) ON COMMIT DROP;
BEGIN;
CREATE TEMPORARY TABLE IF NOT EXISTS wanted (id integer NOT NULL, PRIMARY KEY (id)) ON COMMIT DROP;
INSERT INTO wanted VALUES (1), (2), (3) ON CONFLICT DO NOTHING;
SELECT c.id, c.email, c.phone FROM customers c JOIN wanted w ON w.id = c.id ORDER BY c.id;
COMMIT;
