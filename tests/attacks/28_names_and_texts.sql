-- The same name, written otherwise; texts of several statements; what was prepared under another path.
-- name: Unicode escapes in names
SELECT U&"v\0061lue" FROM lab.U&"s\0061mples" WHERE id = 3;
SELECT U&"v!0061lue" UESCAPE '!' FROM U&"l!0061b" UESCAPE '!'.samples WHERE id = 3;
SELECT value FROM lab.U&"!0073amples" UESCAPE '!' AS s WHERE s.id = 3;
-- name: quoted names with odd characters as aliases
SELECT "a ""b""; --".value FROM lab.samples AS "a ""b""; --" WHERE "a ""b""; --".id = 3;
SELECT ".".value FROM lab.samples "." ORDER BY ".".id LIMIT 1;
-- name: names that are too long
SELECT value FROM lab.samples AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa WHERE id = 3;
SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.value FROM lab.samples AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa WHERE id = 3;
-- name: comments between the parts of names
SELECT s /* a /* b */ */ . -- x
value FROM lab /**/ . /* ; */ samples s WHERE id = 3;
SELECT lab.samples.value FROM lab. -- y
samples WHERE lab . samples . id = 3;
-- name: the database's name before all
SELECT shop.lab.samples.value FROM shop.lab.samples WHERE shop.lab.samples.id = 3;
SELECT shop.lab.samples.* FROM shop.lab.samples WHERE id = 3;
-- name: a column named like its table
SELECT value FROM (SELECT value AS samples, id FROM lab.samples) AS value(value, samples) WHERE samples = 3;
WITH value AS (SELECT * FROM lab.samples) SELECT value.value, value FROM value WHERE id = 3;
SELECT samples FROM lab.samples AS value(samples) WHERE samples = 3;
-- name: names of CTEs hide tables, and not inside themselves
WITH samples AS (SELECT * FROM lab.samples WHERE id = 3) SELECT * FROM samples;
SET search_path = lab;
WITH samples AS (SELECT * FROM samples WHERE id = 3) SELECT * FROM samples;
WITH RECURSIVE samples AS (SELECT 1 AS id, 'x' AS value UNION ALL SELECT id + 1, value FROM samples WHERE id < 2) SELECT * FROM samples;
WITH a AS (SELECT * FROM samples), samples AS (SELECT 1 AS id) SELECT value FROM a WHERE id = 3;
SELECT (WITH samples AS (SELECT 'x' AS value) SELECT value FROM samples), value FROM samples WHERE id = 3;
WITH samples AS (SELECT 1 AS id) SELECT * FROM lab.samples WHERE id = 3;
WITH samples AS (SELECT 3 AS id) DELETE FROM samples WHERE id IN (SELECT id FROM samples) AND value > 'w';
-- name: dollar quotes and escapes hide nothing
SELECT $a$ $b$ ' " $b$ $a$, value FROM lab.samples WHERE kind <> $$'$$ AND id = 3;
SELECT E'\'' || value || E'\\' FROM lab.samples WHERE id = 3;
SELECT U&'\0027' || value FROM lab.samples WHERE id = 3;
SELECT 'a'
'b' || value FROM lab.samples WHERE id = 3;
-- name: strings follow another convention
SET standard_conforming_strings = off;
SELECT 'a\' || (SELECT value FROM lab.samples WHERE id = 3) || '';
SET backslash_quote = on;
SELECT E'\'' || value FROM lab.samples WHERE id = 3;
SELECT set_config('standard_conforming_strings', 'off', false);
SELECT '\' || (SELECT value FROM lab.samples WHERE id = 3) --';
-- name: a temporary table takes the place, and goes
CREATE TEMP TABLE samples (id integer, value text);
SELECT value FROM samples;
SET search_path = lab, pg_temp;
SELECT value FROM samples WHERE id = 3;
DROP TABLE pg_temp.samples;
SELECT value FROM samples WHERE id = 3;
-- name: a temporary table takes the place within one text
-- one message
SET search_path = lab;
CREATE TEMP TABLE samples AS SELECT 3 AS id, 'mine' AS value;
SELECT value FROM samples WHERE id = 3;
DROP TABLE samples;
SELECT value FROM samples WHERE id = 3;
-- name: a temporary table is undone within one text
-- one message
SET search_path = lab;
BEGIN;
CREATE TEMP TABLE samples AS SELECT 3 AS id, 'mine' AS value;
ROLLBACK;
SELECT value FROM samples WHERE id = 3;
-- name: a temporary table is renamed over a table
SET search_path = lab;
CREATE TEMP TABLE other (id integer, value text);
PREPARE p AS SELECT value FROM samples WHERE id = 3;
ALTER TABLE other RENAME TO samples;
EXECUTE p;
ALTER TABLE pg_temp.samples RENAME TO again;
EXECUTE p;
DISCARD TEMP;
EXECUTE p;
-- name: a prepared statement under another path
SET search_path = lab;
PREPARE p AS SELECT value FROM samples WHERE id = 3;
PREPARE q AS SELECT upper(s.value), (s).value FROM samples s WHERE id = 3;
SET search_path = public, hr;
EXECUTE p;
EXECUTE q;
DISCARD PLANS;
EXECUTE p;
-- name: a prepared function by notation under another path
PREPARE p AS SELECT (1).value_of;
SET search_path = lab;
PREPARE p AS SELECT (3).value_of;
EXECUTE p;
-- name: a cursor outlives its transaction
BEGIN;
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id, value FROM lab.samples ORDER BY id;
FETCH 2 FROM c;
COMMIT;
FETCH ABSOLUTE 3 FROM c;
FETCH BACKWARD ALL FROM c;
MOVE LAST FROM c;
FETCH RELATIVE -1 FROM c;
-- name: a cursor over a written row
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM lab.samples WHERE value > 'w' FOR UPDATE;
FETCH 1 FROM c;
UPDATE lab.samples SET kind = 'z' WHERE CURRENT OF c;
DELETE FROM lab.samples WHERE CURRENT OF c RETURNING *;
ROLLBACK;
-- name: a text that prepares, runs and forgets
-- one message
PREPARE p AS SELECT value FROM lab.samples WHERE id = 3;
EXECUTE p;
DEALLOCATE p;
SELECT value FROM lab.samples WHERE id = 4;
-- name: a text that declares and fetches
-- one message
BEGIN;
DECLARE c CURSOR FOR SELECT value, weight FROM lab.samples ORDER BY id;
FETCH 3 FROM c;
CLOSE c;
COMMIT;
-- name: a text that fails in the middle
-- one message
SELECT value FROM lab.samples WHERE id = 3;
SELECT 1 / (length(value) - length(value)) FROM lab.samples WHERE id = 3;
SELECT value FROM lab.samples WHERE id = 4;
-- name: NOTIFY carries what the agent has
LISTEN mine;
SELECT pg_notify('mine', value) FROM lab.samples WHERE id = 3;
NOTIFY mine, 'x';
SELECT 1;
-- name: a channel named by a masked value
SELECT pg_notify(value, 'x') FROM lab.samples WHERE id = 3;
-- name: advisory locks by masked values
SELECT pg_advisory_lock(size) FROM lab.samples WHERE id = 3;
SELECT objid, classid FROM pg_locks WHERE locktype = 'advisory';
SELECT pg_try_advisory_lock(hashtext(value)) FROM lab.samples WHERE id = 3;
SELECT objid FROM pg_locks WHERE locktype = 'advisory' ORDER BY 1;
-- name: random numbers from masked values
SELECT setseed(length(value) / 100.0) FROM lab.samples WHERE id = 3;
SELECT random();
-- name: settings from masked values
SELECT set_config('application_name', value, false) FROM lab.samples WHERE id = 3;
SHOW application_name;
SELECT set_config(value, 'x', false) FROM lab.samples WHERE id = 3;
SELECT current_setting(value) FROM lab.samples WHERE id = 3;
SELECT set_config('search_path', value, false) FROM lab.samples WHERE id = 3;
SELECT current_schemas(true);
-- name: sequences from masked values
SELECT setval('tasks_id_seq', size) FROM lab.samples WHERE id = 3;
SELECT nextval('tasks_id_seq') FROM lab.samples WHERE value > 'w' AND id < 20;
SELECT last_value FROM tasks_id_seq;
-- name: names of catalogs from masked values
SELECT to_regclass(value), to_regtype(value) FROM lab.samples WHERE id = 3;
SELECT value::regclass FROM lab.samples WHERE id = 3;
SELECT has_table_privilege(value, 'SELECT') FROM lab.samples WHERE id = 3;
SELECT pg_typeof(value), pg_typeof(s), pg_typeof(s.co) FROM (SELECT value, (SELECT co FROM lab.everything LIMIT 1) AS co FROM lab.samples LIMIT 1) s;
-- name: XML of tables
SELECT table_to_xml('lab.samples', true, false, '');
SELECT query_to_xml('SELECT value FROM lab.samples', true, false, '');
SELECT database_to_xml(true, false, ''), schema_to_xml('lab', true, false, '');
SELECT cursor_to_xml('c', 1, true, false, '');
SELECT query_to_xml_and_xmlschema('TABLE lab.samples', true, false, '');
SELECT xmlforest(value, s.size), xmlelement(name x, xmlattributes(value)), xmlconcat(xmlcomment(value)) FROM lab.samples s WHERE id = 3;
-- name: statistics by every name
SELECT * FROM pg_stats WHERE tablename = 'samples';
SELECT stavalues1 FROM pg_catalog.pg_statistic;
SELECT * FROM pg_stats_ext;
SELECT n_live_tup, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'samples';
SELECT heap_blks_read FROM pg_statio_all_tables;
SELECT pg_stat_get_live_tuples('lab.samples'::regclass);
SELECT query FROM pg_stat_activity;
SELECT reltuples FROM pg_class WHERE relname = 'samples';
SELECT tuples_done FROM pg_stat_progress_create_index;
-- name: files and large objects
SELECT pg_read_file('PG_VERSION');
SELECT pg_ls_dir('.');
SELECT lo_import('/etc/passwd');
SELECT lo_get(1);
SELECT lo_from_bytea(0, value::bytea) FROM lab.samples WHERE id = 3;
COPY lab.samples TO '/tmp/x';
COPY lab.samples TO PROGRAM 'cat';
COPY (SELECT value FROM lab.samples) TO STDOUT WITH (FORMAT binary);
COPY lab.samples TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *);
-- name: merges that look at masked columns
MERGE INTO lab.samples t USING lab.samples s ON t.value = s.value WHEN MATCHED THEN UPDATE SET kind = 'z';
MERGE INTO lab.samples t USING (VALUES (3)) v(id) ON t.id = v.id WHEN MATCHED AND t.value > 'w' THEN UPDATE SET kind = 'z';
MERGE INTO lab.samples t USING (VALUES (3)) v(id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET kind = t.value;
MERGE INTO lab.samples t USING lab.samples s ON t.id = s.id AND s.id = 3 WHEN MATCHED THEN UPDATE SET kind = s.value;
MERGE INTO lab.known k USING lab.samples s ON k.id = length(s.value) WHEN NOT MATCHED AND s.id = 3 THEN INSERT (id) VALUES (900);
-- name: updates that look at masked columns through their FROM
UPDATE lab.samples SET kind = s.value FROM lab.samples s WHERE s.id = samples.id AND samples.id = 3 RETURNING kind, samples.value, s.value;
UPDATE lab.samples AS s SET kind = (SELECT s.value) WHERE id = 3;
UPDATE lab.samples SET (kind, id) = (SELECT samples.value, samples.id) WHERE id = 3;
UPDATE lab.samples SET kind = 'z' WHERE EXISTS (SELECT FROM lab.wards WHERE samples.value > 'w') RETURNING id;
UPDATE lab.samples SET kind = 'z' FROM LATERAL (SELECT samples.value) v(x) WHERE v.x > 'w';
DELETE FROM lab.samples USING lab.samples s WHERE s.value > samples.value;
DELETE FROM lab.samples WHERE samples::text > '(3';
DELETE FROM lab.samples WHERE id = 3 RETURNING samples, samples.*, (samples).value, row_to_json(samples);
UPDATE lab.samples SET kind = 'z' WHERE id = 3 RETURNING (SELECT value), (SELECT s.value FROM lab.samples s WHERE s.value = samples.value LIMIT 1);
INSERT INTO lab.samples SELECT id + 1000, kind, value FROM lab.samples WHERE id = 3 RETURNING *;
INSERT INTO lab.samples (id, kind, value) VALUES (3, 'x', 'y') ON CONFLICT (id) DO UPDATE SET kind = samples.value RETURNING kind;
INSERT INTO lab.samples (id, kind, value) VALUES (3, 'x', 'y') ON CONFLICT (id) DO UPDATE SET kind = 'z' WHERE samples.value > excluded.value RETURNING id;
-- name: values of the whole new row
INSERT INTO lab.samples (id, kind, value) VALUES (2000, 'x', 'y') RETURNING samples::text, to_jsonb(samples), (samples).value, samples.*;
UPDATE lab.samples SET kind = 'q' WHERE id = 3 RETURNING samples IS NULL, samples = samples, samples IS DISTINCT FROM NULL, hash_record(samples);
