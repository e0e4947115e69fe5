-- How long values are, seen through views and functions.
-- name: a view of sizes
SELECT * FROM lab.sizes;
SELECT bytes FROM lab.sizes_of_all;
SELECT relpages FROM lab.sizes_of_all;
-- name: functions that measure
SELECT lab.size_of('lab.samples');
SELECT lab.pages_of('lab.samples');
-- name: functions that look where rows lie
SELECT lab.where_is(40);
SELECT lab.sample_of_samples();
SELECT lab.statistics_of('samples');
-- name: views that look where rows lie
SELECT * FROM lab.places ORDER BY id;
SELECT * FROM lab.some_samples ORDER BY id;
-- name: a view that calls a reader
SELECT * FROM lab.known_of_samples ORDER BY id;
-- name: sizes of indexes and TOAST tables
SELECT pg_relation_size('lab.samples_pkey'), pg_relation_size('lab.coupons_code_key');
SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE oid = 'lab.samples'::regclass;
SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relname LIKE 'samples%';
SELECT sum(pg_relation_size(indexrelid)) FROM pg_index WHERE indrelid = 'lab.coupons'::regclass;
-- name: sizes by name and by fork
SELECT pg_relation_size('lab.samples', 'fsm'), pg_relation_size('lab.samples', 'vm'), pg_relation_size('lab.samples', 'main');
SELECT pg_table_size('lab.letters_low'), pg_indexes_size('lab.everything'), pg_total_relation_size('lab.stored_values');
-- name: sizes of columns
SELECT sum(pg_column_size(value)), sum(pg_column_size(s)), sum(pg_column_size(s.*)) FROM lab.samples s;
SELECT pg_column_compression(value) FROM lab.samples ORDER BY id;
SELECT sum(octet_length(value)), sum(length(s::text)), sum(bit_length(value)) FROM lab.samples s;
-- name: system columns of many kinds of relations
SELECT ctid FROM lab.samples WHERE id = 40;
SELECT xmin, cmin, xmax, cmax FROM lab.samples WHERE id = 40;
SELECT max(ctid) FROM lab.everything;
SELECT id FROM lab.samples WHERE ctid > '(0,100)';
SELECT s.ctid FROM lab.stored_values s ORDER BY id;
-- name: tables with the rows of another extension's method
SELECT count(*) FROM lab.samples TABLESAMPLE lab_ext.system_rows(5);
SELECT count(*) FROM lab.samples TABLESAMPLE system_rows(5);
-- name: extensions that look into tables
SELECT * FROM lab_ext.pgstattuple('lab.samples');
SELECT * FROM lab_ext.pgstatindex('lab.samples_pkey');
SELECT * FROM lab_ext.pg_relpages('lab.samples');
SELECT * FROM lab_ext.heap_page_items(lab_ext.get_raw_page('lab.samples', 0));
SELECT * FROM lab_ext.pg_freespace('lab.samples');
SELECT * FROM lab_ext.pg_visibility_map('lab.samples');
SELECT * FROM lab_ext.pgrowlocks('lab.samples');
SELECT lab_ext.pg_prewarm('lab.samples');
SELECT lab_ext.bt_index_check('lab.samples_pkey');
SELECT * FROM lab_ext.bt_page_items('lab.coupons_code_key', 1);
-- name: extensions that run SQL
SELECT * FROM lab_ext.crosstab('SELECT id::text, kind, value FROM lab.samples') AS t(a text, b text, c text);
SELECT * FROM lab_ext.connectby('lab.samples', 'value', 'id', '1', 0) AS t(a text, b text, l int);
SELECT * FROM lab_ext.normal_rand(3, 5, 3);
SELECT * FROM lab_ext.xpath_table('id', 'value', 'lab.samples', '/', 'true') AS t(a int, b text);
SELECT * FROM lab_ext.dblink('dbname=shop', 'SELECT value FROM lab.samples') AS t(v text);
SELECT lab_ext.dblink_connect('dbname=shop');
SELECT * FROM lab_ext.crosstab_hash('SELECT id::text, kind, value FROM lab.samples', 'SELECT 1') AS t(a text);
-- name: extensions in the search path
SET search_path = lab, lab_ext, public;
SELECT * FROM crosstab('SELECT id::text, kind, value FROM lab.samples') AS t(a text, b text, c text);
SELECT * FROM crosstab2('SELECT id::text, kind, value FROM lab.samples');
SELECT * FROM dblink('dbname=shop', 'SELECT value FROM lab.samples') AS t(v text);
SELECT pgstattuple('samples');
-- name: large objects by the extension's function
SELECT lab_ext.lo_oid(1);
-- name: rows of masked types through hstore
SET search_path = lab, lab_ext, public;
SELECT hstore(s) FROM lab.samples s ORDER BY id LIMIT 3;
SELECT hstore(e) -> 'ci' FROM lab.everything e ORDER BY id;
SELECT (hstore(s)).value FROM lab.samples s;
SELECT each(hstore(s)) FROM lab.samples s WHERE id = 1;
SELECT s #= hstore('kind', 'x') FROM lab.samples s WHERE id = 1;
SELECT populate_record(k, hstore('value', ':{sample 3}')) FROM lab.known k;
SELECT k #= hstore('value', ':{sample 3}') FROM lab.known k;
-- name: changes are notified by an extension's trigger
LISTEN lab_changes;
UPDATE lab.tcn_table SET label = 'x' WHERE id = 1;
SELECT 1;
