-- name: aggregates
SELECT count(*), sum(total), avg(total), min(total), max(total), stddev(total) FROM orders;
-- name: aggregates of masked columns
SELECT count(email), count(DISTINCT email), count(amount), sum(amount) FROM customers c LEFT JOIN hr.salaries s ON s.id = c.id;
-- name: GROUP BY and HAVING
SELECT city, count(*), avg(age)::int FROM customers GROUP BY city HAVING count(*) > 10 ORDER BY city;
-- name: GROUP BY an expression
SELECT date_trunc('month', placed) AS month, sum(total) FROM orders GROUP BY month ORDER BY month;
-- name: GROUP BY position
SELECT status, count(*) FROM orders GROUP BY 1 ORDER BY 1;
-- name: FILTER
SELECT count(*) FILTER (WHERE status = 'paid'), sum(total) FILTER (WHERE status = 'sent') FROM orders;
-- name: ROLLUP
SELECT city, region_id, count(*) FROM customers GROUP BY ROLLUP (city, region_id) ORDER BY 1, 2;
-- name: CUBE and GROUPING
SELECT city, region_id, grouping(city, region_id), count(*) FROM customers GROUP BY CUBE (city, region_id) ORDER BY 1, 2, 3;
-- name: GROUPING SETS
SELECT city, region_id, count(*) FROM customers GROUP BY GROUPING SETS ((city), (region_id), ()) ORDER BY 1, 2;
-- name: window ranks
SELECT id, total, rank() OVER (PARTITION BY customer_id ORDER BY total DESC), row_number() OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 20;
-- name: running totals
SELECT id, sum(total) OVER (PARTITION BY customer_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders WHERE customer_id < 5 ORDER BY id;
-- name: lag and lead
SELECT id, total - lag(total, 1, 0::numeric) OVER w, lead(id) OVER w FROM orders WHERE customer_id = 3 WINDOW w AS (ORDER BY id) ORDER BY id;
-- name: first, last and nth values
SELECT id, first_value(total) OVER w, last_value(total) OVER w, nth_value(total, 2) OVER w FROM orders WHERE customer_id < 4 WINDOW w AS (PARTITION BY customer_id ORDER BY id) ORDER BY id;
-- name: ntile and percent_rank
SELECT id, ntile(4) OVER (ORDER BY total, id), round(percent_rank() OVER (ORDER BY total)::numeric, 3) FROM orders ORDER BY id LIMIT 10;
-- name: a moving average
SELECT id, avg(total) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) FROM orders ORDER BY id LIMIT 10;
-- name: frames by groups with exclusion
SELECT id, count(*) OVER (ORDER BY customer_id GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM orders ORDER BY id LIMIT 10;
-- name: ordered set aggregates
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY status), percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY total) FROM orders;
-- name: string and array aggregates
SELECT region_id, string_agg(name, ', ' ORDER BY id), array_agg(id ORDER BY id) FROM customers WHERE id < 20 GROUP BY region_id ORDER BY 1;
-- name: JSON aggregates
SELECT region_id, jsonb_agg(jsonb_build_object('id', id, 'email', email) ORDER BY id) FROM customers WHERE id < 10 GROUP BY region_id ORDER BY 1;
-- name: boolean aggregates
SELECT bool_and(done), bool_or(done), every(priority > 0) FROM tasks;
-- name: correlation and regression
SELECT round(corr(total::float8, customer_id)::numeric, 6), regr_count(total::float8, id) FROM orders;
-- name: a histogram
SELECT width_bucket(total, 0, 1000, 10) AS bucket, count(*) FROM orders GROUP BY bucket ORDER BY bucket;
-- name: a CTE
WITH big AS (SELECT customer_id, sum(total) AS spent FROM orders GROUP BY 1 HAVING sum(total) > 3000) SELECT c.name, c.email, b.spent FROM big b JOIN customers c ON c.id = b.customer_id ORDER BY b.spent DESC, c.id LIMIT 10;
-- name: chained CTEs
WITH a AS (SELECT * FROM orders WHERE status = 'paid'), b AS (SELECT customer_id, count(*) AS n FROM a GROUP BY 1), c AS (SELECT n, count(*) AS customers FROM b GROUP BY 1) SELECT * FROM c ORDER BY n;
-- name: a recursive CTE over a tree
WITH RECURSIVE tree AS (SELECT id, name, 0 AS depth FROM hr.employees WHERE manager_id IS NULL UNION ALL SELECT e.id, e.name, t.depth + 1 FROM hr.employees e JOIN tree t ON e.manager_id = t.id WHERE t.depth < 5) SELECT depth, count(*) FROM tree GROUP BY depth ORDER BY depth;
-- name: a recursive CTE of numbers
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i), array_agg(i) FROM n;
-- name: a CTE named like a table
WITH regions AS (SELECT 1 AS id, 'mine' AS name) SELECT * FROM regions;
-- name: a CTE with column names and MATERIALIZED
WITH t(a, b) AS MATERIALIZED (SELECT id, email FROM customers WHERE id < 4) SELECT b, a FROM t ORDER BY a;
-- name: a pivot by FILTER
SELECT c.city, count(*) FILTER (WHERE o.status = 'new') AS new, count(*) FILTER (WHERE o.status = 'paid') AS paid FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.city ORDER BY c.city;
-- name: top of each group
SELECT * FROM (SELECT c.city, c.id, c.email, row_number() OVER (PARTITION BY c.city ORDER BY c.age DESC, c.id) AS n FROM customers c) t WHERE n <= 2 ORDER BY city, n;
-- name: cohorts
SELECT date_trunc('quarter', c.joined)::date AS cohort, count(DISTINCT c.id), sum(o.total) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY 1 ORDER BY 1;
-- name: gaps in a sequence
SELECT s.i FROM generate_series(1, 30) s(i) LEFT JOIN products p ON p.id = s.i * 2 WHERE p.id IS NULL ORDER BY 1;
-- name: a set operation with parentheses and order
(SELECT 'a' AS kind, count(*) FROM customers) UNION ALL (SELECT 'b', count(*) FROM orders) ORDER BY kind DESC;
-- name: a correlated aggregate
SELECT p.name, (SELECT sum(i.quantity) FROM order_items i WHERE i.product_id = p.id) AS sold FROM products p ORDER BY sold DESC NULLS LAST, p.id LIMIT 5;
-- name: HAVING without GROUP BY
SELECT count(*) FROM orders HAVING count(*) > 5;
-- name: a division that fails
SELECT total / 0 FROM orders WHERE id = 1;
-- name: a missing column
SELECT nosuch FROM customers;
-- name: a missing table
SELECT * FROM nosuch;
-- name: a missing function
SELECT nosuch(1);
-- name: a syntax error
SELECT FROM WHERE;
-- name: a syntax error late in the text
SELECT id FROM customers WHERE id = 1 ORDERED BY id;
-- name: an ambiguous column
SELECT id FROM customers, orders;
-- name: a wrong type
SELECT 'x'::int;
-- name: an aggregate in WHERE
SELECT id FROM orders WHERE sum(total) > 1;
-- name: a column missing from GROUP BY
SELECT city, name FROM customers GROUP BY city;
-- name: an empty query
;
