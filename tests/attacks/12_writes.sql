-- What a write tells.
-- name: INSERT RETURNING a masked column
INSERT INTO customers (id, name, email) VALUES (900, 'new', 'new@example.org') RETURNING *;
-- name: INSERT RETURNING a subquery
INSERT INTO counters VALUES ('a', 1) RETURNING (SELECT email FROM customers WHERE id = 3);
-- name: UPDATE RETURNING star
UPDATE customers SET city = 'Chur' WHERE id = 3 RETURNING *;
-- name: UPDATE RETURNING a whole row
UPDATE customers SET city = 'Chur' WHERE id = 3 RETURNING customers;
-- name: UPDATE RETURNING an expression
UPDATE customers AS c SET city = 'Chur' WHERE id = 3 RETURNING upper(c.email), length(phone);
-- name: UPDATE RETURNING a whole row by alias
UPDATE customers AS c SET city = 'Chur' WHERE id = 3 RETURNING c, row_to_json(c);
-- name: DELETE RETURNING
DELETE FROM profiles WHERE id = 3 RETURNING *;
-- name: DELETE USING a masked column
DELETE FROM tasks USING customers c WHERE tasks.id = c.id AND c.email > 'v';
-- name: UPDATE by a masked predicate
UPDATE customers SET city = 'hit' WHERE email LIKE 'q%';
SELECT id FROM customers WHERE city = 'hit' ORDER BY id;
-- name: DELETE by a masked predicate
DELETE FROM profiles WHERE contact LIKE 'Q%';
-- name: UPDATE of a clear column from a masked one
UPDATE customers SET city = email WHERE id = 3;
SELECT city FROM customers WHERE id = 3;
-- name: UPDATE of a clear column by a masked condition
UPDATE customers SET age = CASE WHEN email > 'v' THEN 1 ELSE 2 END;
SELECT id, age FROM customers ORDER BY id;
-- name: UPDATE of a clear column by a masked length
UPDATE customers SET age = length(email);
SELECT id, age FROM customers ORDER BY id;
-- name: UPDATE of a masked column from itself
UPDATE customers SET email = left(email, 3) || id WHERE id = 3 RETURNING email;
-- name: swap of masked and clear columns
UPDATE customers SET (city, name) = (email, phone) WHERE id = 3 RETURNING city, name;
-- name: UPDATE by a row from the same table
UPDATE customers SET (city, name) = (SELECT c.email, c.phone FROM customers c WHERE c.id = customers.id) WHERE id = 3 RETURNING city;
-- name: UPDATE joined with itself
UPDATE customers SET city = o.email FROM customers o WHERE o.id = customers.id AND o.id = 3 RETURNING customers.city;
-- name: a unique column as an oracle
INSERT INTO customers (id, name, email) VALUES (901, 'probe', ':{email 3}');
-- name: a unique column as an oracle that stays silent
INSERT INTO customers (id, name, email) VALUES (901, 'probe', ':{email 3}') ON CONFLICT DO NOTHING;
-- name: a unique column as an oracle in a transaction
BEGIN;
INSERT INTO customers (id, name, email) VALUES (901, 'probe', ':{email 3}');
ROLLBACK;
-- name: a check between masked and clear columns
UPDATE accounts SET used = 975000000 WHERE id = 3;
-- name: a check between masked and clear columns by binary search
BEGIN;
UPDATE accounts SET used = 973000000 WHERE id = 1;
UPDATE accounts SET used = 985000000 WHERE id = 1;
ROLLBACK;
-- name: ON CONFLICT DO UPDATE reads the old row
INSERT INTO customers (id, name, email) VALUES (3, 'x', 'y@example.org') ON CONFLICT (id) DO UPDATE SET city = customers.email RETURNING city;
-- name: ON CONFLICT DO UPDATE with a masked condition
INSERT INTO customers (id, name, email) VALUES (3, 'x', 'y@example.org') ON CONFLICT (id) DO UPDATE SET city = 'hit' WHERE customers.email LIKE 'q%' RETURNING id;
-- name: ON CONFLICT on the masked unique column
INSERT INTO customers (id, name, email) VALUES (902, 'x', ':{email 3}') ON CONFLICT (email) DO UPDATE SET city = 'hit' RETURNING id;
-- name: ON CONFLICT ON CONSTRAINT
INSERT INTO customers (id, name, email) VALUES (903, 'x', ':{email 3}') ON CONFLICT ON CONSTRAINT customers_email_key DO UPDATE SET age = 1 RETURNING *;
-- name: ON CONFLICT whole row
INSERT INTO customers (id, name, email) VALUES (3, 'x', 'y@example.org') ON CONFLICT (id) DO UPDATE SET city = customers::text RETURNING city;
-- name: ON CONFLICT reads excluded
INSERT INTO customers (id, name, email) VALUES (3, 'x', 'y@example.org') ON CONFLICT (id) DO UPDATE SET city = excluded.email RETURNING city;
-- name: MERGE with a masked condition
MERGE INTO tasks t USING customers c ON t.id = c.id WHEN MATCHED AND c.email > 'v' THEN UPDATE SET title = 'hit' WHEN NOT MATCHED THEN DO NOTHING;
SELECT id FROM tasks WHERE title = 'hit' ORDER BY id;
-- name: MERGE into a masked table
MERGE INTO customers c USING (VALUES (3)) v(id) ON c.id = v.id WHEN MATCHED AND c.email LIKE 'q%' THEN UPDATE SET city = 'hit';
SELECT id FROM customers WHERE city = 'hit';
-- name: MERGE copies a masked value
MERGE INTO tasks t USING customers c ON t.id = c.id WHEN MATCHED THEN UPDATE SET title = c.email;
SELECT title FROM tasks ORDER BY id;
-- name: the number of updated rows
UPDATE customers SET age = age WHERE email < 'v';
-- name: an UPDATE whose trigger speaks
UPDATE accounts SET used = 0 WHERE id = 3;
-- name: a DELETE that cascades
DELETE FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE email > 'v');
-- name: INSERT DEFAULT VALUES RETURNING a masked subquery
INSERT INTO tasks (title) VALUES ((SELECT email FROM customers WHERE id = 3)) RETURNING title;
-- name: SELECT FOR UPDATE
SELECT email FROM customers WHERE id = 3 FOR UPDATE;
-- name: SELECT FOR UPDATE SKIP LOCKED by a masked predicate
SELECT id FROM customers WHERE email > 'v' ORDER BY id FOR UPDATE SKIP LOCKED;
-- name: a write of the value that was shown
UPDATE customers SET phone = 'tok-3' WHERE id = 3;
-- name: TRUNCATE of a tagged table
TRUNCATE clinic.vault;
-- name: UPDATE of a generated column's source
UPDATE profiles SET contact = contact WHERE id = 3 RETURNING contact_lower;
-- name: array elements of a masked column in SET
UPDATE profiles SET aliases[1] = 'x' WHERE id = 3 RETURNING aliases;
-- name: JSON subscript of a masked column in SET
UPDATE profiles SET facts['new'] = '1' WHERE id = 3 RETURNING facts;
