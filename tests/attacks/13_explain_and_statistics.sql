-- Plans, estimates and statistics.
-- name: EXPLAIN of an equality
EXPLAIN SELECT id FROM customers WHERE email = ':{email 3}';
-- name: EXPLAIN of a range over salaries
EXPLAIN SELECT id FROM hr.salaries WHERE amount > 975000000;
-- name: EXPLAIN ANALYZE
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, COSTS OFF) SELECT id FROM customers WHERE email LIKE 'q%';
-- name: EXPLAIN VERBOSE
EXPLAIN (VERBOSE, COSTS OFF) SELECT email FROM customers;
-- name: EXPLAIN BUFFERS
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT * FROM clinic.vault;
-- name: EXPLAIN as JSON
EXPLAIN (FORMAT JSON) SELECT * FROM clinic.medical_notes;
-- name: EXPLAIN of a group by a masked column
EXPLAIN SELECT count(*) FROM customers GROUP BY email;
-- name: EXPLAIN of an UPDATE
EXPLAIN UPDATE customers SET city = 'x' WHERE email = ':{email 3}';
-- name: EXPLAIN of CREATE TABLE AS
EXPLAIN CREATE TABLE t AS SELECT * FROM customers;
-- name: EXPLAIN of a DECLARE
EXPLAIN DECLARE c CURSOR FOR SELECT email FROM customers;
-- name: EXPLAIN WAL and SETTINGS
EXPLAIN (ANALYZE, WAL, SETTINGS, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM clinic.vault;
-- name: EXPLAIN ANALYZE runs a write
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) DELETE FROM profiles WHERE contact LIKE 'Q%';
-- name: width of a row
EXPLAIN SELECT * FROM clinic.vault;
-- name: pg_stats
SELECT * FROM pg_stats WHERE tablename = 'customers';
-- name: pg_stats after ANALYZE
ANALYZE customers;
SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename = 'customers' AND attname = 'email';
-- name: pg_statistic
SELECT * FROM pg_statistic WHERE starelid = 'customers'::regclass;
-- name: pg_statistic_ext_data
SELECT * FROM pg_statistic_ext_data;
-- name: pg_stats_ext
SELECT * FROM pg_stats_ext;
-- name: pg_stats_ext_exprs
SELECT * FROM pg_stats_ext_exprs;
-- name: statistics of an index expression
SELECT * FROM pg_stats WHERE tablename = 'customers_lower_email';
-- name: pg_class pages and tuples
SELECT relname, relpages, reltuples FROM pg_class WHERE relname IN ('customers', 'salaries', 'vault') ORDER BY 1;
-- name: pg_stat_user_tables
SELECT relname, n_live_tup, n_tup_hot_upd FROM pg_stat_user_tables ORDER BY 1;
-- name: pg_statio_user_tables
SELECT relname, heap_blks_read > 0 FROM pg_statio_user_tables ORDER BY 1;
-- name: pg_stat_user_indexes
SELECT indexrelname, idx_scan FROM pg_stat_user_indexes ORDER BY 1;
-- name: pg_stat_activity
SELECT query FROM pg_stat_activity;
-- name: pg_stat_statements
SELECT query FROM pg_stat_statements;
-- name: statistics through information_schema
SELECT * FROM information_schema.column_privileges WHERE table_name = 'customers' AND column_name = 'email';
-- name: pg_stat_get functions
SELECT pg_stat_get_live_tuples('customers'::regclass), pg_stat_get_numscans('customers'::regclass);
-- name: CREATE STATISTICS
CREATE STATISTICS s ON city, email FROM customers;
-- name: planner settings that show an index order
SET enable_seqscan = off;
SELECT id FROM customers WHERE email >= '';
