-- One scenario or more for each construct, with and without masked columns.
-- name: writing through a view
UPDATE open_orders SET total = total + 1 WHERE id = 5 RETURNING id, total;
-- name: writing through a view of a masked table
UPDATE customer_directory SET city = 'Chur' WHERE id = 3;
SELECT id, city, email FROM customers WHERE id = 3;
-- name: writing through a view that returns columns in clear
UPDATE customer_directory SET name = 'new' WHERE id = 4 RETURNING id, name, city;
-- name: deleting through a view
DELETE FROM open_orders WHERE id = 5 RETURNING customer_id;
-- name: inserting through a view
INSERT INTO open_orders (id, customer_id, total) VALUES (90001, 1, 5);
-- name: a search clause
WITH RECURSIVE chain (id, manager_id, name) AS (SELECT id, manager_id, name FROM hr.employees WHERE manager_id IS NULL
UNION ALL SELECT e.id, e.manager_id, e.name FROM hr.employees e JOIN chain c ON e.manager_id = c.id) SEARCH DEPTH FIRST BY name SET path
SELECT id, name FROM chain ORDER BY path, id;
-- name: a breadth-first search clause
WITH RECURSIVE chain AS (SELECT id, manager_id FROM hr.employees WHERE manager_id IS NULL
UNION ALL SELECT e.id, e.manager_id FROM hr.employees e JOIN chain c ON e.manager_id = c.id) SEARCH BREADTH FIRST BY id SET o
SELECT id, o FROM chain ORDER BY o;
-- name: a cycle clause
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i % 3 + 1 FROM n) CYCLE i SET again USING path SELECT i, again, path FROM n ORDER BY path;
-- name: a cycle clause over a masked table
WITH RECURSIVE n (id, next, email) AS (SELECT id, id % 3 + 1, email FROM customers WHERE id = 1
UNION ALL SELECT c.id, c.id % 3 + 1, c.email FROM customers c JOIN n ON c.id = n.next) CYCLE id SET again TO 'Y' DEFAULT 'N' USING path
SELECT id, email, again FROM n ORDER BY path;
-- name: a sample of a masked table
SELECT count(*) BETWEEN 0 AND 200, min(email) IS NULL OR true FROM customers TABLESAMPLE BERNOULLI (50);
-- name: a whole sample of a masked table
SELECT c.id, c.email FROM customers AS c TABLESAMPLE BERNOULLI (100) ORDER BY c.id LIMIT 5;
-- name: a repeatable sample
SELECT count(*) FROM orders TABLESAMPLE SYSTEM (100) REPEATABLE (7);
-- name: a sample by an expression
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI (50 + 50);
-- name: tableoid of a masked table
SELECT id, tableoid::regclass, email FROM customers ORDER BY id LIMIT 3;
-- name: tableoid of a partitioned table
SELECT l.tableoid::regclass AS part, count(*) FROM logins l GROUP BY 1 ORDER BY 1;
-- name: tableoid of an inheritance tree
SELECT p.tableoid::regclass, p.id, p.ssn FROM people p ORDER BY p.id LIMIT 4;
-- name: names with the database
SELECT shop.public.customers.id, shop.public.customers.email FROM shop.public.customers WHERE shop.public.customers.id < 4 ORDER BY 1;
-- name: a name with the database in a write
UPDATE shop.public.tasks SET title = 'x' WHERE shop.public.tasks.id = 1;
-- name: another database
SELECT * FROM elsewhere.public.customers;
-- name: names with Unicode escapes
SELECT U&"\0065mail" FROM U&"cust!006fmers" UESCAPE '!' WHERE id = 3;
-- name: names with Unicode escapes, qualified
SELECT public.U&"cust\006fmers".id FROM public.U&"cust\006fmers" ORDER BY 1 LIMIT 2;
-- name: casts as calls
SELECT regtype('int4'), inet('10.0.0.1'), uuid('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), jsonb('{"a": 1}'), regclass('public.customers')::text;
-- name: grouping sets with a key
SELECT c.id, c.name, c.email, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id < 5 GROUP BY GROUPING SETS ((c.id), (c.id, o.status)) ORDER BY 1, 4;
-- name: rollup over a masked table
SELECT city, region_id, count(email), grouping(city, region_id) FROM customers GROUP BY ROLLUP (city, region_id) ORDER BY 1, 2;
-- name: cube
SELECT city, age > 50, count(*) FROM customers GROUP BY CUBE (city, (age > 50)) ORDER BY 1, 2;
-- name: grouping by a key without its columns grouped
SELECT c.id, name, email FROM customers c GROUP BY ROLLUP (c.id);
-- name: RETURNING a whole row
UPDATE tasks SET done = true WHERE id = 4 RETURNING tasks;
-- name: RETURNING fields of a whole row
UPDATE customers c SET city = 'Thun' WHERE id = 3 RETURNING (c).id, (c).email;
-- name: RETURNING a whole row as json
UPDATE customers SET city = 'Thun' WHERE id = 3 RETURNING row_to_json(customers);
-- name: RETURNING a whole row of a masked table
DELETE FROM profiles WHERE id = 3 RETURNING profiles;
-- name: COPY with a condition
-- simple
-- data: 3001\tone\n3002\ttwo\n
COPY tasks (id, title) FROM STDIN WHERE title <> 'two' AND length(title) < 9;
SELECT id, title FROM tasks WHERE id > 3000;
-- name: EXPLAIN with harmless options
EXPLAIN (COSTS OFF, SUMMARY OFF) SELECT id FROM tasks WHERE id = 3;
-- name: EXPLAIN of a masked table as JSON
EXPLAIN (COSTS OFF, FORMAT JSON, SETTINGS) SELECT city FROM customers WHERE id = 3;
-- name: advisory locks of a session
SELECT pg_try_advisory_lock(42), pg_advisory_unlock(42);
-- name: advisory locks of a transaction
BEGIN;
SELECT pg_advisory_xact_lock(1, 2);
SELECT pg_try_advisory_xact_lock(7);
COMMIT;
-- name: a temporary table with everything
CREATE TEMPORARY TABLE basket (id serial PRIMARY KEY, name text NOT NULL DEFAULT upper('x'), amount numeric(8,2) CHECK (amount > 0 AND amount < 100 * 10),
total numeric GENERATED ALWAYS AS (amount * 2) STORED, at timestamptz DEFAULT now(), UNIQUE (name, amount), CHECK (length(name) < 20));
INSERT INTO basket (name, amount) VALUES ('a', 1), ('b', 2) RETURNING id, name, total;
UPDATE basket SET amount = amount + 1;
CREATE INDEX ON basket (lower(name)) WHERE amount > 1;
ALTER TABLE basket ADD COLUMN note text DEFAULT 'none', ALTER COLUMN name DROP NOT NULL;
ALTER TABLE basket RENAME COLUMN note TO remark;
ALTER TABLE basket ALTER COLUMN amount TYPE integer USING round(amount);
ANALYZE basket;
SELECT id, name, amount, total, remark FROM basket ORDER BY id;
TRUNCATE basket;
SELECT count(*) FROM basket;
DROP TABLE basket;
-- name: a temporary table whose check fails
CREATE TEMP TABLE checked (n integer CHECK (n % 2 = 0));
INSERT INTO checked VALUES (3);
-- name: a temporary table like another
CREATE TEMP TABLE tasks_copy (LIKE tasks);
INSERT INTO tasks_copy SELECT * FROM tasks WHERE id < 4;
SELECT id, title FROM tasks_copy ORDER BY id;
-- name: a temporary table like a masked one
CREATE TEMP TABLE mirror (LIKE customers);
INSERT INTO mirror SELECT * FROM customers WHERE id < 4;
SELECT id, email, phone FROM mirror ORDER BY id;
-- name: a temporary table dropped at the end of the transaction
BEGIN;
CREATE TEMP TABLE brief ON COMMIT DROP AS SELECT id, email FROM customers WHERE id < 3;
SELECT * FROM brief ORDER BY 1;
COMMIT;
-- name: a temporary sequence
CREATE TEMP SEQUENCE ticks START 5 INCREMENT 5;
SELECT nextval('ticks'), nextval('ticks'), currval('ticks');
-- name: a sequence
SELECT nextval('tasks_id_seq') > 0, currval('public.tasks_id_seq') = lastval();
-- name: DISTINCT ON with masks
SELECT DISTINCT ON (city) city, id, email FROM customers ORDER BY city, id DESC;
-- name: window frames
SELECT id, total, sum(total) OVER w, lag(total, 2, 0::numeric) OVER w, avg(total) OVER (PARTITION BY status ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES)
FROM orders WHERE id < 20 WINDOW w AS (ORDER BY id RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) ORDER BY id;
-- name: window functions over masks
SELECT id, email, row_number() OVER (PARTITION BY city ORDER BY id), first_value(email) OVER (PARTITION BY city ORDER BY id) FROM customers WHERE id < 30 ORDER BY id;
-- name: window groups frames
SELECT id, count(*) OVER (ORDER BY city GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW), ntile(4) OVER (ORDER BY id), percent_rank() OVER (ORDER BY age) FROM customers ORDER BY id LIMIT 20;
-- name: LATERAL
SELECT c.id, c.email, last.id FROM customers c CROSS JOIN LATERAL (SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed DESC, o.id LIMIT 1) last WHERE c.id < 9 ORDER BY 1;
-- name: LATERAL functions
SELECT p.id, l.label, l.ordinality FROM products p, unnest(p.labels) WITH ORDINALITY AS l(label, ordinality) WHERE p.id < 5 ORDER BY 1, 3;
-- name: ROWS FROM
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b']), jsonb_each_text('{"k": 1}')) WITH ORDINALITY AS r(n, letter, k, v, o);
-- name: json_to_recordset
SELECT * FROM json_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS r(a integer, b text);
-- name: jsonb_populate_record
SELECT * FROM jsonb_populate_record(NULL::tasks, '{"id": 5, "title": "t", "done": true}');
-- name: jsonb_populate_recordset
SELECT id, title FROM jsonb_populate_recordset(NULL::public.tasks, '[{"id": 5, "title": "t"}, {"id": 6}]') ORDER BY id;
-- name: json_populate_record of a masked table's row type
SELECT (json_populate_record(NULL::customers, '{"id": 5, "email": "mine"}')).*;
-- name: rows of a table from an array
SELECT x.id, x.title FROM unnest(ARRAY(SELECT t FROM tasks t WHERE id < 3)) x ORDER BY 1;
-- name: fields of a composite
SELECT (ROW('s', 'c')::address).street, (ROW('s', 'c')::address).*;
-- name: an array of composites
SELECT a.street, a.city FROM unnest(ARRAY[ROW('s1', 'c1')::address, ROW('s2', 'c2')::address]) AS a;
-- name: a domain
SELECT 5::quantity + 1, CAST('7' AS public.quantity);
-- name: a domain that is broken
SELECT 0::quantity;
-- name: an enum
SELECT 'new'::order_status < 'paid', enum_range(NULL::order_status), status::text FROM orders WHERE status = 'paid'::public.order_status ORDER BY id LIMIT 2;
-- name: ranges and multiranges
SELECT int4range(1, 5) * int4range(3, 9), '[2024-01-01,2024-02-01)'::daterange @> '2024-01-15'::date, int4multirange(int4range(1, 3), int4range(5, 8)), range_agg(int4range(id, id + 2)) FROM tasks WHERE id < 6;
-- name: full-text search
SELECT id FROM tasks WHERE to_tsvector('english', title) @@ plainto_tsquery('english', 'task 3') ORDER BY id;
-- name: full-text functions
SELECT ts_headline('english', 'the quick fox', to_tsquery('fox')), ts_rank(to_tsvector('a b'), 'a'::tsquery), setweight(to_tsvector('english', 'cats'), 'A'), websearch_to_tsquery('english', '"a cat" or dog');
-- name: json operators
SELECT details -> 'n', details ->> 'n', details #>> '{n}', details @> '{"n": 3}', details ? 'n', details || '{"m": 1}', details - 'n', jsonb_path_query_first(details, '$.n') FROM tasks WHERE id = 3;
-- name: jsonb paths
SELECT id, jsonb_path_exists(details, '$.n ? (@ > 25)'), details @? '$.n', details @@ '$.n > 25' FROM tasks WHERE id > 24 ORDER BY id;
-- name: json aggregates
SELECT json_agg(t ORDER BY t.id), jsonb_object_agg(t.id, t.title), json_build_object('n', count(*)) FROM (SELECT id, title FROM tasks WHERE id < 4) t;
-- name: json of masked rows
SELECT json_agg(c ORDER BY id) FROM (SELECT id, email FROM customers WHERE id < 4) c;
-- name: xml
SELECT xmlelement(name task, xmlattributes(id), title), xmlforest(title AS t, id), xmlagg(xmlelement(name n, id)) OVER () FROM tasks WHERE id = 1;
-- name: XMLTABLE
SELECT x.* FROM XMLTABLE('/r/i' PASSING '<r><i a="1">x</i><i a="2">y</i></r>' COLUMNS a integer PATH '@a', t text PATH '.') x;
-- name: assignment to array elements
UPDATE products SET labels[1] = 'green' WHERE id = 2 RETURNING labels[1];
-- name: assignment to a slice
UPDATE products SET labels[2:3] = ARRAY['x', 'y'] WHERE id = 2 RETURNING labels;
-- name: assignment to a json key
UPDATE tasks SET details['deep']['er'] = '1' WHERE id = 2 RETURNING details;
-- name: MERGE
MERGE INTO counters c USING (VALUES ('visits', 3), ('fresh', 4)) AS v(name, n) ON c.name = v.name
WHEN MATCHED AND v.n > 100 THEN DELETE WHEN MATCHED THEN UPDATE SET value = c.value + v.n WHEN NOT MATCHED THEN INSERT (name, value) VALUES (v.name, v.n);
SELECT * FROM counters ORDER BY 1;
-- name: MERGE from a masked table
MERGE INTO counters t USING (SELECT email, id FROM customers WHERE id < 3) s ON t.name = s.email WHEN NOT MATCHED THEN INSERT VALUES (s.email, s.id);
SELECT * FROM counters ORDER BY 1;
-- name: MERGE into a masked table by its key
MERGE INTO customers c USING (VALUES (3, 'Chur')) v(id, city) ON c.id = v.id WHEN MATCHED THEN UPDATE SET city = v.city;
SELECT id, city, email FROM customers WHERE id = 3;
-- name: MERGE that does nothing
MERGE INTO counters c USING tasks t ON c.name = t.title WHEN NOT MATCHED THEN DO NOTHING;
-- name: INSERT SELECT ON CONFLICT with EXCLUDED
INSERT INTO counters (name, value) SELECT 'visits', count(*) FROM tasks ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value, name = excluded.name WHERE counters.value < excluded.value + 1000 RETURNING *;
-- name: ON CONFLICT on a constraint
INSERT INTO counters VALUES ('visits', 1) ON CONFLICT ON CONSTRAINT counters_pkey DO UPDATE SET (name, value) = (excluded.name, 99) RETURNING value;
-- name: UPDATE FROM the same table
UPDATE tasks t SET priority = o.priority FROM tasks o WHERE o.id = t.id + 1 AND t.id < 4 RETURNING t.id, t.priority;
-- name: UPDATE FROM itself with masked columns elsewhere
UPDATE customers c SET age = o.age FROM customers o WHERE o.id = c.id + 1 AND c.id = 3 RETURNING c.id, c.age, c.email, o.email;
-- name: UPDATE by a join with a masked table
UPDATE tasks SET title = c.email FROM customers c WHERE c.id = tasks.id AND tasks.id < 3 RETURNING tasks.id, tasks.title;
-- name: DELETE USING a clear column of a masked table
DELETE FROM tasks USING customers c WHERE c.id = tasks.id AND c.city = 'Bern' RETURNING tasks.id;
-- name: writing WITH queries
WITH gone AS (DELETE FROM tasks WHERE id < 3 RETURNING id, title), kept AS (INSERT INTO counters SELECT title, id FROM gone RETURNING name) SELECT * FROM kept ORDER BY 1;
-- name: GROUP BY on a key with masks and HAVING
SELECT c.id, c.name, c.email, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id HAVING count(*) > 6 ORDER BY sum(o.total) DESC, c.id LIMIT 5;
-- name: ORDER BY a masked column's position
SELECT id, email FROM customers WHERE id < 20 ORDER BY 2 DESC, 1 LIMIT 5;
-- name: FETCH FIRST WITH TIES
SELECT city, id FROM customers ORDER BY city FETCH FIRST 3 ROWS WITH TIES;
-- name: OFFSET and FETCH
SELECT id FROM customers ORDER BY id OFFSET 10 ROWS FETCH NEXT 3 ROWS ONLY;
-- name: set operations of masks
(SELECT email FROM customers WHERE id < 3 UNION ALL SELECT contact FROM profiles WHERE id < 3) EXCEPT SELECT 'tok-1' ORDER BY 1;
-- name: VALUES in FROM
SELECT v.*, c.email FROM (VALUES (1, 'one'), (2, 'two')) v(id, word) LEFT JOIN customers c USING (id) ORDER BY v.id;
-- name: NATURAL JOIN
SELECT id, name, customer_id FROM products NATURAL JOIN (SELECT id, customer_id FROM cards) k ORDER BY id LIMIT 3;
-- name: FULL JOIN USING
SELECT id, a.word, b.word FROM (VALUES (1, 'x'), (2, 'y')) a(id, word) FULL JOIN (VALUES (2, 'z'), (3, 'w')) b(id, word) USING (id) ORDER BY id;
-- name: a join alias
SELECT j.id, j.email, j.number FROM (customers c JOIN cards k USING (id)) AS j WHERE j.id < 4 ORDER BY 1;
-- name: a USING alias
SELECT j.id, c.email FROM customers c JOIN cards k USING (id) AS j WHERE j.id < 4 ORDER BY 1;
-- name: row comparisons
SELECT id FROM tasks WHERE (id, priority) < (4, 5) AND ROW(id, title) IS DISTINCT FROM ROW(1, 'x') ORDER BY id;
-- name: ANY, ALL, SOME
SELECT id FROM tasks WHERE id = ANY (ARRAY[1, 2, 3]) AND priority <> ALL (SELECT 9) AND id < SOME (VALUES (3), (2)) ORDER BY 1;
-- name: quantified LIKE and SIMILAR TO
SELECT id FROM tasks WHERE title LIKE ANY (ARRAY['%1', '%2']) AND title SIMILAR TO 'task (1|2)%' AND title ~* 'TASK' ORDER BY 1;
-- name: CASE, COALESCE, NULLIF, GREATEST
SELECT id, CASE WHEN email IS NULL THEN 'none' ELSE 'some' END, COALESCE(phone, email), NULLIF(city, 'Bern'), GREATEST(age, 50), LEAST(id, 2) FROM customers ORDER BY id LIMIT 4;
-- name: dates and intervals
SELECT date_trunc('month', placed), extract(dow FROM min(placed)), count(*), max(placed) - min(placed) FROM orders GROUP BY 1 ORDER BY 1;
-- name: generate_series by days
SELECT d::date, count(o.id) FROM generate_series('2025-01-01'::timestamptz, '2025-01-10', '1 day') d LEFT JOIN orders o ON o.placed::date = d::date GROUP BY 1 ORDER BY 1;
-- name: ordered-set aggregates
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total), percentile_disc(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY status) FROM orders;
-- name: hypothetical-set aggregates
SELECT rank(50) WITHIN GROUP (ORDER BY age), cume_dist(50) WITHIN GROUP (ORDER BY age) FROM customers;
-- name: statistics aggregates
SELECT round(stddev(total), 2), corr(total::float8, id) IS NOT NULL, regr_slope(id, customer_id) IS NOT NULL, bool_and(total > 0), bit_and(id) FROM orders;
-- name: FILTER and DISTINCT aggregates
SELECT count(DISTINCT city) FILTER (WHERE age > 30), string_agg(DISTINCT city, ',' ORDER BY city), array_agg(id ORDER BY id DESC) FILTER (WHERE id < 4), every(age > 0) FROM customers;
-- name: string functions
SELECT overlay('abcdef' PLACING 'X' FROM 2 FOR 3), substring('abc' FROM 2), trim(BOTH 'x' FROM 'xax'), position('b' IN 'abc'), format('%s-%I', 1, 'A b'), regexp_replace('a1b2', '\d', '#', 'g'), split_part('a,b', ',', 2), string_to_array('1 2', ' ');
-- name: special syntax
SELECT extract(year FROM DATE '2024-05-05'), CAST('1' AS integer), TIMESTAMP '2024-01-01' AT TIME ZONE 'UTC', (DATE '2024-01-01', DATE '2024-02-01') OVERLAPS (DATE '2024-01-15', DATE '2024-03-01'), 'abc' COLLATE "C" < 'b', normalize('a'), 'a' IS NFC NORMALIZED, current_date IS NOT NULL;
-- name: cursors of every kind
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, email FROM customers ORDER BY id;
FETCH 2 FROM c;
FETCH LAST FROM c;
FETCH BACKWARD 2 FROM c;
MOVE ABSOLUTE 10 IN c;
FETCH RELATIVE 1 FROM c;
CLOSE c;
COMMIT;
-- name: a cursor for an update
BEGIN;
DECLARE c CURSOR FOR SELECT id, title FROM tasks ORDER BY id FOR UPDATE;
FETCH 1 FROM c;
UPDATE tasks SET done = true WHERE CURRENT OF c RETURNING id;
COMMIT;
-- name: a cursor that is held
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT id FROM customers ORDER BY id;
COMMIT;
FETCH 2 FROM held;
CLOSE ALL;
-- name: FOR UPDATE SKIP LOCKED as a queue
UPDATE tasks SET done = true WHERE id = (SELECT id FROM tasks WHERE NOT done ORDER BY priority, id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id;
-- name: FOR SHARE OF
SELECT c.id, c.email FROM customers c JOIN cards k ON k.customer_id = c.id WHERE c.id < 3 ORDER BY 1 FOR SHARE OF c NOWAIT;
-- name: COPY of a query as CSV
COPY (SELECT id, title, done FROM tasks WHERE id < 4 ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER, QUOTE '"', FORCE_QUOTE (title));
-- name: prepared statements
PREPARE p (integer, text) AS SELECT id, email, $2 FROM customers WHERE id = $1;
EXECUTE p (3, 'x');
DEALLOCATE p;
-- name: a whole row in a function
SELECT row_to_json(t), to_jsonb(t) ->> 'title', t.title, (t).id FROM tasks t WHERE id = 2;
-- name: a whole masked row in functions
SELECT to_jsonb(c) ->> 'email', (c).phone, c IS NOT NULL FROM customers c WHERE id = 3;
-- name: a subquery's row
SELECT s, (s).a FROM (SELECT 1 AS a, 'x' AS b) s;
-- name: an aggregate of rows
SELECT array_agg(t) FROM (SELECT id, title FROM tasks WHERE id < 3 ORDER BY id) t;
-- name: correlated subqueries
SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), ARRAY(SELECT k.number FROM cards k WHERE k.customer_id = c.id) FROM customers c WHERE EXISTS (SELECT FROM cards WHERE customer_id = c.id) AND c.id IN (SELECT customer_id FROM orders) ORDER BY 1 LIMIT 5;
-- name: NOT IN and anti-joins
SELECT count(*) FROM customers c WHERE NOT EXISTS (SELECT 1 FROM profiles p WHERE p.customer_id = c.id) AND c.id NOT IN (SELECT customer_id FROM orders WHERE id < 100);
-- name: cohort analysis
WITH first AS (SELECT customer_id, min(placed) AS since FROM orders GROUP BY 1), cohorts AS (SELECT date_trunc('quarter', since) AS cohort, f.customer_id FROM first f)
SELECT c.cohort, count(DISTINCT c.customer_id), round(avg(o.total), 2) FROM cohorts c JOIN orders o USING (customer_id) GROUP BY 1 ORDER BY 1;
-- name: running totals by month
SELECT month, total, sum(total) OVER (ORDER BY month), round(100 * total / sum(total) OVER (), 1) FROM (SELECT to_char(placed, 'YYYY-MM') AS month, sum(total) AS total FROM orders GROUP BY 1) m ORDER BY 1;
-- name: top n per group
SELECT * FROM (SELECT o.customer_id, o.id, o.total, rank() OVER (PARTITION BY customer_id ORDER BY total DESC) AS r FROM orders o) t WHERE r <= 2 AND customer_id < 5 ORDER BY 1, 4, 2;
-- name: gaps and islands
SELECT min(id), max(id), count(*) FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM tasks WHERE NOT done) t GROUP BY island ORDER BY 1;
-- name: pivot by FILTER
SELECT city, count(*) FILTER (WHERE age < 30) AS young, count(*) FILTER (WHERE age BETWEEN 30 AND 60) AS middle, count(*) FILTER (WHERE age > 60) AS old FROM customers GROUP BY city ORDER BY city;
-- name: width_bucket histogram
SELECT width_bucket(total, 0, 1000, 4) AS b, count(*), min(total), max(total) FROM orders GROUP BY b ORDER BY b;
-- name: five-way join
SELECT r.name, c.city, p.name, sum(i.quantity), count(DISTINCT o.id) FROM regions r JOIN customers c ON c.region_id = r.id JOIN orders o ON o.customer_id = c.id JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id
WHERE p.id < 4 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 20;
-- name: how much room tables take
SELECT pg_relation_size('orders'), pg_size_pretty(pg_table_size('public.tasks'::regclass)), pg_total_relation_size(c.oid) > 0 FROM pg_class c WHERE c.relname = 'products';
-- name: a temporary table like another with its defaults
CREATE TEMP TABLE tasks_like (LIKE tasks INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING IDENTITY);
INSERT INTO tasks_like (title) VALUES ('x') RETURNING title, done;
