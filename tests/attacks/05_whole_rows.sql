-- A row as one value.
-- name: a whole row
SELECT customers FROM customers;
-- name: a whole row by alias
SELECT c FROM customers c;
-- name: a whole row as text
SELECT c::text FROM customers c;
-- name: row_to_json
SELECT row_to_json(c) FROM customers c;
-- name: to_jsonb and a key
SELECT to_jsonb(c)->>'email' FROM customers c;
-- name: a field of a row
SELECT (c).email FROM customers c;
-- name: the fields of a row
SELECT (c).* FROM customers c;
-- name: functional notation
SELECT email(c) FROM customers c;
-- name: functional notation with the table's name
SELECT email(customers) FROM customers;
-- name: a whole row of a subquery
SELECT s FROM (SELECT * FROM customers) s;
-- name: a row constructor
SELECT ROW(c.*) FROM customers c;
-- name: a row in an array
SELECT array_agg(c) FROM customers c;
-- name: a row in a comparison
SELECT a.id FROM customers a, customers b WHERE a > b AND a.id = 3 AND b.id = 4;
-- name: a row is null
SELECT id FROM customers c WHERE c IS NOT NULL ORDER BY id;
-- name: distinct rows
SELECT DISTINCT c FROM customers c LIMIT 3;
-- name: order by a row
SELECT id FROM customers c ORDER BY c LIMIT 3;
-- name: count of rows
SELECT count(c) FROM customers c;
-- name: hash of a row
SELECT hash_record(c), hash_record_extended(c, 0) FROM customers c;
-- name: json_populate_record
SELECT (json_populate_record(NULL::public.customers, row_to_json(c))).email FROM customers c;
-- name: a row through a record function
SELECT (jsonb_populate_record(c, '{}')).email FROM customers c;
-- name: a cast to the row type
SELECT (ROW(c.*)::public.customers).email FROM customers c;
-- name: a row of a view
SELECT d FROM customer_directory d;
-- name: a row inside a view
SELECT whole FROM row_view;
-- name: a field of a row inside a view
SELECT (whole).email FROM row_view;
-- name: a row of a CTE
WITH c AS (SELECT * FROM customers) SELECT to_json(c) FROM c;
-- name: a row of a join
SELECT j FROM (customers c JOIN regions r ON r.id = c.region_id) j;
-- name: a row compared with a guess
SELECT id FROM people p WHERE p = ROW(3, 'person 3', ':{ssn 3}')::public.people;
-- name: a function over the row type
SELECT describe(c) FROM customers c;
-- name: a function over the row type in functional notation
SELECT c.describe FROM customers c;
-- name: query_to_xml of a row
SELECT xmlforest(c) FROM customers c;
-- name: format of a row
SELECT format('%s', c) FROM customers c;
-- name: concat of a row
SELECT concat(c), concat_ws(',', c) FROM customers c;
-- name: unnest of aggregated rows
SELECT (u).email FROM (SELECT unnest(array_agg(c)) AS u FROM customers c) t;
-- name: lag over rows
SELECT lag(c) OVER (ORDER BY id) FROM customers c;
-- name: a row as a default of coalesce
SELECT coalesce(c, c) FROM customers c;
-- name: record_out
SELECT record_out(c) FROM customers c;
-- name: record_send
SELECT record_send(c) FROM customers c;
