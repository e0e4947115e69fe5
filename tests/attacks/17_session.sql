-- Settings, roles and the session itself.
-- name: SET ROLE
SET ROLE shop_owner;
SELECT email FROM customers;
-- name: SET SESSION AUTHORIZATION
SET SESSION AUTHORIZATION postgres;
SELECT * FROM pg_authid;
-- name: session_replication_role
SET session_replication_role = replica;
UPDATE accounts SET used = 999999999 WHERE id = 1;
-- name: client_encoding
SET client_encoding = 'LATIN1';
SELECT email FROM customers WHERE id = 3;
-- name: SET NAMES
SET NAMES 'SJIS';
SELECT email FROM customers WHERE id = 3;
-- name: a custom setting as a carrier
SET app.guess = 'x';
SELECT current_setting('app.guess');
-- name: a setting from a masked value in a function
SELECT set_config('application_name', (SELECT email FROM customers WHERE id = 3), false);
SHOW application_name;
-- name: row_security
SET row_security = off;
SELECT email FROM customers;
-- name: transform_null_equals
SET transform_null_equals = on;
SELECT id FROM customers WHERE phone = NULL;
-- name: backslash_quote
SET backslash_quote = on;
SELECT 'a\'';
-- name: planner settings
SET enable_seqscan = off;
SET enable_indexscan = off;
SELECT id FROM customers WHERE lower(email) > 'v';
-- name: log settings
SET log_statement = 'all';
SET log_min_duration_statement = 0;
SELECT email FROM customers WHERE id = 3;
-- name: local_preload_libraries and LOAD
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
-- name: default_tablespace
SET default_tablespace = 'pg_default';
CREATE TEMP TABLE t AS SELECT email FROM customers;
TABLE t;
-- name: LISTEN to a trigger's channel
LISTEN account_changes;
UPDATE accounts SET login = 'heard' WHERE id = 3;
SELECT 1;
-- name: NOTIFY between agents
NOTIFY leak, 'constant';
-- name: SHOW ALL
SHOW ALL;
-- name: SHOW of a file name
SHOW data_directory;
-- name: a held lock
BEGIN;
LOCK TABLE customers IN ACCESS EXCLUSIVE MODE;
ROLLBACK;
-- name: transaction snapshots
BEGIN ISOLATION LEVEL REPEATABLE READ;
SET TRANSACTION SNAPSHOT '00000003-0000001B-1';
ROLLBACK;
-- name: DateStyle and bytea_output change the shape only
SET datestyle = German;
SET bytea_output = escape;
SELECT content, joined FROM clinic.vault, customers LIMIT 3;
-- name: extra_float_digits
SET extra_float_digits = 3;
SELECT amount::float8 FROM hr.salaries;
-- name: statement_timeout as a clock
SET statement_timeout = 50;
SELECT CASE WHEN (SELECT email FROM customers WHERE id = 3) LIKE 'q%' THEN pg_sleep(5) END;
-- name: a timing branch
SELECT CASE WHEN amount > 980000000 THEN (SELECT count(*) FROM generate_series(1, 100000)) END FROM hr.salaries;
-- name: LISTEN in a transaction with the update that notifies
BEGIN;
LISTEN account_changes;
UPDATE accounts SET login = 'heard' WHERE id = 3;
COMMIT;
SELECT 1;
-- name: LISTEN in one message with others
-- one message
CREATE TEMP TABLE m (id integer);
LISTEN account_changes;
UPDATE accounts SET login = 'heard' WHERE id = 3;
-- name: pg_notify of a masked value
SELECT pg_notify('news', email) FROM customers WHERE id = 3;
-- name: pg_listening_channels
LISTEN account_changes;
SELECT * FROM pg_listening_channels();
