-- What looks like the corners that attacks use, and is harmless.
-- name: fields of rows and composites
SELECT (c).name, (c).city FROM customers c ORDER BY c.id LIMIT 3;
SELECT ('(a,b)'::public.address).city, (ROW('a', 'b')::public.address).street;
SELECT (s).kind, (s).value FROM lab.samples s ORDER BY s.id LIMIT 3;
-- name: a builtin function written like a field
SELECT ('x'::text).upper, (name).length FROM regions ORDER BY id;
-- name: fields of a masked composite
SELECT (co).mail, (e.co).phone FROM lab.everything e ORDER BY e.id;
-- name: masked columns of every type
SELECT id, b, i, f, n, d, ts, iv, u, e, r, a, j, jb, t, by, ip, vb, dom, clear FROM lab.everything ORDER BY id;
SELECT c, vc, na, ci::text FROM lab.everything ORDER BY id;
-- name: rows that a tenant's policy chooses
SELECT id, tenant, title FROM lab.documents ORDER BY id;
SELECT count(*) FROM lab.documents WHERE title LIKE 'document%';
UPDATE lab.documents SET title = 'renamed' WHERE id = 3 RETURNING id, title;
INSERT INTO lab.documents (id, tenant, title) VALUES (91, 1, 'mine') RETURNING id;
-- name: a policy refuses a row of another tenant
INSERT INTO lab.documents (id, tenant, title) VALUES (92, 2, 'theirs');
-- name: a masked key that a function fills
INSERT INTO lab.tokens (id, label) VALUES (77, 'mine') RETURNING id, label;
SELECT count(*) FROM lab.tokens;
-- name: an index over masked columns alone does not stand in the way
UPDATE lab.ratios SET note = 'mine' WHERE id = 99;
-- name: columns that no constraint ties
UPDATE lab.coupons SET label = 'mine' WHERE id = 3 RETURNING id, label;
UPDATE lab.pairs_of SET id = 50 WHERE id = 5 RETURNING id;
UPDATE lab.workers SET name = 'renamed' WHERE id = 3 RETURNING id, name;
-- name: partitions whose key is in clear
SELECT count(*) FROM logins_2025;
SELECT tableoid::regclass::text, count(*) FROM logins GROUP BY 1 ORDER BY 1;
UPDATE logins_2025 SET customer_id = 7 WHERE customer_id = 8;
-- name: a partitioned table by a masked key, as a whole
SELECT id, read FROM lab.letters ORDER BY id;
SELECT count(*) FROM lab.parcels WHERE weight > 3;
UPDATE lab.letters SET read = true WHERE id = 3;
-- name: a parent with a tagged child
SELECT id FROM lab.plain_parent ORDER BY id;
SELECT count(*) FROM ONLY lab.plain_parent;
-- name: materialised views whose rows clear columns choose
SELECT * FROM order_totals ORDER BY customer_id LIMIT 5;
-- name: sizes of what is in clear
SELECT pg_relation_size('public.orders') > 0, pg_size_pretty(pg_table_size('public.regions')) IS NOT NULL;
-- name: parameters with types
PREPARE p(integer, text, public.order_status) AS SELECT count(*) FROM orders WHERE id < $1 AND status = $3 AND $2 = 'x';
EXECUTE p(100, 'x', 'paid');
-- name: temporary tables like others
CREATE TEMP TABLE o (LIKE orders INCLUDING DEFAULTS);
INSERT INTO o (id, customer_id, placed, total) VALUES (1, 2, '2026-01-01', 3) RETURNING status;
CREATE TEMP TABLE s (LIKE lab.samples);
INSERT INTO s SELECT * FROM lab.samples WHERE id < 3;
SELECT id, kind, value FROM s ORDER BY id;
-- name: a write in a query
WITH x AS (UPDATE lab.samples SET kind = 'z' WHERE id = 3 RETURNING id, kind, value) SELECT * FROM x;
WITH gone AS (DELETE FROM tasks WHERE id < 3 RETURNING id) SELECT count(*) FROM gone;
-- name: a function that writes
SELECT lab.rename_kind(3, 'y');
SELECT kind FROM lab.samples WHERE id = 3;
-- name: attributes of tables
SELECT attname, atttypid::regtype::text, attnotnull FROM pg_attribute WHERE attrelid = 'lab.samples'::regclass AND attnum > 0 ORDER BY attnum;
SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = 'lab.coupons'::regclass ORDER BY 1;
-- name: views over masked tables
SELECT * FROM lab.invoker ORDER BY id LIMIT 3;
SELECT number, kind FROM lab.renamed ORDER BY number LIMIT 3;
SELECT * FROM lab.lateral_view ORDER BY id LIMIT 3;
SELECT * FROM lab.chained ORDER BY id LIMIT 3;
UPDATE lab.renamed SET value = 'b' WHERE number = 2;
-- name: hstore of rows
SELECT lab_ext.hstore(s) -> 'value' FROM lab.samples s ORDER BY s.id LIMIT 2;
