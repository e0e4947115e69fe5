-- name: a point read
SELECT id, name, email FROM customers WHERE id = 3;
-- name: a point read of everything
SELECT * FROM customers WHERE id = 3;
-- name: a read with a parameter
-- parameters: 3
SELECT id, email, city FROM customers WHERE id = $1;
-- name: constants
SELECT 1, 'text', 1.5, true, NULL, DATE '2024-02-29', ARRAY[1, 2], '{"a": 1}'::jsonb;
-- name: no rows
SELECT id, email FROM customers WHERE id = -1;
-- name: no columns
SELECT FROM regions;
-- name: an order and a limit
SELECT id, name, email FROM customers ORDER BY name, id LIMIT 10 OFFSET 5;
-- name: FETCH FIRST
SELECT id FROM orders ORDER BY total DESC, id FETCH FIRST 5 ROWS ONLY;
-- name: an inner join
SELECT c.id, c.email, r.name FROM customers c JOIN regions r ON r.id = c.region_id ORDER BY c.id LIMIT 20;
-- name: a left join
SELECT r.id, c.name FROM regions r LEFT JOIN customers c ON c.region_id = r.id AND c.age > 80 ORDER BY 1, 2;
-- name: a five-way join
SELECT c.name, r.name, o.id, i.line, p.name FROM customers c JOIN regions r ON r.id = c.region_id JOIN orders o ON o.customer_id = c.id JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id WHERE c.id BETWEEN 5 AND 8 ORDER BY o.id, i.line;
-- name: USING
SELECT order_id, line, quantity FROM order_items JOIN (VALUES (1), (2)) v(order_id) USING (order_id) ORDER BY 1, 2;
-- name: NATURAL join of clear tables
SELECT count(*) FROM regions NATURAL JOIN (SELECT id FROM products) p;
-- name: a cross join
SELECT r.id, s.n FROM regions r CROSS JOIN generate_series(1, 2) AS s(n) ORDER BY 1, 2;
-- name: a self-join
SELECT e.name, m.name FROM hr.employees e LEFT JOIN hr.employees m ON m.id = e.manager_id ORDER BY e.id;
-- name: a schema-qualified table
SELECT id, employee_id, amount, since FROM hr.salaries ORDER BY id;
-- name: a three-part column name
SELECT public.regions.name FROM public.regions ORDER BY public.regions.id;
-- name: an alias with column names
SELECT a, b FROM regions AS t(a, b) ORDER BY a;
-- name: a subquery in FROM
SELECT t.city, t.n FROM (SELECT city, count(*) AS n FROM customers GROUP BY city) t ORDER BY t.city;
-- name: a scalar subquery
SELECT r.name, (SELECT count(*) FROM customers c WHERE c.region_id = r.id) FROM regions r ORDER BY 1;
-- name: EXISTS
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 900) ORDER BY 1;
-- name: NOT IN
SELECT id FROM products WHERE id NOT IN (SELECT product_id FROM order_items WHERE quantity > 8) ORDER BY 1;
-- name: a lateral subquery
SELECT c.id, o.total FROM customers c CROSS JOIN LATERAL (SELECT total FROM orders WHERE customer_id = c.id ORDER BY total DESC LIMIT 1) o WHERE c.id < 10 ORDER BY 1;
-- name: UNION ALL of masked and clear columns
SELECT id, email FROM customers WHERE id < 3 UNION ALL SELECT id, name FROM regions ORDER BY 1, 2;
-- name: INTERSECT and EXCEPT
(SELECT id FROM customers INTERSECT SELECT customer_id FROM orders) EXCEPT SELECT id FROM regions ORDER BY 1 LIMIT 10;
-- name: VALUES
VALUES (1, 'a'), (2, 'b');
-- name: VALUES with names
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, s) ORDER BY n DESC;
-- name: DISTINCT
SELECT DISTINCT city FROM customers ORDER BY city;
-- name: DISTINCT ON
SELECT DISTINCT ON (city) city, id FROM customers ORDER BY city, id;
-- name: TABLE of a clear table
TABLE regions;
-- name: TABLE of a masked table
TABLE people;
-- name: a row constructor comparison
SELECT order_id, line FROM order_items WHERE (order_id, line) > (999, 1) ORDER BY 1, 2;
-- name: LIKE, ILIKE, regular expressions
SELECT id FROM customers WHERE name LIKE 'Ada%' OR name ILIKE 'ben%' AND name ~ '[0-5]$' ORDER BY id;
-- name: BETWEEN and IN
SELECT id FROM orders WHERE total BETWEEN 100 AND 110 OR id IN (1, 2, 3) ORDER BY id;
-- name: NULL tests
SELECT id FROM hr.employees WHERE manager_id IS NULL ORDER BY id;
-- name: CASE
SELECT id, CASE WHEN age < 30 THEN 'young' WHEN age < 60 THEN 'middle' ELSE 'old' END AS stage FROM customers ORDER BY id LIMIT 20;
-- name: COALESCE, NULLIF, GREATEST
SELECT id, coalesce(manager_id, 0), nullif(department, 'it'), greatest(id, 20) FROM hr.employees ORDER BY id;
-- name: casts
SELECT '42'::int + 1, CAST('2024-01-01' AS date), 3.7::int, 'paid'::order_status, 5::text || 'x';
-- name: arrays
SELECT id, labels[1], array_length(labels, 1), 'red' = ANY (labels) FROM products ORDER BY id LIMIT 10;
-- name: JSON
SELECT id, attributes->>'kind', (attributes->'weight')::int, attributes @> '{"kind": "a"}', attributes ? 'weight' FROM products ORDER BY id LIMIT 10;
-- name: JSON built
SELECT jsonb_build_object('id', id, 'name', name), to_jsonb(r) FROM regions r ORDER BY id;
-- name: a whole row as JSON
SELECT row_to_json(r) FROM regions r ORDER BY id;
-- name: string functions
SELECT upper(name), lower(name), length(name), substring(name FROM 1 FOR 3), replace(name, 'o', '0'), split_part(name, ' ', 2), initcap(name), lpad(id::text, 5, '0'), md5(name), concat_ws('-', id, name), format('%s:%s', id, name) FROM products ORDER BY id LIMIT 5;
-- name: dates
SELECT date_trunc('month', placed), extract(year FROM placed), placed + interval '1 day', age(timestamptz '2026-01-01', placed), to_char(placed, 'YYYY-MM-DD') FROM orders ORDER BY id LIMIT 5;
-- name: numbers
SELECT round(total, 1), ceil(total), floor(total), abs(-total), mod(id, 7), power(2, 3), sqrt(16), trunc(total) FROM orders ORDER BY id LIMIT 5;
-- name: generate_series
SELECT d::date FROM generate_series(timestamp '2025-01-01', '2025-01-05', '1 day') AS d;
-- name: unnest
SELECT p.id, l.label FROM products p, unnest(p.labels) AS l(label) ORDER BY 1, 2 LIMIT 10;
-- name: jsonb_each
SELECT p.id, e.key, e.value FROM products p, jsonb_each_text(p.attributes) e ORDER BY 1, 2 LIMIT 10;
-- name: unnest WITH ORDINALITY
SELECT * FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS t(v, n);
-- name: a composite value
SELECT (ROW('Lane', 'Bern')::address).city, ROW(1, 'x');
-- name: a domain
SELECT quantity, quantity + 1 FROM order_items WHERE order_id = 1 ORDER BY line;
-- name: an enum
SELECT status, count(*) FROM orders GROUP BY status ORDER BY status;
-- name: a masked column of every kind
SELECT c.email, c.phone, k.number, s.amount, p.contact, p.aliases, p.facts FROM customers c JOIN cards k ON k.customer_id = c.id JOIN hr.salaries s ON s.id = c.id JOIN profiles p ON p.customer_id = c.id ORDER BY c.id LIMIT 10;
-- name: masked columns in expressions
SELECT id, email || '!', upper(phone), length(email) FROM customers ORDER BY id LIMIT 10;
-- name: a masked column in a predicate sees the mask
SELECT id FROM customers WHERE email = 'tok-3';
-- name: joins on a masked column as on a key
SELECT a.id FROM customers a JOIN customers b ON a.email = b.email WHERE a.id < 5 ORDER BY 1;
-- name: groups by a masked column
SELECT email, count(*) FROM customers WHERE id < 5 GROUP BY email ORDER BY email;
-- name: a generated column
SELECT id, contact_lower FROM profiles ORDER BY id LIMIT 5;
-- name: a view
SELECT * FROM customer_directory ORDER BY id LIMIT 5;
-- name: a view of a view
SELECT id, email, shout FROM directory_of_directory ORDER BY id LIMIT 5;
-- name: a view over clear tables
SELECT customer_id, sum(total) FROM open_orders GROUP BY 1 ORDER BY 1 LIMIT 5;
-- name: a view joined with a table
SELECT d.name, o.total FROM customer_directory d JOIN open_orders o ON o.customer_id = d.id ORDER BY o.id LIMIT 5;
-- name: a view with its own aggregate
SELECT department, people FROM payroll_by_department ORDER BY 1;
-- name: a materialised view over clear columns
SELECT customer_id, orders, total FROM order_totals ORDER BY 1 LIMIT 5;
-- name: a partitioned table
SELECT date_trunc('year', at), count(*) FROM logins GROUP BY 1 ORDER BY 1;
-- name: a partition
SELECT count(*), min(customer_id) FROM logins_2025;
-- name: an inheritance parent
SELECT id, full_name, ssn FROM people ORDER BY id;
-- name: ONLY
SELECT count(*) FROM ONLY people;
-- name: an inheritance child
SELECT id, rate FROM contractors ORDER BY id;
-- name: FOR UPDATE
SELECT id, name FROM customers WHERE id = 3 FOR UPDATE;
-- name: FOR SHARE of one table with SKIP LOCKED
SELECT c.id FROM customers c JOIN regions r ON r.id = c.region_id WHERE c.id = 3 FOR SHARE OF c SKIP LOCKED;
-- name: TABLESAMPLE of a clear table
SELECT count(*) >= 0 FROM orders TABLESAMPLE BERNOULLI (10) REPEATABLE (5);
-- name: COLLATE
SELECT name FROM regions ORDER BY name COLLATE "C";
-- name: quoted and unicode identifiers
SELECT "r"."name" AS "The Name" FROM "public"."regions" AS "r" ORDER BY U&"\006Eame";
-- name: comments everywhere
/* first */ SELECT /* a */ id -- b
FROM regions /* c /* nested */ */ ORDER BY id;
-- name: dollar quotes and escapes
SELECT $$it's$$, $tag$ $$ $tag$, E'a\tb\'c', 'it''s', U&'\00e9', B'101', X'ff';
-- name: text outside ASCII
SELECT 'héllo wörld ✓ 日本' AS "ünïcode", length('日本');
-- name: a long IN list
SELECT count(*) FROM orders WHERE id IN (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40);
-- name: = ANY of an array parameter
-- parameters: {1,2,3}
SELECT id, email FROM customers WHERE id = ANY ($1::int[]) ORDER BY id;
-- name: several parameters of several types
-- parameters: 3 | Basel | 2024-06-01 | 10.5
SELECT $1::int + 1, upper($2), $3::date + 1, $4::numeric * 2;
-- name: a parameter whose type is inferred
-- parameters: 3 | tok-3
SELECT id FROM customers WHERE id = $1 AND email = $2;
-- name: bit and boolean operators
SELECT 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 3, true AND NOT false;
-- name: ranges
SELECT int4range(1, 5) @> 3, daterange('2024-01-01', '2024-02-01') && daterange('2024-01-15', NULL), upper(int4range(1, 5));
-- name: network and uuid types
SELECT '10.0.0.1'::inet << '10.0.0.0/8'::cidr, '00000000-0000-0000-0000-000000000005'::uuid;
-- name: full text search
SELECT id FROM products WHERE to_tsvector('simple', name) @@ to_tsquery('simple', '7') ORDER BY id;
-- name: SQL value functions
SELECT current_date IS NOT NULL, current_timestamp > timestamptz '2020-01-01', localtime IS NOT NULL, current_schema;
-- name: GROUP BY the primary key
SELECT c.id, c.name, count(o.id) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id LIMIT 10;
