-- Constructs of the grammar that others forget.
-- name: a view written by a masked predicate
UPDATE customer_directory SET city = 'hit' WHERE email LIKE 'q%';
SELECT id FROM customers WHERE city = 'hit' ORDER BY id;
-- name: a view that returns masked columns
UPDATE customer_directory SET city = 'Chur' WHERE id = 3 RETURNING email;
-- name: a view that returns everything
UPDATE customer_directory SET city = 'Chur' WHERE id = 3 RETURNING *;
-- name: a view that returns its whole row
UPDATE customer_directory d SET city = 'Chur' WHERE id = 3 RETURNING d, row_to_json(d), (d).email, d.*;
-- name: a view that writes a masked value into a clear column
UPDATE customer_directory SET city = email WHERE id = 3;
SELECT city FROM customers WHERE id = 3;
-- name: a view of a view that writes a masked value
UPDATE directory_of_directory SET city = shout WHERE id = 3;
SELECT city FROM customers WHERE id = 3;
-- name: a view of a view that deletes by a masked value
DELETE FROM directory_of_directory WHERE shout LIKE 'Q%';
-- name: a view of a view that returns
UPDATE directory_of_directory SET city = 'x' WHERE id = 3 RETURNING shout;
-- name: a view as a unique oracle
INSERT INTO customer_directory (id, name, email) VALUES (950, 'x', ':{email 3}');
-- name: a view as a silent unique oracle
INSERT INTO customer_directory (id, name, email) VALUES (950, 'x', ':{email 3}') ON CONFLICT DO NOTHING;
-- name: a view with a conflict on the masked column
INSERT INTO customer_directory (id, name, email) VALUES (950, 'x', ':{email 3}') ON CONFLICT (email) DO UPDATE SET city = 'hit' RETURNING id;
-- name: a view with a conflict that reads the old row
INSERT INTO customer_directory (id, name, email) VALUES (3, 'x', 'y@example.org') ON CONFLICT (id) DO UPDATE SET city = customer_directory.email RETURNING city;
-- name: a view whose masked column is changed
UPDATE customer_directory SET email = 'x' || id WHERE id = 3;
-- name: a view of whole rows
UPDATE row_view SET id = id WHERE (whole).email LIKE 'q%' RETURNING id;
-- name: a view of whole rows that returns
UPDATE row_view SET id = id WHERE id = 3 RETURNING whole;
-- name: a view updated from another table
UPDATE customer_directory d SET city = 'hit' FROM customers c WHERE c.id = d.id AND d.email > 'm' RETURNING d.id;
-- name: a view joined in MERGE
MERGE INTO counters t USING customer_directory d ON t.name = d.email WHEN NOT MATCHED THEN INSERT VALUES (d.email, 1);
SELECT * FROM counters ORDER BY 1;
-- name: MERGE into a view
MERGE INTO customer_directory d USING (SELECT 3 AS id) s ON s.id = d.id WHEN MATCHED AND d.email LIKE 'q%' THEN UPDATE SET city = 'hit';
SELECT city FROM customers WHERE id = 3;
-- name: MERGE by a masked condition
MERGE INTO customers c USING (SELECT 3 AS id) s ON s.id = c.id WHEN MATCHED AND c.email LIKE 'q%' THEN UPDATE SET city = 'hit';
SELECT city FROM customers WHERE id = 3;
-- name: MERGE that copies a masked column
MERGE INTO customers c USING (SELECT 3 AS id) s ON s.id = c.id WHEN MATCHED THEN UPDATE SET city = c.email;
SELECT city FROM customers WHERE id = 3;
-- name: a repeatable sample of a masked table
SELECT id FROM customers TABLESAMPLE BERNOULLI (30) REPEATABLE (1) ORDER BY id;
-- name: a sample by blocks of a masked table
SELECT id FROM customers TABLESAMPLE SYSTEM (30) ORDER BY id;
-- name: a sample by blocks of a masked table, repeatable
SELECT id FROM customers AS c TABLESAMPLE SYSTEM (30) REPEATABLE (1) ORDER BY id;
-- name: a sample by a masked value
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI ((SELECT length(email) FROM customers WHERE id = 3)) REPEATABLE (1);
-- name: system columns beside tableoid
SELECT tableoid, ctid FROM customers ORDER BY id LIMIT 200;
-- name: tableoid beside star
SELECT tableoid, * FROM customers WHERE id = 3;
-- name: tableoid and xmin
SELECT c.tableoid, c.xmin, c.cmax FROM customers c WHERE id = 3;
-- name: ctid of a written row
UPDATE customers SET city = 'x' WHERE id = 3 RETURNING ctid, tableoid;
-- name: writing by ctid
UPDATE customers SET city = 'x' WHERE ctid = '(2,1)' RETURNING id;
-- name: four-part names
SELECT shop.public.customers.email FROM shop.public.customers WHERE shop.public.customers.email LIKE 'q%';
-- name: four-part names in a write
UPDATE shop.public.customers SET city = shop.public.customers.email WHERE shop.public.customers.id = 3 RETURNING shop.public.customers.email, city;
-- name: four-part whole rows
SELECT shop.public.customers.* FROM shop.public.customers WHERE id = 3;
-- name: Unicode names
SELECT U&"\0065mail", U&"em!0061il" UESCAPE '!' FROM U&"customers" WHERE U&"\0065mail" LIKE 'q%';
-- name: a Unicode name beside a comment
SELECT email FROM public./**/U&"c!0075stomers"/*x*/UESCAPE/*y*/'!' AS c WHERE c.id = 3;
-- name: a Unicode table command
TABLE U&"c\0075stomers";
-- name: a Unicode name in a write
DELETE FROM U&"profiles" WHERE U&"\0063ontact" LIKE 'Q%' RETURNING U&"\0063ontact";
-- name: a search by a masked column
WITH RECURSIVE n (id, email) AS (SELECT id, email FROM customers WHERE id < 9 UNION ALL SELECT id + 1, email FROM n WHERE id < 5) SEARCH DEPTH FIRST BY email SET o SELECT id, o FROM n ORDER BY o, id;
-- name: a cycle by a masked column
WITH RECURSIVE n (id, email) AS (SELECT id, email FROM customers WHERE id < 9 UNION ALL SELECT id, email FROM n) CYCLE email SET again TO (SELECT min(email) FROM customers) DEFAULT 'x' USING path SELECT id, again, path FROM n ORDER BY id;
-- name: grouping sets over masked columns
SELECT email, count(*), grouping(email) FROM customers GROUP BY GROUPING SETS ((email), ()) ORDER BY 1 LIMIT 5;
-- name: grouping sets by a key
SELECT c.id, c.email, c.phone FROM customers c GROUP BY GROUPING SETS ((c.id), (c.id, c.city)) ORDER BY c.email LIMIT 5;
-- name: RETURNING a whole row and its parts
UPDATE customers SET city = 'Chur' WHERE id = 3 RETURNING customers, (customers).email, customers.email, row(customers.*), email(customers), to_json(customers);
-- name: RETURNING a whole row of a deleted row
DELETE FROM profiles AS p WHERE id = 3 RETURNING p, (p).facts, (p).*;
-- name: RETURNING a whole row into a WITH query
WITH w AS (UPDATE customers SET city = 'Chur' WHERE id = 3 RETURNING customers AS c) SELECT (c).email FROM w;
-- name: INSERT RETURNING a whole row
INSERT INTO profiles (id, customer_id, contact) VALUES (900, 1, 'mine') RETURNING profiles, contact;
-- name: a whole row in a condition of a write
UPDATE customers SET city = 'hit' WHERE customers::text LIKE '%q%' RETURNING id;
-- name: a row filled from a masked row
SELECT json_populate_record(c, '{"id": 1}'), jsonb_populate_record(c, '{}') FROM customers c WHERE id = 3;
-- name: rows filled from a masked row in FROM
SELECT r.* FROM customers c, jsonb_populate_record(c, '{"city": "x"}') r WHERE c.id = 3;
-- name: rows from an array of masked rows
SELECT x.* FROM unnest(ARRAY(SELECT c FROM customers c WHERE id < 4)) x;
-- name: a field of rows from an array of masked rows
SELECT x.email FROM unnest(ARRAY(SELECT c FROM customers c WHERE id < 4)) x;
-- name: COPY with a condition on a masked table
-- simple
-- data: 951\tx\t:{email 3}\n
COPY customers (id, name, email) FROM STDIN WHERE email LIKE 'q%';
-- name: COPY with a condition that reads
-- simple
-- data: 951\tx\n
COPY tasks (id, title) FROM STDIN WHERE id > (SELECT max(length(email)) FROM customers);
-- name: a temporary table like a masked one, with all
CREATE TEMP TABLE mirror (LIKE customers INCLUDING ALL);
INSERT INTO mirror SELECT * FROM customers WHERE id < 4;
SELECT * FROM mirror ORDER BY id;
-- name: a temporary table that inherits from a masked one
CREATE TEMP TABLE heir () INHERITS (people);
SELECT * FROM people ORDER BY id LIMIT 3;
-- name: a default that calls stored code
CREATE TEMP TABLE d (id integer, e text DEFAULT email_of(3));
INSERT INTO d VALUES (1) RETURNING *;
-- name: a check that calls stored code
CREATE TEMP TABLE d (id integer CHECK (email_of(id) LIKE 'q%'));
INSERT INTO d VALUES (3);
-- name: a column added with a default that calls stored code
CREATE TEMP TABLE d (id integer);
INSERT INTO d VALUES (3);
ALTER TABLE d ADD COLUMN e text DEFAULT email_of(3);
SELECT * FROM d;
-- name: a type changed by stored code
CREATE TEMP TABLE d (id integer);
INSERT INTO d VALUES (3);
ALTER TABLE d ALTER COLUMN id TYPE text USING email_of(id);
SELECT * FROM d;
-- name: a generated column that calls stored code
CREATE TEMP TABLE d (id integer, e text GENERATED ALWAYS AS (email_of(id)) STORED);
-- name: an index that calls stored code
CREATE TEMP TABLE d (id integer);
CREATE INDEX ON d (email_of(id));
-- name: partitions by stored code
CREATE TEMP TABLE d (id integer) PARTITION BY LIST (email_of(id));
-- name: a temporary table in place of a masked one
CREATE TEMP TABLE customers (id integer, email text);
INSERT INTO customers VALUES (1, 'mine');
SELECT email FROM customers;
SELECT email FROM public.customers WHERE id = 3;
DROP TABLE customers;
SELECT email FROM customers WHERE id = 3;
-- name: a temporary table renamed into a masked one's place
CREATE TEMP TABLE c1 (id integer, email text);
ALTER TABLE c1 RENAME TO customers;
SELECT email FROM customers;
DROP TABLE customers;
SELECT email FROM customers WHERE id = 3;
-- name: EXPLAIN with SUMMARY and SETTINGS
EXPLAIN (SUMMARY OFF, SETTINGS ON) SELECT * FROM customers WHERE email > 'm';
-- name: EXPLAIN with costs and SUMMARY
EXPLAIN (COSTS ON, SUMMARY OFF) SELECT city FROM customers GROUP BY email, city;
-- name: an advisory lock by a masked value
SELECT pg_try_advisory_lock(hashtext(email)) FROM customers WHERE id = 3;
SELECT objid FROM pg_locks WHERE locktype = 'advisory';
-- name: a cast as a call of a masked value
SELECT regclass(email) FROM customers WHERE id = 3;
-- name: a cast as a call that fails on a masked value
SELECT inet(email), uuid(phone), jsonb(city) FROM customers WHERE id = 3;
-- name: a check through a view
UPDATE accounts SET used = 975000000 WHERE id = 3;
-- name: how much room masked tables take
SELECT pg_relation_size('customers'), pg_table_size('customers'::regclass), pg_total_relation_size('public.customers'), pg_indexes_size('customers');
-- name: how much room everything takes
SELECT c.relname, pg_relation_size(c.oid), pg_catalog.pg_table_size(c.oid), pg_total_relation_size(to_regclass(c.relname::text)) FROM pg_class c ORDER BY 1;
-- name: how much room everything takes, with TOAST
SELECT c.relname, pg_total_relation_size(c.oid), pg_relation_size(c.reltoastrelid), pg_relation_size(c.oid, 'fsm') FROM pg_class c WHERE c.relkind IN ('r', 'm', 'i', 't') AND c.relnamespace <> 11 ORDER BY 1;
-- name: how much room the database takes
SELECT pg_database_size(current_database()), pg_database_size('shop'), pg_database_size((SELECT oid FROM pg_database WHERE datname = 'shop'));
-- name: how much room the tablespace takes
SELECT pg_tablespace_size('pg_default');
-- name: tables chosen by the room they take
SELECT relname FROM pg_class WHERE pg_relation_size(oid) > 16000 AND relnamespace <> 11 ORDER BY 1;
