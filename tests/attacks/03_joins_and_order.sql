-- Joins, sets, order and groups that depend on masked values.
-- name: self-join on a masked column
SELECT a.id, b.id FROM customers a JOIN customers b ON a.email < b.email WHERE a.id < 5 AND b.id < 5;
-- name: join with a list of guesses
SELECT c.id FROM customers c JOIN (VALUES (':{email 3}'), (':{email 9}')) v(guess) ON c.email = v.guess;
-- name: USING a masked column
SELECT a.id, b.id FROM customers a JOIN customers b USING (email) ORDER BY 1, 2;
-- name: NATURAL join
SELECT count(*) FROM customers NATURAL JOIN customer_directory;
-- name: USING with a join alias
SELECT j.email FROM customers a JOIN customers b USING (email) AS j;
-- name: NATURAL join with a row of guesses
SELECT id FROM customers NATURAL JOIN (VALUES (3, ':{email 3}'::varchar)) AS v(id, email);
-- name: FULL JOIN on a masked column
SELECT a.id, b.id FROM customers a FULL JOIN people b ON a.email = b.ssn ORDER BY 1, 2;
-- name: join across tables by a masked value
SELECT c.id, k.id FROM customers c JOIN cards k ON left(c.phone, 3) = '+' || left(k.number, 2);
-- name: INTERSECT with guesses
SELECT email FROM customers INTERSECT SELECT ':{email 3}';
-- name: EXCEPT with guesses
SELECT ':{email 3}'::varchar EXCEPT SELECT email FROM customers;
-- name: UNION removes duplicates
SELECT count(*) FROM (SELECT email FROM customers UNION SELECT ':{email 3}') t;
-- name: order by a masked column
SELECT id FROM customers ORDER BY email;
-- name: order by the position of a masked column
SELECT id, amount FROM hr.salaries ORDER BY 2;
-- name: order by an alias of a masked column
SELECT id, upper(email) AS shown FROM customers ORDER BY shown;
-- name: order by a masked column that is not selected, with a limit
SELECT employee_id FROM hr.salaries ORDER BY amount DESC LIMIT 1;
-- name: ORDER BY USING
SELECT id FROM customers ORDER BY email USING <;
-- name: FETCH FIRST WITH TIES
SELECT employee_id FROM hr.salaries ORDER BY amount DESC FETCH FIRST 1 ROW WITH TIES;
-- name: rank over a masked column
SELECT id, rank() OVER (ORDER BY amount) FROM hr.salaries ORDER BY id;
-- name: ntile over a masked column
SELECT id, ntile(4) OVER (ORDER BY amount), cume_dist() OVER (ORDER BY amount) FROM hr.salaries ORDER BY id;
-- name: partition by a masked column
SELECT id, row_number() OVER (PARTITION BY left(email, 1) ORDER BY id) FROM customers ORDER BY id;
-- name: a named window
SELECT id, dense_rank() OVER w FROM hr.salaries WINDOW w AS (ORDER BY amount) ORDER BY id;
-- name: a window frame by range
SELECT id, count(*) OVER (ORDER BY amount RANGE BETWEEN 1000 PRECEDING AND 1000 FOLLOWING) FROM hr.salaries ORDER BY id;
-- name: group by a masked column
SELECT count(*) FROM customers GROUP BY left(email, 1) ORDER BY 1;
-- name: group by the primary key
SELECT c.id, c.email, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id;
-- name: group by position
SELECT left(email, 1), count(*) FROM customers GROUP BY 1 ORDER BY 1;
-- name: the aggregate's own order
SELECT string_agg(id::text, ',' ORDER BY email) FROM customers;
-- name: ROLLUP over a masked column
SELECT left(email, 1), city, count(*) FROM customers GROUP BY ROLLUP (1, 2) ORDER BY 1, 2, 3;
-- name: width_bucket histogram
SELECT width_bucket(amount, 970000000, 980000000, 10), count(*) FROM hr.salaries GROUP BY 1 ORDER BY 1;
-- name: a recursive walk ordered by a masked column
WITH RECURSIVE w(id, depth) AS (SELECT id, 0 FROM hr.employees WHERE manager_id IS NULL UNION ALL SELECT e.id, depth + 1 FROM w JOIN hr.employees e ON e.manager_id = w.id JOIN hr.salaries s ON s.employee_id = e.id AND s.amount > 975000000) SELECT id, depth FROM w ORDER BY 1;
-- name: SEARCH and CYCLE clauses
WITH RECURSIVE w AS (SELECT id, email FROM customers WHERE id = 1 UNION ALL SELECT c.id, c.email FROM w JOIN customers c ON c.id = w.id + 1 WHERE c.id < 5) SEARCH DEPTH FIRST BY email SET o CYCLE email SET is_cycle USING path SELECT id, o, path FROM w;
-- name: TABLESAMPLE by blocks
SELECT id FROM customers TABLESAMPLE SYSTEM (50) REPEATABLE (1);
-- name: TABLESAMPLE of rows
SELECT id, email FROM customers TABLESAMPLE BERNOULLI (20) REPEATABLE (1);
-- name: a semi-join by ALL
SELECT id FROM hr.salaries WHERE amount >= ALL (SELECT amount FROM hr.salaries);
