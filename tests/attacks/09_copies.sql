-- Copies of masked values elsewhere in the database.
-- name: a temporary table
CREATE TEMP TABLE t AS SELECT * FROM customers;
SELECT * FROM t;
-- name: a temporary table and a predicate
CREATE TEMP TABLE t AS SELECT id, email FROM customers;
SELECT id FROM t WHERE email = ':{email 3}';
-- name: INSERT into a temporary table
CREATE TEMP TABLE t (a text);
INSERT INTO t SELECT email FROM customers;
SELECT a FROM t ORDER BY a;
-- name: INSERT into an untagged table
INSERT INTO tasks (id, title) SELECT 9000 + id, email FROM customers;
SELECT title FROM tasks WHERE id > 9000 ORDER BY id;
-- name: SELECT INTO
SELECT id, amount INTO TEMP t FROM hr.salaries;
TABLE t;
-- name: CREATE TABLE LIKE with an INSERT
CREATE TEMP TABLE t (LIKE customers INCLUDING ALL);
INSERT INTO t SELECT * FROM customers;
SELECT email FROM t;
-- name: a temporary table that inherits
CREATE TEMP TABLE t () INHERITS (customers);
SELECT * FROM t;
-- name: a permanent table
CREATE TABLE copied AS SELECT * FROM customers;
SELECT * FROM copied;
-- name: UPDATE from a masked source
UPDATE tasks SET title = c.email FROM customers c WHERE tasks.id = c.id;
SELECT title FROM tasks ORDER BY id;
-- name: UPDATE by a subquery
UPDATE tasks SET title = (SELECT email FROM customers c WHERE c.id = tasks.id);
SELECT title FROM tasks ORDER BY id;
-- name: UPDATE of several columns by one subquery
UPDATE tasks SET (title, priority) = (SELECT email, length(email) FROM customers c WHERE c.id = tasks.id);
SELECT title, priority FROM tasks ORDER BY id;
-- name: a JSON copy
UPDATE tasks SET details = (SELECT to_jsonb(c) FROM customers c WHERE c.id = tasks.id);
SELECT details FROM tasks ORDER BY id;
-- name: a temporary view
CREATE TEMP VIEW v AS SELECT email FROM customers;
SELECT * FROM v;
-- name: a temporary sequence moved by a masked value
CREATE TEMP SEQUENCE s;
SELECT setval('s', (SELECT length(email) FROM customers WHERE id = 3));
SELECT nextval('s');
-- name: a temporary table with a masked default
CREATE TEMP TABLE t (id integer, a text DEFAULT email_of(3));
INSERT INTO t (id) VALUES (1);
SELECT a FROM t;
-- name: a temporary table with a generated column
CREATE TEMP TABLE t (id integer, a text GENERATED ALWAYS AS (email_of(id)) STORED);
INSERT INTO t (id) VALUES (3);
SELECT * FROM t;
-- name: a temporary table with a check that calls
CREATE TEMP TABLE t (id integer CHECK (email_of(id) < 'r'));
INSERT INTO t VALUES (1), (2), (3);
-- name: a temporary function
CREATE FUNCTION pg_temp.peek() RETURNS text LANGUAGE sql AS 'SELECT email FROM public.customers LIMIT 1';
SELECT pg_temp.peek();
-- name: ON COMMIT DROP
BEGIN;
CREATE TEMP TABLE t ON COMMIT DROP AS SELECT email FROM customers;
SELECT * FROM t;
COMMIT;
-- name: an unlogged table
CREATE UNLOGGED TABLE u AS SELECT email FROM customers;
SELECT * FROM u;
-- name: a materialised view of one's own
CREATE MATERIALIZED VIEW mine AS SELECT email FROM customers;
SELECT * FROM mine;
-- name: a foreign key as a probe
CREATE TEMP TABLE probe (email varchar(80) REFERENCES customers (email));
INSERT INTO probe VALUES (':{email 3}');
-- name: a value moved by DELETE and INSERT
WITH gone AS (DELETE FROM profiles WHERE id = 3 RETURNING *) INSERT INTO tasks (id, title) SELECT 9500, contact FROM gone RETURNING title;
