-- Functions, procedures, triggers and types of the schema that touch nothing masked.
-- name: a pure function in SQL
SELECT id, add_one(id) FROM regions ORDER BY id;
-- name: a pure function in PL/pgSQL
SELECT id, initials(name) FROM customers ORDER BY id LIMIT 10;
-- name: a function over a masked column
SELECT id, upper(email), initials(email) FROM customers ORDER BY id LIMIT 5;
-- name: a function over a whole row
SELECT describe(c) FROM customers c ORDER BY id LIMIT 5;
-- name: a function that reads what is not masked
SELECT lookup(id) FROM customers ORDER BY id LIMIT 5;
-- name: a function with OUT parameters
SELECT c.id, o.orders, o.worth FROM customers c, orders_of(c.id) o ORDER BY c.id LIMIT 5;
-- name: a function that returns rows
SELECT id, name, price FROM cheap_products(20) ORDER BY id;
-- name: a function with a parsed body
SELECT id, order_state(id) FROM orders ORDER BY id LIMIT 5;
-- name: a function without a search path of its own
SELECT count_of_employees();
-- name: a function that writes
SELECT set_counter('visits', 12);
SELECT * FROM counters ORDER BY name;
-- name: a procedure
CALL close_task(3);
SELECT id, done FROM tasks WHERE id = 3;
-- name: an aggregate
SELECT concat_all(name ORDER BY id) FROM regions;
-- name: a domain
SELECT 33::percentage, '7'::quantity;
-- name: an operator
SELECT name FROM regions WHERE name === 'north';
-- name: a trigger that sets a time
UPDATE members SET nickname = 'x' WHERE id = 3 RETURNING nickname, updated_at;
-- name: a trigger that keeps a log of what is not masked
UPDATE members SET points = 50 WHERE id = 3;
SELECT title FROM tasks WHERE title LIKE 'member%';
-- name: inserting into a table with triggers for updates
INSERT INTO members (id, contact, nickname) VALUES (77, 'new', 'n');
SELECT nickname, points FROM members WHERE id = 77;
-- name: a view with a function
SELECT pg_get_functiondef('add_one'::regproc) LIKE '%add_one%';
-- name: definitions
SELECT proname, prosrc FROM pg_proc WHERE proname IN ('add_one', 'initials') ORDER BY 1;
SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'members'::regclass ORDER BY 1;
-- name: OUT parameters without names
SELECT * FROM pair(3);
SELECT column1, p.column2 FROM pair(4) p;
-- name: a body of no statements
SELECT nothing();
