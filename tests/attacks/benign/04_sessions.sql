-- name: SET and SHOW
SET statement_timeout = '30s';
SHOW statement_timeout;
RESET statement_timeout;
SHOW statement_timeout;
-- name: SET LOCAL
BEGIN;
SET LOCAL timezone = 'Europe/Zurich';
SHOW timezone;
COMMIT;
SHOW timezone;
-- name: time zones change the shape of times
SET TIME ZONE 'Asia/Tokyo';
SELECT placed FROM orders WHERE id = 1;
-- name: DateStyle
SET datestyle = 'SQL, DMY';
SELECT joined FROM customers WHERE id = 1;
-- name: application_name
SET application_name = 'my report';
SHOW application_name;
-- name: search_path
SET search_path = hr, public;
SELECT count(*) FROM employees;
SHOW search_path;
-- name: extra_float_digits and bytea_output
SET extra_float_digits = 0;
SELECT 0.1::float8 + 0.2::float8;
SET bytea_output = 'escape';
SELECT '\x41ff'::bytea;
-- name: client_encoding to what it is
SET client_encoding = 'UTF8';
SELECT 'é';
-- name: SHOW of common settings
SHOW server_version;
SHOW transaction_isolation;
SHOW standard_conforming_strings;
SHOW server_encoding;
-- name: current_setting and set_config of a harmless setting
SELECT set_config('statement_timeout', '5s', false);
SELECT current_setting('statement_timeout');
-- name: current_setting of a missing one
SELECT current_setting('no.such', true);
-- name: DISCARD ALL
SET statement_timeout = 1000;
DISCARD ALL;
SHOW statement_timeout;
-- name: RESET ALL
SET datestyle = German;
RESET ALL;
SHOW datestyle;
-- name: what pools send between uses
SELECT pg_advisory_unlock_all();
CLOSE ALL;
UNLISTEN *;
RESET ALL;
-- name: a cursor
BEGIN;
DECLARE c CURSOR FOR SELECT id, email FROM customers ORDER BY id;
FETCH 3 FROM c;
MOVE FORWARD 10 IN c;
FETCH NEXT FROM c;
CLOSE c;
COMMIT;
-- name: a scrolling cursor
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id FROM regions ORDER BY id;
FETCH LAST FROM c;
FETCH PRIOR FROM c;
FETCH ABSOLUTE 1 FROM c;
FETCH RELATIVE 2 FROM c;
FETCH BACKWARD ALL FROM c;
ROLLBACK;
-- name: a cursor WITH HOLD
DECLARE c CURSOR WITH HOLD FOR SELECT id FROM regions ORDER BY id;
FETCH 2 FROM c;
CLOSE c;
-- name: PREPARE and EXECUTE
PREPARE by_id (integer) AS SELECT id, email FROM customers WHERE id = $1;
EXECUTE by_id (3);
EXECUTE by_id (4);
DEALLOCATE by_id;
-- name: EXECUTE of what is not there
EXECUTE nosuch (1);
-- name: DEALLOCATE ALL
PREPARE p AS SELECT 1;
DEALLOCATE ALL;
EXECUTE p;
-- name: EXPLAIN of a clear table
EXPLAIN (COSTS OFF) SELECT * FROM regions WHERE id = 1;
-- name: LOCK TABLE
BEGIN;
LOCK TABLE tasks IN SHARE MODE;
ROLLBACK;
-- name: SET TRANSACTION
BEGIN;
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SHOW transaction_isolation;
COMMIT;
-- name: SET SESSION CHARACTERISTICS
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
INSERT INTO counters VALUES ('x', 1);
-- name: advisory locks
SELECT pg_try_advisory_lock(7), pg_advisory_unlock(7);
-- name: pg_backend_pid and version
SELECT pg_backend_pid() > 0, version() LIKE 'PostgreSQL%';
-- name: now is stable in a transaction
BEGIN;
SELECT now() = now(), clock_timestamp() >= now();
COMMIT;
-- name: pg_sleep
SELECT pg_sleep(0.01);
-- name: a held timeout
SET statement_timeout = 50;
SELECT count(*) FROM generate_series(1, 100000000000);
-- name: EXPLAIN and CREATE TABLE AS of a prepared statement
PREPARE p (integer) AS SELECT id, name FROM regions WHERE id < $1 ORDER BY id;
EXPLAIN (COSTS OFF) EXECUTE p(3);
CREATE TEMP TABLE few AS EXECUTE p(3);
SELECT * FROM few ORDER BY id;
DROP TABLE few;
DEALLOCATE p;
-- name: a prepared statement over masked values with a parameter
PREPARE p (integer) AS SELECT id, email, phone FROM customers WHERE id < $1 ORDER BY id;
EXECUTE p(4);
EXECUTE p(2);
DEALLOCATE p;
-- name: a migration in one message
-- one message
CREATE TEMP TABLE m (id integer PRIMARY KEY, name text);
INSERT INTO m SELECT id, name FROM regions;
ALTER TABLE m ADD COLUMN size integer DEFAULT 1;
UPDATE m SET size = 2 WHERE id = 1;
SELECT * FROM m ORDER BY id;
SET search_path = hr, public;
SELECT count(*) FROM employees;
RESET search_path;
DROP TABLE m;
-- name: a cursor in one message
-- one message
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, email FROM customers ORDER BY id;
FETCH 2 FROM c;
MOVE 3 FROM c;
FETCH PRIOR FROM c;
COMMIT;
-- name: an error in the middle of a message that changes names
-- one message
CREATE TEMP TABLE m (id integer);
INSERT INTO m VALUES (1);
SELECT 1/0;
SELECT * FROM m;
-- name: prepare and execute in one message
-- one message
PREPARE p AS SELECT id, email FROM customers WHERE id = $1;
EXECUTE p(3);
DEALLOCATE p;
-- name: tables made behind a savepoint
BEGIN;
SAVEPOINT a;
CREATE TEMP TABLE m (id integer);
INSERT INTO m VALUES (1);
SELECT * FROM m;
ROLLBACK TO a;
COMMIT;
SELECT 1;
