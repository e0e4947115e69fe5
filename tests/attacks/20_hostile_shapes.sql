-- Statements made to confuse a reader.
-- name: an operator that looks like a comment
SELECT 1 <-- 2
, email FROM customers WHERE id = 3;
-- name: a comment inside an operator
SELECT email |/* */| 'x' FROM customers WHERE id = 3;
-- name: typed string constants
SELECT text 'x' || email, varchar(3) 'abc' FROM customers WHERE id = 3;
-- name: a cast by function syntax
SELECT text(email), varchar(email), pg_catalog.text(email) FROM customers WHERE id = 3;
-- name: CAST and double colon
SELECT CAST(email AS text), email::text::bytea FROM customers WHERE id = 3;
-- name: an interval with a masked part
SELECT interval '1' day * length(email) FROM customers WHERE id = 3;
-- name: OVERLAPS
SELECT (DATE '2024-01-01', joined) OVERLAPS (DATE '2024-06-01', make_interval(days => length(email))) FROM customers;
-- name: SQL-syntax functions
SELECT overlay(email PLACING '-' FROM 2 FOR 1), substring(email FROM '[qv]'), trim(BOTH 'q' FROM email), position('q' IN email), normalize(email), extract(epoch FROM joined) FROM customers WHERE id = 3;
-- name: IS JSON-like tests
SELECT email IS NORMALIZED, email IS DOCUMENT FROM customers WHERE id = 3;
-- name: subscripts and fields
SELECT (ARRAY[email])[1], (ROW(email, 1)).f1 FROM customers WHERE id = 3;
-- name: a slice
SELECT (ARRAY[email, phone])[1:2], ('{' || email || '}')::text[] FROM customers WHERE id = 3;
-- name: a CASE with an operand
SELECT CASE email WHEN ':{email 3}' THEN 'hit' ELSE 'miss' END FROM customers WHERE id = 3;
-- name: a CASE inside a CASE
SELECT CASE WHEN CASE WHEN email > 'v' THEN true END THEN 1 END FROM customers ORDER BY id;
-- name: boolean tests
SELECT id FROM customers WHERE (email > 'v') IS TRUE OR (email > 'x') IS NOT UNKNOWN AND id < 0 ORDER BY 1;
-- name: ANY and ALL with operators
SELECT id FROM customers WHERE email LIKE ANY (ARRAY['q%', 'v%']) ORDER BY 1;
-- name: a qualified operator
SELECT id FROM customers WHERE email OPERATOR(pg_catalog.~) '^q';
-- name: parameters without values
SELECT email FROM customers WHERE id = $1;
-- name: a parameter as a limit
-- parameters: 2
SELECT email FROM customers LIMIT $1;
-- name: a parameter with a cast to a row type
-- parameters: (3,x,y)
SELECT ($1::public.people).ssn, p.ssn FROM people p LIMIT 2;
-- name: DISTINCT inside an aggregate with ORDER BY
SELECT array_agg(DISTINCT email ORDER BY email DESC) FROM customers;
-- name: a table function with ordinality
SELECT * FROM unnest((SELECT array_agg(email ORDER BY id) FROM customers)) WITH ORDINALITY LIMIT 3;
-- name: a column definition list
SELECT * FROM jsonb_to_recordset((SELECT jsonb_agg(c) FROM customers c)) AS t(id integer, email text) LIMIT 3;
-- name: a function call with a star
SELECT count(*), json_agg(c.*) FROM customers c;
-- name: an empty select list
SELECT FROM customers WHERE email > 'v';
-- name: a set operation with nesting
((SELECT email FROM customers) EXCEPT ALL (SELECT city FROM customers)) INTERSECT ALL (SELECT email FROM customer_directory) ORDER BY 1 LIMIT 5;
-- name: deep nesting of parentheses
SELECT ((((((((((((((((((((((((((((((email)))))))))))))))))))))))))))))) FROM customers WHERE id = 3;
-- name: the null byte escape
SELECT E'\x00' || email FROM customers WHERE id = 3;
-- name: unicode escapes that build a name
SELECT U&'\0065' || email, U&"d!0061t!+000061" UESCAPE '!' FROM (SELECT email, 1 AS data FROM customers WHERE id = 3) t;
-- name: a non-breaking space
SELECT email FROM customers;
-- name: a fullwidth identifier
SELECT email AS "ｅｍａｉｌ" FROM customers WHERE id = 3;
-- name: vertical tabs and form feeds
SELECT	email FROM customers;
-- name: a sequence of casts over oid aliases
SELECT 'customers'::regclass::oid::int, ('customers'::regclass)::text;
