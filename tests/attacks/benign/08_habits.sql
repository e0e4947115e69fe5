-- How people and agents write SQL, above all over tables with masked columns.
-- name: nested views of masks in a report
SELECT d.shout, count(o.id) FROM directory_of_directory d LEFT JOIN orders o ON o.customer_id = d.id GROUP BY d.shout ORDER BY d.shout LIMIT 3;
-- name: union of masked and unmasked with types
SELECT id, email AS contact FROM customers WHERE id < 3 UNION ALL SELECT id, login FROM accounts WHERE id < 3 ORDER BY 1, 2;
-- name: string predicates over masks
SELECT count(*) FROM customers WHERE email LIKE 'tok-%' AND email ILIKE '%1' AND length(email) > 5;
SELECT id FROM customers WHERE email = 'tok-7';
SELECT id FROM customers WHERE email IN ('tok-7', 'tok-8') ORDER BY id;
-- name: window over a join on masked columns
SELECT c1.id, c2.id FROM customers c1 JOIN customers c2 ON c1.email = c2.email WHERE c1.id < 4 ORDER BY 1;
-- name: json of a join row
SELECT row_to_json(t) FROM (SELECT c.id, c.email, k.number FROM customers c JOIN cards k ON k.customer_id = c.id ORDER BY c.id LIMIT 2) t;
SELECT json_agg(c ORDER BY c.id) FROM customers c WHERE c.id < 3;
SELECT to_json(array_agg(k.*)) FROM (SELECT * FROM cards ORDER BY id LIMIT 2) k;
-- name: returning from insert select with masks
INSERT INTO tasks (title) SELECT name || ' ' || email FROM customers WHERE id < 3 ORDER BY id RETURNING title;
-- name: update with case and subselect
UPDATE orders SET status = CASE WHEN total > 500 THEN 'paid'::order_status ELSE status END WHERE id IN (SELECT id FROM orders ORDER BY id LIMIT 5) RETURNING id, status;
-- name: delete with limit by ctid
DELETE FROM tasks WHERE ctid IN (SELECT ctid FROM tasks WHERE done ORDER BY id LIMIT 2);
SELECT count(*) FROM tasks;
-- name: upsert with returning xmax on a clear table
INSERT INTO counters VALUES ('visits', 1) ON CONFLICT ON CONSTRAINT counters_pkey DO UPDATE SET value = counters.value + 1 RETURNING value;
-- name: update set from values
UPDATE counters AS c SET value = v.value FROM (VALUES ('visits', 10::bigint), ('errors', 20)) AS v(name, value) WHERE c.name = v.name RETURNING c.name, c.value;
-- name: lateral top n per group with masks
SELECT r.name, t.email, t.age FROM regions r CROSS JOIN LATERAL (SELECT email, age, id FROM customers c WHERE c.region_id = r.id ORDER BY age DESC, id LIMIT 2) t ORDER BY r.name, t.age DESC, t.id;
-- name: set-returning functions in the select list
SELECT id, unnest(labels), generate_series(1, 2) FROM products ORDER BY id LIMIT 6;
SELECT regexp_split_to_table('a,b', ','), string_to_table('x y', ' ');
-- name: aggregate over a function of masks
SELECT substring(email from 1 for 4) AS p, count(*) FROM customers GROUP BY 1 ORDER BY 1;
SELECT max(email), min(email), count(DISTINCT email) FROM customers;
-- name: boolean masks and null handling
SELECT count(*) FILTER (WHERE amount IS NULL), sum(amount), avg(amount) FROM hr.salaries;
SELECT e.department, avg(s.amount) OVER (PARTITION BY e.department) FROM hr.employees e JOIN hr.salaries s ON s.employee_id = e.id ORDER BY e.id LIMIT 3;
-- name: show all and show
SHOW ALL;
-- name: comments and hints
/*+ SeqScan(c) */ SELECT /* x */ c.id -- y
FROM customers c WHERE c.id = 1;
-- name: sqlcommenter
SELECT id FROM regions /*controller='users',traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01'*/ ORDER BY id;
-- name: timezones
SET TIME ZONE 'Europe/Zurich';
SELECT placed FROM orders ORDER BY id LIMIT 1;
SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE;
SELECT timestamptz '2025-01-01 00:00+00', now() AT TIME ZONE 'UTC' IS NOT NULL;
SET TIME ZONE LOCAL;
SHOW TIME ZONE;
-- name: session characteristics
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
SHOW default_transaction_read_only;
SET default_transaction_read_only = off;
SET SESSION statement_timeout TO '30s';
SET lock_timeout TO DEFAULT;
-- name: a read-only transaction refuses writes
BEGIN READ ONLY;
INSERT INTO regions VALUES (55, 'x');
ROLLBACK;
-- name: a subtransaction with an error inside
BEGIN;
SAVEPOINT s;
SELECT 1/0;
ROLLBACK TO s;
SELECT email FROM customers WHERE id = 1;
RELEASE s;
COMMIT;
-- name: copy with where and defaults
-- data: 91,alpha\n92,beta
COPY regions FROM STDIN WITH (FORMAT csv) WHERE id > 91;
SELECT * FROM regions WHERE id > 90 ORDER BY id;
-- name: copy freeze and encoding
COPY (SELECT 'ä' AS umlaut) TO STDOUT WITH (FORMAT csv, ENCODING 'UTF8');
-- name: has_* by names of columns and any
SELECT has_any_column_privilege('customers', 'SELECT'), has_table_privilege(current_user, 'public.orders'::regclass, 'INSERT'), has_function_privilege('add_one(integer)', 'EXECUTE'), has_sequence_privilege('tasks_id_seq', 'USAGE'), has_type_privilege('order_status', 'USAGE'), has_language_privilege('plpgsql', 'USAGE'), has_server_privilege(0::oid, 'USAGE');
-- name: object addresses and identities
SELECT pg_describe_object('pg_class'::regclass, 'customers'::regclass, 0), (pg_identify_object('pg_class'::regclass, 'orders'::regclass, 0)).identity;
SELECT pg_get_functiondef('add_one(integer)'::regprocedure), pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = 'customer_directory'::regclass;
SELECT pg_get_viewdef('open_orders'), pg_get_viewdef('open_orders'::regclass, true), pg_get_partkeydef('logins'::regclass), pg_get_userbyid(10), pg_encoding_to_char(6), pg_char_to_encoding('UTF8');
-- name: sizes and counts
SELECT count(*) > 5 FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace;
SELECT pg_size_pretty(12345678::bigint), pg_size_bytes('10 MB'), pg_column_size(1), pg_column_size('abc'::text);
SELECT txid_current() > 0, pg_current_xact_id() IS NOT NULL, txid_current_if_assigned() IS NOT NULL, pg_snapshot_xmin(pg_current_snapshot()) IS NOT NULL;
-- name: information_schema in full
SELECT constraint_name, unique_constraint_name, update_rule, delete_rule FROM information_schema.referential_constraints WHERE constraint_schema = 'public' ORDER BY 1;
SELECT table_name, view_definition IS NOT NULL FROM information_schema.views WHERE table_schema = 'public' ORDER BY 1;
SELECT routine_name, data_type FROM information_schema.routines WHERE routine_schema = 'public' ORDER BY 1, 2;
SELECT sequence_name, data_type FROM information_schema.sequences;
SELECT trigger_name, event_manipulation FROM information_schema.triggers;
SELECT domain_name, check_clause FROM information_schema.domain_constraints JOIN information_schema.check_constraints USING (constraint_name) WHERE domain_name = 'quantity';
SELECT table_name, column_name, constraint_name FROM information_schema.constraint_column_usage WHERE table_schema = 'public' ORDER BY 1, 2, 3 LIMIT 3;
SELECT character_set_name FROM information_schema.character_sets;
SELECT feature_name FROM information_schema.sql_features WHERE feature_id = 'E011';
-- name: python drivers ask
SELECT t.typname, t.oid, t.typarray FROM pg_type t WHERE t.oid = to_regtype('order_status');
SELECT nspname, typname, array_agg(attname ORDER BY attnum), array_agg(atttypid ORDER BY attnum) FROM pg_attribute a JOIN pg_type t ON t.typrelid = a.attrelid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE typname = 'address' AND nspname = 'public' AND attnum > 0 GROUP BY 1, 2;
SELECT name, vartype, unit, enumvals FROM pg_settings WHERE name = 'client_min_messages';
SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database();
SELECT oid, typname FROM pg_type WHERE typname IN ('hstore', 'geometry', 'geography', 'citext');
-- name: nullif with masks and coalesce chains
SELECT id, coalesce(nullif(phone, ''), email, 'none') FROM customers ORDER BY id LIMIT 3;
SELECT id, CASE WHEN email IS NULL THEN 'no' WHEN email LIKE 'tok%' THEN 'yes' END FROM customers ORDER BY id LIMIT 3;
-- name: similar and regular expression operators
SELECT id FROM customers WHERE email ~ '^tok-1?[0-3]$' ORDER BY id;
SELECT id FROM customers WHERE name !~* 'ada' AND city SIMILAR TO '(Bern|Chur)' ORDER BY id LIMIT 3;
-- name: date spine with window fill
WITH days AS (SELECT d::date AS day FROM generate_series('2025-01-01'::date, '2025-01-10', '1 day') d), per AS (SELECT placed::date AS day, sum(total) AS s FROM orders GROUP BY 1) SELECT day, s, sum(s) OVER (ORDER BY day), count(s) OVER (ORDER BY day RANGE BETWEEN '3 days' PRECEDING AND CURRENT ROW) FROM days LEFT JOIN per USING (day) ORDER BY day;
-- name: sessions by gaps
SELECT customer_id, count(*) FROM (SELECT customer_id, at, sum(new) OVER (PARTITION BY customer_id ORDER BY at) AS session FROM (SELECT customer_id, at, CASE WHEN at - lag(at) OVER (PARTITION BY customer_id ORDER BY at) < '30 min' THEN 0 ELSE 1 END AS new FROM logins) a) b GROUP BY customer_id ORDER BY 2 DESC, 1 LIMIT 5;
-- name: funnel
SELECT count(*) FILTER (WHERE s @> '{new}'), count(*) FILTER (WHERE s @> '{new,paid}'), count(*) FILTER (WHERE s @> '{new,paid,sent}') FROM (SELECT customer_id, array_agg(DISTINCT status::text) AS s FROM orders GROUP BY 1) t;
-- name: abc analysis
SELECT class, count(*) FROM (SELECT customer_id, CASE WHEN cum <= 0.8 THEN 'A' WHEN cum <= 0.95 THEN 'B' ELSE 'C' END AS class FROM (SELECT customer_id, sum(sum(total)) OVER (ORDER BY sum(total) DESC, customer_id) / sum(sum(total)) OVER () AS cum FROM orders GROUP BY customer_id) t) u GROUP BY class ORDER BY class;
-- name: a market basket
SELECT a.product_id, b.product_id, count(*) FROM order_items a JOIN order_items b ON a.order_id = b.order_id AND a.product_id < b.product_id GROUP BY 1, 2 HAVING count(*) > 2 ORDER BY 3 DESC, 1, 2 LIMIT 5;
-- name: a refcursor by hand and absolute fetches
BEGIN;
DECLARE pages SCROLL CURSOR WITH HOLD FOR SELECT id, number FROM cards ORDER BY id;
FETCH ABSOLUTE 3 FROM pages;
FETCH PRIOR FROM pages;
FETCH LAST FROM pages;
FETCH BACKWARD 2 FROM pages;
COMMIT;
FETCH FIRST FROM pages;
CLOSE pages;
CLOSE pages;
-- name: update where current of
BEGIN;
DECLARE w CURSOR FOR SELECT * FROM tasks ORDER BY id FOR UPDATE;
FETCH 1 FROM w;
UPDATE tasks SET priority = 9 WHERE CURRENT OF w RETURNING id, priority;
DELETE FROM tasks WHERE CURRENT OF w;
ROLLBACK;
-- name: explain a write and a prepared one
PREPARE w (int) AS UPDATE tasks SET done = true WHERE id = $1;
EXPLAIN (COSTS OFF) EXECUTE w(1);
EXECUTE w(1);
DEALLOCATE PREPARE ALL;
-- name: listen in tools
UNLISTEN *;
NOTIFY cache_invalidation;
-- name: deferred constraints
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO orders (id, customer_id, placed, total) VALUES (5000, 1, now(), 5) RETURNING id, status;
ROLLBACK;
-- name: generated columns and masks of them
SELECT id, contact, contact_lower FROM profiles ORDER BY id LIMIT 3;
-- name: composite and row construction
SELECT ROW('a', 'b')::address, (ROW('a', 'b')::address).city, ROW(1, 2) < ROW(1, 3), (1, 'x') IS DISTINCT FROM (1, 'y');
-- name: enum functions
SELECT enum_range(NULL::order_status), enum_first(NULL::order_status), 'paid'::order_status > 'new'::order_status, status FROM orders ORDER BY status DESC, id LIMIT 2;
-- name: sampling
SELECT count(*) >= 0 FROM orders TABLESAMPLE BERNOULLI (10);
SELECT id, email FROM customers ORDER BY md5(id::text) LIMIT 3;
SELECT count(*) FROM (SELECT random() AS r FROM customers ORDER BY random() LIMIT 5) t WHERE r < 2;
-- name: hierarchical json build
SELECT jsonb_build_object('region', r.name, 'customers', (SELECT jsonb_agg(jsonb_build_object('mail', c.email, 'cards', (SELECT jsonb_agg(k.number ORDER BY k.id) FROM cards k WHERE k.customer_id = c.id)) ORDER BY c.id) FROM (SELECT * FROM customers WHERE region_id = r.id ORDER BY id LIMIT 2) c)) FROM regions r ORDER BY r.id LIMIT 2;
