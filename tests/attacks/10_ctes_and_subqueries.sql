-- Names that hide other names.
-- name: a CTE
WITH c AS (SELECT * FROM customers) SELECT email FROM c;
-- name: a CTE with column names
WITH c(a, b, d) AS (SELECT id, name, email FROM customers) SELECT d FROM c;
-- name: a CTE named like the table it reads
WITH customers AS (SELECT * FROM customers) SELECT email FROM customers;
-- name: a CTE that hides a table only for unqualified names
WITH customers AS (SELECT 1 AS id, 'x' AS email) SELECT * FROM public.customers;
-- name: a CTE in a subquery does not hide outside of it
SELECT (WITH customers AS (SELECT 'x' AS email) SELECT email FROM customers), email FROM customers;
-- name: a later CTE does not hide in an earlier one
WITH a AS (SELECT * FROM customers), customers AS (SELECT 1 AS id) SELECT email FROM a;
-- name: a recursive CTE sees itself
WITH RECURSIVE customers AS (SELECT 1 AS id, 'x'::text AS email UNION ALL SELECT id + 1, email FROM customers WHERE id < 3) SELECT * FROM customers;
-- name: a later CTE hides in a recursive WITH
WITH RECURSIVE a AS (SELECT * FROM customers), customers AS (SELECT 1 AS id, 'x' AS email) SELECT * FROM a;
-- name: a CTE in one arm of a union
(WITH c AS (SELECT email FROM customers) SELECT * FROM c) UNION ALL SELECT city FROM customers;
-- name: a CTE attached to a union covers both arms
WITH c AS (SELECT email FROM customers) SELECT * FROM c UNION ALL SELECT * FROM c;
-- name: a CTE inside a CTE
WITH a AS (WITH b AS (SELECT email FROM customers) SELECT * FROM b) SELECT * FROM a;
-- name: a data-modifying CTE
WITH u AS (UPDATE customers SET city = 'Chur' WHERE id = 3 RETURNING *) SELECT * FROM u;
-- name: a CTE with a deleting statement
WITH d AS (DELETE FROM profiles WHERE id = 5 RETURNING contact, facts) SELECT * FROM d;
-- name: a CTE that is MATERIALIZED
WITH c AS MATERIALIZED (SELECT email FROM customers) SELECT * FROM c WHERE email > 'm';
-- name: a CTE over an INSERT
WITH c AS (SELECT email FROM customers WHERE id = 3) INSERT INTO counters SELECT email, 1 FROM c RETURNING name;
-- name: a CTE in an UPDATE
WITH c AS (SELECT id, email FROM customers) UPDATE tasks SET title = c.email FROM c WHERE tasks.id = c.id RETURNING title;
-- name: an alias that hides a table
SELECT customers.email FROM regions AS customers, public.customers AS c WHERE c.id = 3;
-- name: an alias of another table with the tagged table's name
SELECT customers.* FROM regions customers;
-- name: deep subqueries
SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT email AS e FROM customers) a) b) c;
-- name: a correlated subquery in the list
SELECT r.id, (SELECT max(c.email) FROM customers c WHERE c.region_id = r.id) FROM regions r;
-- name: an outer reference from deep inside
SELECT (SELECT (SELECT c.email)) FROM customers c;
-- name: an unqualified outer reference
SELECT (SELECT email FROM regions LIMIT 1) FROM customers;
-- name: a column that the inner table does not have
SELECT id FROM regions WHERE id IN (SELECT region_id FROM customers WHERE length(email) > 20);
-- name: an EXISTS with an outer masked column
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM regions WHERE c.email > 'v') ORDER BY 1;
-- name: ARRAY of a correlated subquery in a predicate
SELECT id FROM regions r WHERE ':{email 3}' = ANY (ARRAY(SELECT email FROM customers c WHERE c.region_id = r.id));
-- name: parenthesised joins
SELECT x.email FROM ((customers x CROSS JOIN regions)) WHERE regions.id = 1;
-- name: VALUES joined with outer columns
SELECT v.a FROM customers c CROSS JOIN LATERAL (VALUES (c.email), (c.phone)) v(a);
