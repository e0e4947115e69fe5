-- Errors and messages of writes that hide in queries, and of what runs beside a statement.
-- name: a write within WITH fails on a row
WITH x AS (UPDATE lab.samples SET kind = NULL WHERE id = 3 RETURNING 1) SELECT * FROM x;
WITH x AS (UPDATE public.customers SET name = NULL WHERE id = 3 RETURNING id) SELECT count(*) FROM x;
-- name: a write within COPY fails on a row
COPY (UPDATE lab.samples SET kind = NULL WHERE id = 3 RETURNING id) TO STDOUT;
-- name: a write within a prepared query fails on a row
PREPARE p AS WITH x AS (UPDATE lab.samples SET kind = NULL WHERE id = 3 RETURNING 1) SELECT * FROM x;
EXECUTE p;
-- name: a function's write fails on a row
SELECT lab.rename_kind(3, NULL);
SELECT lab.rename_kind(id, NULL) FROM lab.samples WHERE id < 3;
-- name: a function's insert meets a key
SELECT lab.add_sample(3);
-- name: a procedure's write fails on a row
CALL lab.rename_kinds(NULL);
-- name: an explained write fails on a row
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) UPDATE lab.samples SET kind = NULL WHERE id = 3;
-- name: two writes in one text
-- one message
UPDATE lab.samples SET kind = 'a' WHERE id = 3;
UPDATE lab.samples SET kind = NULL WHERE id = 4;
-- name: a write in a block fails, and the block goes on
BEGIN;
SAVEPOINT a;
UPDATE lab.samples SET kind = NULL WHERE id = 4;
ROLLBACK TO a;
SELECT count(*) FROM lab.samples WHERE kind IS NULL;
COMMIT;
-- name: messages of the server's own are asked for
SET client_min_messages = debug5;
SELECT count(*) FROM lab.samples WHERE value > 'w';
UPDATE lab.samples SET kind = 'z' WHERE id = 3;
INSERT INTO lab.samples (id, kind, value) VALUES (500, 'z', 'mine');
RESET client_min_messages;
-- name: log messages are asked for
SET client_min_messages = log;
UPDATE lab.samples SET kind = 'z' WHERE id = 3;
SELECT value FROM lab.samples ORDER BY id LIMIT 1;
-- name: casts of masked values of every type
SELECT b::text, i::text, f::text, n::text, d::text, ts::text, iv::text, u::text, e::text, r::text FROM lab.everything ORDER BY id;
SELECT a::text, j::text, jb::text, x::text, t::text, by::text, ip::text, c::text, vc::text, vb::text FROM lab.everything ORDER BY id;
SELECT co::text, cos::text, dom::text, ci::text, h::text, na::text FROM lab.everything ORDER BY id;
-- name: masked values of every type as a row
SELECT * FROM lab.everything ORDER BY id;
SELECT everything FROM lab.everything ORDER BY id;
SELECT to_jsonb(x) FROM lab.everything x ORDER BY id;
TABLE lab.everything;
-- name: parts of masked composites
SELECT (co).mail, (co).phone FROM lab.everything ORDER BY id;
SELECT (e.co).mail FROM lab.everything e WHERE (e.co).phone > '9';
SELECT cos[1], (cos[1]).mail FROM lab.everything ORDER BY id;
SELECT (e).co, ((e).co).mail FROM lab.everything e ORDER BY id;
SELECT u.mail FROM lab.everything e, unnest(e.cos) u ORDER BY 1;
SELECT (e.co).* FROM lab.everything e ORDER BY e.id;
-- name: parts of masked documents
SELECT j ->> 'pin', jb ->> 'pin', jb #>> '{pin}', jb['pin'] FROM lab.everything ORDER BY id;
SELECT jsonb_path_query(jb, '$.pin') FROM lab.everything;
SELECT count(*) FROM lab.everything WHERE jb @> '{"n": 1}' OR jb ? 'pin' OR jb @? '$.pin';
SELECT * FROM lab.everything e, jsonb_each_text(e.jb);
SELECT h -> 'pin' FROM lab.everything ORDER BY id;
SELECT xpath('/a/text()', x) FROM lab.everything ORDER BY id;
SELECT v FROM lab.everything e, XMLTABLE('/a' PASSING e.x COLUMNS v text PATH '.') ORDER BY 1;
-- name: searches in masked texts and vectors
SELECT id FROM lab.everything WHERE t @@ to_tsquery('simple', ':{sample 3}') ORDER BY id;
SELECT ts_headline(vc, to_tsquery('simple', 'q:*')) FROM lab.everything ORDER BY id;
SELECT * FROM ts_stat('SELECT t FROM lab.everything');
SELECT ts_debug(vc) FROM lab.everything;
SELECT unnest(t) FROM lab.everything;
SELECT length(t), numnode(to_tsquery('a')), tsvector_to_array(t) FROM lab.everything ORDER BY id;
-- name: aggregates over masked values of every type
SELECT count(b), bool_and(b), sum(i), avg(f), max(n), min(d), max(ts), sum(iv), count(DISTINCT u), max(e), range_agg(r) FROM lab.everything;
SELECT array_agg(a), json_agg(j), jsonb_object_agg(id, jb), xmlagg(x), string_agg(by, '\x'), max(ip), max(c), max(vc), bit_or(vb) FROM lab.everything;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f), mode() WITHIN GROUP (ORDER BY vc), rank(1) WITHIN GROUP (ORDER BY n) FROM lab.everything;
SELECT corr(f, i), regr_slope(f, i), stddev(n), var_pop(i), every(b) FROM lab.everything;
-- name: sets and groups of masked values of every type
SELECT b FROM lab.everything UNION SELECT true EXCEPT SELECT false;
SELECT count(*) FROM (SELECT u FROM lab.everything INTERSECT SELECT u FROM lab.everything) s;
SELECT i, n, count(*) FROM lab.everything GROUP BY GROUPING SETS ((i), (n), ()) ORDER BY 1, 2, 3;
SELECT DISTINCT ON (vc) vc, id FROM lab.everything ORDER BY vc, id;
SELECT id FROM lab.everything ORDER BY ci USING >, id;
-- name: windows over masked values of every type
SELECT id, lag(vc) OVER w, first_value(n) OVER w, ntile(2) OVER (ORDER BY i), sum(f) OVER (ORDER BY d RANGE BETWEEN '1 day' PRECEDING AND CURRENT ROW) FROM lab.everything WINDOW w AS (ORDER BY ip) ORDER BY id;
SELECT id, count(*) OVER (ORDER BY n RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), cume_dist() OVER (PARTITION BY b ORDER BY ts) FROM lab.everything ORDER BY id;
SELECT id, rank() OVER (ORDER BY value GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM lab.samples ORDER BY id LIMIT 5;
-- name: joins by masked values of every type
SELECT a.id, b.id FROM lab.everything a JOIN lab.everything b USING (u) ORDER BY 1, 2;
SELECT a.id FROM lab.everything a NATURAL JOIN lab.everything b ORDER BY 1;
SELECT a.id FROM lab.everything a, lab.everything b WHERE a.r && b.r AND a.ip <<= b.ip ORDER BY 1;
-- name: rows with masked values are compared
SELECT id FROM lab.everything e WHERE e = e ORDER BY id;
SELECT a.id, b.id FROM lab.samples a, lab.samples b WHERE ROW(a.value, a.weight) < ROW(b.value, b.weight) AND a.id < 3 AND b.id < 3 ORDER BY 1, 2;
SELECT id FROM lab.samples s WHERE s IS DISTINCT FROM ROW(id, kind, value, weight, size, taken) ORDER BY id LIMIT 3;
SELECT id FROM lab.samples s WHERE s.* = ANY (SELECT * FROM lab.samples) LIMIT 3;
SELECT id FROM lab.samples s WHERE s IS NOT NULL ORDER BY id LIMIT 3;
SELECT count(*) FROM lab.samples s WHERE s *= s;
-- name: predicates of every form
SELECT count(*) FROM lab.samples WHERE value BETWEEN SYMMETRIC 'z' AND 'a';
SELECT count(*) FROM lab.samples WHERE size BETWEEN 900000000 AND 980000000;
SELECT count(*) FROM lab.samples WHERE value SIMILAR TO '(q|v|x)%' OR value ~* '^[wzk]';
SELECT count(*) FROM lab.samples WHERE value = ANY (ARRAY[':{sample 3}', 'x']) OR value < ALL (ARRAY['m']);
SELECT count(*) FROM lab.samples WHERE (value, size) IN (VALUES (':{sample 3}', 1));
SELECT count(*) FROM lab.samples WHERE value IS NOT DISTINCT FROM ':{sample 3}';
SELECT count(*) FROM lab.samples WHERE (size IS NULL) IS NOT TRUE;
SELECT count(*) FROM lab.samples WHERE starts_with(value, 'q') OR value ^@ 'w' OR position('v' in value) > 0;
SELECT count(*) FROM lab.samples WHERE (taken, taken) OVERLAPS (date '2000-01-01', date '2002-01-01');
SELECT count(*) FROM lab.samples WHERE extract(year FROM taken) = 2001 AND taken < current_date AND weight::int % 2 = 0;
-- name: errors of every form
SELECT 1 / (size - size) FROM lab.samples WHERE value > 'w' LIMIT 1;
SELECT value::integer FROM lab.samples WHERE id = 1;
SELECT ('x' || value)::date FROM lab.samples WHERE id = 1;
SELECT repeat(value, 1000000000) FROM lab.samples WHERE id = 1;
SELECT regexp_replace('a', value || '(', 'b') FROM lab.samples WHERE id = 1;
SELECT value::jsonb, value::xml, value::uuid, value::inet FROM lab.samples WHERE id = 1;
SELECT chr(size) FROM lab.samples WHERE id = 1;
SELECT (size::bigint * 100000000000)::integer FROM lab.samples WHERE id = 1;
SELECT sqrt(-weight) FROM lab.samples WHERE id = 1;
SELECT ARRAY[1, 2][size] FROM lab.samples WHERE id = 1;
SELECT to_date(value, 'YYYY'), to_number(value, '999') FROM lab.samples WHERE id = 1;
SELECT id FROM lab.samples LIMIT (SELECT size FROM lab.samples WHERE id = 1);
SELECT id FROM lab.samples OFFSET (SELECT length(value) FROM lab.samples WHERE id = 1) LIMIT 1;
SELECT (SELECT value FROM lab.samples WHERE value > 'w') IS NULL;
-- name: EXPLAIN of every form
EXPLAIN SELECT * FROM lab.samples WHERE value > 'w' ORDER BY value LIMIT 1;
EXPLAIN (VERBOSE) SELECT value FROM lab.samples;
EXPLAIN (ANALYZE) SELECT value FROM lab.samples;
EXPLAIN (COSTS, FORMAT JSON) SELECT * FROM lab.samples GROUP BY id, value;
EXPLAIN (GENERIC_PLAN) SELECT * FROM lab.samples WHERE value = $1;
EXPLAIN (ANALYZE, BUFFERS, WAL) UPDATE lab.samples SET kind = 'a';
EXPLAIN CREATE TEMP TABLE x AS SELECT * FROM lab.samples;
EXPLAIN DECLARE c CURSOR FOR SELECT * FROM lab.samples;
EXPLAIN (SETTINGS, SUMMARY) SELECT 1 FROM lab.samples s JOIN lab.everything e ON s.value = e.vc;
EXPLAIN (FORMAT XML) DELETE FROM lab.samples WHERE id = 1;
EXPLAIN (FORMAT YAML) INSERT INTO lab.known SELECT id FROM lab.samples;
