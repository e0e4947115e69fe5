-- Names that live longer than a statement.
-- name: a cursor
BEGIN;
DECLARE c CURSOR FOR SELECT email FROM customers;
FETCH 5 FROM c;
MOVE 10 FROM c;
FETCH BACKWARD 2 FROM c;
COMMIT;
-- name: a cursor WITH HOLD
DECLARE c CURSOR WITH HOLD FOR SELECT amount FROM hr.salaries;
FETCH ALL c;
CLOSE c;
-- name: a scrolling binary cursor
BEGIN;
DECLARE c BINARY SCROLL CURSOR FOR TABLE customers;
FETCH LAST FROM c;
ROLLBACK;
-- name: a cursor for update and WHERE CURRENT OF
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM customers WHERE id = 3 FOR UPDATE;
FETCH c;
UPDATE customers SET city = 'Chur' WHERE CURRENT OF c RETURNING email;
ROLLBACK;
-- name: a cursor ordered by a masked column
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM hr.salaries ORDER BY amount;
FETCH 3 FROM c;
ROLLBACK;
-- name: the list of cursors
BEGIN;
DECLARE c CURSOR FOR SELECT email FROM customers;
SELECT statement FROM pg_cursors;
ROLLBACK;
-- name: PREPARE and EXECUTE
PREPARE p AS SELECT email FROM customers;
EXECUTE p;
-- name: PREPARE with a parameter as a guess
PREPARE p (text) AS SELECT id FROM customers WHERE email = $1;
EXECUTE p (':{email 3}');
-- name: EXECUTE with a subquery as its argument
PREPARE p (text) AS SELECT $1;
EXECUTE p ((SELECT email FROM customers WHERE id = 3));
-- name: a prepared statement whose names change their meaning
PREPARE p AS SELECT * FROM regions;
CREATE TEMP TABLE regions AS SELECT 1 AS id, email AS name FROM customers WHERE id = 3;
EXECUTE p;
-- name: a prepared statement under another search path
CREATE TEMP TABLE employees AS SELECT 1 AS id;
PREPARE p AS SELECT * FROM employees;
SET search_path = hr;
EXECUTE p;
-- name: EXPLAIN EXECUTE
PREPARE p AS SELECT id FROM customers WHERE email > 'm';
EXPLAIN EXECUTE p;
-- name: CREATE TABLE AS EXECUTE
PREPARE p AS SELECT email FROM customers;
CREATE TEMP TABLE t AS EXECUTE p;
SELECT * FROM t;
-- name: the list of prepared statements
PREPARE p AS SELECT email FROM customers;
SELECT name, statement FROM pg_prepared_statements;
-- name: a prepared INSERT with RETURNING
PREPARE p AS UPDATE customers SET city = city WHERE id = 3 RETURNING email;
EXECUTE p;
-- name: DEALLOCATE and prepare again
PREPARE p AS SELECT id FROM regions;
DEALLOCATE p;
PREPARE p AS SELECT email FROM customers;
EXECUTE p;
-- name: PREPARE in an aborted transaction stays unknown
BEGIN;
PREPARE p AS SELECT 1/0;
EXECUTE p;
EXECUTE p;
ROLLBACK;
EXECUTE p;
-- name: a generic plan forced by a setting
SET plan_cache_mode = force_generic_plan;
PREPARE p (text) AS SELECT count(*) FROM customers WHERE email > $1;
EXPLAIN EXECUTE p ('m');
-- name: FETCH from an unknown portal
FETCH ALL FROM "<unnamed portal 1>";
-- name: two-phase commit
BEGIN;
UPDATE customers SET city = 'Chur' WHERE id = 3;
PREPARE TRANSACTION 'door';
SELECT * FROM pg_prepared_xacts;
ROLLBACK PREPARED 'door';
-- name: EXPLAIN (COSTS OFF) EXECUTE
PREPARE p AS SELECT id FROM customers WHERE email > 'm';
EXPLAIN (COSTS OFF) EXECUTE p;
EXPLAIN (ANALYZE, TIMING OFF) EXECUTE p;
EXPLAIN (VERBOSE) EXECUTE p;
EXPLAIN (FORMAT JSON) EXECUTE p;
-- name: EXPLAIN of CREATE TABLE AS EXECUTE
PREPARE p AS SELECT email FROM customers WHERE email > 'm';
EXPLAIN CREATE TEMP TABLE t AS EXECUTE p;
EXPLAIN (COSTS OFF) CREATE TEMP TABLE t AS EXECUTE p;
-- name: CREATE TABLE AS EXECUTE with a guess
PREPARE p (text) AS SELECT id, email FROM customers WHERE email = $1;
CREATE TEMP TABLE t AS EXECUTE p (':{email 3}');
SELECT * FROM t;
-- name: a name that is prepared twice with other meanings
PREPARE p AS SELECT id, name FROM regions;
PREPARE p AS SELECT id, email FROM customers;
EXECUTE p;
DEALLOCATE p;
PREPARE p AS SELECT id, email FROM customers;
EXECUTE p;
-- name: a cursor with the name of another one after a savepoint
BEGIN;
DECLARE c CURSOR FOR SELECT id, name FROM regions;
SAVEPOINT a;
CLOSE c;
DECLARE c CURSOR FOR SELECT id, email FROM customers;
ROLLBACK TO a;
FETCH ALL FROM c;
ROLLBACK;
-- name: a cursor that lives on after an error
BEGIN;
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT email FROM customers WHERE id < 5;
SAVEPOINT a;
SELECT 1/0;
ROLLBACK TO a;
FETCH 2 FROM c;
COMMIT;
FETCH PRIOR FROM c;
-- name: a prepared statement that was rolled back
BEGIN;
PREPARE p AS SELECT email FROM customers WHERE id = 3;
ROLLBACK;
EXECUTE p;
-- name: a prepared statement whose table gets another meaning
PREPARE p AS SELECT * FROM customers WHERE id = 3;
BEGIN;
ALTER TABLE customers RENAME TO strangers;
CREATE TEMP TABLE customers (id integer, email text);
EXECUTE p;
ROLLBACK;
EXECUTE p;
