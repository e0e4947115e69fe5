-- Every way to put a masked column into the answer.
-- name: star
SELECT * FROM customers;
-- name: star of an alias
SELECT c.* FROM customers c;
-- name: star of a qualified table
SELECT public.customers.* FROM public.customers;
-- name: a three-part name
SELECT public.customers.email FROM public.customers;
-- name: a four-part name
SELECT shop.public.customers.email FROM shop.public.customers;
-- name: TABLE command
TABLE customers;
-- name: TABLE command with a schema
TABLE hr.salaries;
-- name: TABLE command in a subquery
SELECT * FROM (TABLE customers) t;
-- name: TABLE command in a CTE
WITH t AS (TABLE customers) SELECT * FROM t;
-- name: TABLE command in a union
TABLE customers UNION ALL TABLE customers;
-- name: ONLY
SELECT * FROM ONLY customers;
-- name: ONLY with parentheses
SELECT * FROM ONLY (customers);
-- name: a star after the name
SELECT * FROM people *;
-- name: quoted identifiers
SELECT "email" FROM "public"."customers" AS "c";
-- name: unicode identifiers
SELECT U&"\0065mail" FROM U&"custom\0065rs";
-- name: unicode identifiers with their own escape
SELECT U&"!0065mail" UESCAPE '!' FROM customers;
-- name: upper case
SELECT EMAIL FROM CUSTOMERS;
-- name: comments between the parts of a name
SELECT c/**/./**/email FROM public/* */./* */customers c;
-- name: nested comments
SELECT /* /* */ nothing */ email FROM customers;
-- name: a line comment at the end
SELECT email FROM customers --';
;
-- name: renamed columns
SELECT x3 FROM customers AS t(x1, x2, x3);
-- name: renamed columns through a join
SELECT j.c FROM (customers JOIN regions ON regions.id = region_id) AS j(a, b, c);
-- name: concatenation
SELECT name || email FROM customers;
-- name: format
SELECT format('%s %I %L', email, phone, name) FROM customers;
-- name: reverse, upper, md5
SELECT reverse(email), upper(email), md5(email), sha256(email::bytea) FROM customers;
-- name: encode
SELECT encode(email::bytea, 'hex'), encode(convert_to(email, 'UTF8'), 'base64') FROM customers;
-- name: translate
SELECT translate(email, 'qvx', 'abc') FROM customers;
-- name: string_to_array and unnest
SELECT unnest(string_to_array(email, NULL)) FROM customers LIMIT 50;
-- name: regexp_split_to_table
SELECT regexp_split_to_table(email, '') FROM customers LIMIT 50;
-- name: regexp_matches
SELECT regexp_matches(email, '(.)(.)', 'g') FROM customers;
-- name: string aggregate
SELECT string_agg(email, ',') FROM customers;
-- name: array aggregate
SELECT array_agg(email ORDER BY email) FROM customers;
-- name: JSON aggregate
SELECT json_agg(c), jsonb_object_agg(id, email) FROM customers c;
-- name: minimum and maximum
SELECT min(email), max(phone), min(ssn) FROM customers, people;
-- name: ordered set aggregate
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY amount), mode() WITHIN GROUP (ORDER BY amount) FROM hr.salaries;
-- name: hypothetical set aggregate
SELECT rank(975000000) WITHIN GROUP (ORDER BY amount) FROM hr.salaries;
-- name: sums and averages
SELECT sum(amount), avg(amount), stddev(amount), corr(amount::float8, id) FROM hr.salaries;
-- name: hash of a value
SELECT hashtext(email), hash_numeric(amount) FROM customers c JOIN hr.salaries s ON s.id = c.id;
-- name: array constructor
SELECT ARRAY[email, phone] FROM customers;
-- name: array of a subquery
SELECT ARRAY(SELECT email FROM customers);
-- name: a scalar subquery
SELECT (SELECT email FROM customers WHERE id = 3);
-- name: VALUES with subqueries
VALUES ((SELECT email FROM customers WHERE id = 1)), ((SELECT phone FROM customers WHERE id = 1));
-- name: LATERAL
SELECT l.* FROM regions r, LATERAL (SELECT email FROM customers c WHERE c.region_id = r.id) l;
-- name: LATERAL over a set-returning function
SELECT r.x FROM customers c, LATERAL regexp_split_to_table(c.email, '@') AS r(x);
-- name: ROWS FROM
SELECT * FROM customers c, ROWS FROM (unnest(ARRAY[c.email]), generate_series(1, 2)) AS t(a, b);
-- name: grouping sets
SELECT email, city, count(*) FROM customers GROUP BY GROUPING SETS ((email), (city), ());
-- name: window functions
SELECT first_value(email) OVER (ORDER BY id), lag(email) OVER (ORDER BY id), nth_value(phone, 2) OVER () FROM customers;
-- name: DISTINCT ON
SELECT DISTINCT ON (city) city, email FROM customers ORDER BY city, email;
-- name: COLLATE
SELECT email COLLATE "C" FROM customers ORDER BY 1;
-- name: casts to other types
SELECT email::name, email::bpchar, email::char(5), phone::text::varchar(3), email::"char" FROM customers;
-- name: a cast through json
SELECT to_json(email), to_jsonb(phone), json_build_object('a', email), row_to_json(ROW(email)) FROM customers;
-- name: a cast to xml
SELECT xmlelement(name a, email), xmlforest(email, phone), xmlconcat(email::xml) FROM customers;
-- name: XMLTABLE
SELECT x.* FROM customers c, XMLTABLE('/a' PASSING xmlelement(name a, c.email) COLUMNS v text PATH '.') x;
-- name: quote functions
SELECT quote_literal(email), quote_ident(email), quote_nullable(phone) FROM customers;
-- name: full text search
SELECT to_tsvector('simple', email), to_tsquery('simple', quote_literal(email)), ts_headline(email, 'q') FROM customers;
-- name: size of a value
SELECT id, pg_column_size(email), pg_column_size(c) FROM customers c;
-- name: size of a stored value
SELECT id, pg_column_size(content), pg_column_compression(content) FROM clinic.vault, customers LIMIT 5;
-- name: a generated column
SELECT contact_lower FROM profiles;
-- name: an aggregate with DISTINCT
SELECT count(DISTINCT email), count(DISTINCT amount) FROM customers, hr.salaries;
-- name: bit aggregates
SELECT bit_xor(amount::bigint), bit_and(amount::bigint) FROM hr.salaries;
-- name: a range of masked values
SELECT numrange(min(amount), max(amount)), range_agg(numrange(amount, amount, '[]')) FROM hr.salaries;
