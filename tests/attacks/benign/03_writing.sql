-- name: INSERT
INSERT INTO tasks (id, title) VALUES (2000, 'x');
SELECT id, title, done FROM tasks WHERE id = 2000;
-- name: INSERT of several rows with RETURNING
INSERT INTO tasks (id, title) VALUES (2001, 'a'), (2002, 'b') RETURNING id, title, done;
-- name: INSERT RETURNING star
INSERT INTO tasks (id, title) VALUES (2003, 'a') RETURNING *;
-- name: INSERT with DEFAULT
INSERT INTO tasks (id, title, done) VALUES (2004, 'a', DEFAULT) RETURNING done;
-- name: INSERT DEFAULT VALUES that fails
INSERT INTO tasks DEFAULT VALUES;
-- name: INSERT from a SELECT
INSERT INTO tasks (id, title) SELECT id + 3000, name FROM regions ORDER BY id RETURNING id;
-- name: INSERT with a CTE
WITH n AS (SELECT max(id) + 1 AS id FROM tasks) INSERT INTO tasks (id, title) SELECT id, 'next' FROM n RETURNING id, title;
-- name: INSERT with parameters
-- parameters: 2005 | title | 3
INSERT INTO tasks (id, title, priority) VALUES ($1, $2, $3) RETURNING id, priority;
-- name: INSERT that meets a duplicate
INSERT INTO regions VALUES (1, 'north');
-- name: INSERT that misses a parent
INSERT INTO order_items VALUES (99999, 1, 1, 1);
-- name: INSERT that breaks a check
INSERT INTO order_items VALUES (1, 9, 1, 0);
-- name: INSERT of NULL where none may be
INSERT INTO regions VALUES (9, NULL);
-- name: upsert that inserts
INSERT INTO counters VALUES ('fresh', 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value;
-- name: upsert that updates
INSERT INTO counters VALUES ('visits', 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING name, value;
-- name: upsert that does nothing
INSERT INTO counters VALUES ('visits', 1) ON CONFLICT DO NOTHING;
-- name: upsert with a condition
INSERT INTO counters AS c VALUES ('visits', 1) ON CONFLICT (name) DO UPDATE SET value = 0 WHERE c.value > 100 RETURNING value;
-- name: UPDATE
UPDATE tasks SET done = true WHERE id = 1;
SELECT done FROM tasks WHERE id = 1;
-- name: UPDATE with RETURNING
UPDATE tasks SET priority = priority + 1, title = title || '!' WHERE id < 4 RETURNING id, title, priority;
-- name: UPDATE of no rows
UPDATE tasks SET done = true WHERE id = -1;
-- name: UPDATE FROM
UPDATE tasks t SET title = r.name FROM regions r WHERE r.id = t.id RETURNING t.id, t.title;
-- name: UPDATE with a subquery
UPDATE tasks SET priority = (SELECT count(*) FROM orders o WHERE o.customer_id = tasks.id) WHERE id < 5 RETURNING id, priority;
-- name: UPDATE of several columns at once
UPDATE tasks SET (title, priority) = ('both', 9) WHERE id = 2 RETURNING title, priority;
-- name: UPDATE of several columns by a subquery
UPDATE tasks SET (title, priority) = (SELECT name, id FROM regions WHERE id = 2) WHERE id = 2 RETURNING title, priority;
-- name: UPDATE of JSON
UPDATE tasks SET details = jsonb_set(details, '{n}', '100') WHERE id = 2 RETURNING details;
-- name: UPDATE of JSON by subscript
UPDATE tasks SET details['k'] = '"v"' WHERE id = 2 RETURNING details;
-- name: UPDATE of an unmasked column of a masked table
UPDATE customers SET city = 'Thun' WHERE id = 3;
SELECT id, city, email FROM customers WHERE id = 3;
-- name: UPDATE of a masked table with RETURNING
UPDATE customers SET age = 33 WHERE id = 3 RETURNING id, age, email;
-- name: UPDATE with parameters
-- parameters: true | 7
UPDATE tasks SET done = $1 WHERE id = $2 RETURNING id, done;
-- name: DELETE
DELETE FROM tasks WHERE id = 1;
SELECT count(*) FROM tasks;
-- name: DELETE with RETURNING
DELETE FROM tasks WHERE id IN (2, 3) RETURNING id, title;
-- name: DELETE USING
DELETE FROM tasks USING regions r WHERE r.id = tasks.id RETURNING tasks.id;
-- name: DELETE with a subquery
DELETE FROM order_items WHERE order_id IN (SELECT id FROM orders WHERE customer_id = 3);
-- name: DELETE of a referenced row
DELETE FROM regions WHERE id = 1;
-- name: DELETE that cascades
DELETE FROM orders WHERE id = 1;
SELECT count(*) FROM order_items WHERE order_id = 1;
-- name: a data-modifying CTE
WITH moved AS (DELETE FROM tasks WHERE id < 3 RETURNING id, title) INSERT INTO counters SELECT title, id FROM moved RETURNING name, value;
-- name: several data-modifying CTEs
WITH a AS (UPDATE tasks SET done = true WHERE id = 5 RETURNING id), b AS (DELETE FROM tasks WHERE id = 6 RETURNING id) SELECT a.id, b.id FROM a, b;
-- name: MERGE
MERGE INTO counters c USING (VALUES ('visits', 5), ('fresh', 6)) AS v(name, value) ON c.name = v.name WHEN MATCHED THEN UPDATE SET value = c.value + v.value WHEN NOT MATCHED THEN INSERT VALUES (v.name, v.value);
SELECT * FROM counters ORDER BY name;
-- name: a whole transaction
BEGIN;
INSERT INTO tasks (id, title) VALUES (2010, 'in transaction');
SELECT title FROM tasks WHERE id = 2010;
ROLLBACK;
SELECT count(*) FROM tasks WHERE id = 2010;
-- name: a committed transaction
BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE;
UPDATE counters SET value = value + 1 WHERE name = 'visits';
COMMIT;
SELECT value FROM counters WHERE name = 'visits';
-- name: savepoints
BEGIN;
INSERT INTO counters VALUES ('a', 1);
SAVEPOINT s;
INSERT INTO counters VALUES ('visits', 1);
ROLLBACK TO SAVEPOINT s;
RELEASE SAVEPOINT s;
COMMIT;
SELECT name FROM counters ORDER BY name;
-- name: an aborted transaction
BEGIN;
SELECT 1/0;
SELECT 1;
COMMIT;
-- name: a read-only transaction
START TRANSACTION READ ONLY;
INSERT INTO counters VALUES ('a', 1);
ROLLBACK;
-- name: AND CHAIN
BEGIN;
COMMIT AND CHAIN;
ROLLBACK AND NO CHAIN;
-- name: transaction control outside a transaction
COMMIT;
ROLLBACK;
-- name: a deferred read-only serializable transaction
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT count(*) FROM orders;
END;
-- name: a temporary table
CREATE TEMP TABLE scratch (id integer PRIMARY KEY, note text);
INSERT INTO scratch VALUES (1, 'a'), (2, 'b');
UPDATE scratch SET note = 'c' WHERE id = 1;
SELECT * FROM scratch ORDER BY id;
DROP TABLE scratch;
-- name: a temporary table from a query
CREATE TEMP TABLE picked AS SELECT id, email FROM customers WHERE id < 4;
SELECT * FROM picked ORDER BY id;
-- name: SELECT INTO TEMP
SELECT id, name INTO TEMP picked FROM regions;
SELECT count(*) FROM picked;
-- name: several statements in one message
-- one message
INSERT INTO counters VALUES ('m', 1);
UPDATE counters SET value = 2 WHERE name = 'm';
SELECT value FROM counters WHERE name = 'm';
-- name: several statements that fail together
-- one message
INSERT INTO counters VALUES ('m', 1);
SELECT 1/0;
-- name: nextval and currval
SELECT nextval('tasks_id_seq') > 0, currval('tasks_id_seq') > 0, lastval() > 0;
-- name: an identity column
INSERT INTO tasks (title) VALUES ('identity') RETURNING id > 0, title;
-- name: COPY in
-- data: 2100\tcopied\n2101\tcopied too
COPY tasks (id, title) FROM STDIN;
SELECT id, title FROM tasks WHERE id >= 2100 ORDER BY id;
-- name: COPY in as CSV
-- data: 2102,"a ""quoted"" title"
COPY tasks (id, title) FROM STDIN (FORMAT CSV);
SELECT title FROM tasks WHERE id = 2102;
-- name: COPY in that fails
-- data: x\ty
COPY tasks (id, title) FROM STDIN;
-- name: COPY out of a query
COPY (SELECT id, name FROM regions ORDER BY id) TO STDOUT;
-- name: COPY out as CSV with a header
COPY (SELECT id, name, price FROM products ORDER BY id LIMIT 5) TO STDOUT (FORMAT CSV, HEADER);
-- name: COPY out of a clear table
COPY regions TO STDOUT;
-- name: COPY out of chosen columns of a clear table
COPY products (id, name) TO STDOUT WITH (DELIMITER '|', NULL 'none');
