-- Values that errors and notices would carry.
-- name: cast to integer
SELECT email::integer FROM customers;
-- name: cast to a date
SELECT email::date FROM customers LIMIT 1;
-- name: cast to json
SELECT email::json FROM customers LIMIT 1;
-- name: cast to inet
SELECT phone::inet FROM customers LIMIT 1;
-- name: cast to uuid
SELECT email::uuid FROM customers LIMIT 1;
-- name: cast to an enum
SELECT email::order_status FROM customers LIMIT 1;
-- name: cast to a regclass
SELECT email::regclass FROM customers LIMIT 1;
-- name: cast to regtype and regproc
SELECT email::regtype, phone::regproc FROM customers LIMIT 1;
-- name: cast to a role
SELECT email::regrole FROM customers LIMIT 1;
-- name: cast to xml
SELECT ('<' || email)::xml FROM customers LIMIT 1;
-- name: to_number and to_date
SELECT to_number(email, '999'), to_date(email, 'YYYY') FROM customers LIMIT 1;
-- name: division by a difference
SELECT 1 / (CASE WHEN email = ':{email 3}' THEN 0 ELSE 1 END) FROM customers;
-- name: division by a salary guess
SELECT 1 / (amount - 973737373.5) FROM hr.salaries;
-- name: overflow by size
SELECT amount::integer * 3 FROM hr.salaries;
-- name: overflow into a small type
SELECT amount::smallint FROM hr.salaries WHERE employee_id = 1;
-- name: a conditional error
SELECT CASE WHEN (SELECT amount FROM hr.salaries WHERE employee_id = 2) > 980000000 THEN 1/0 ELSE 1 END;
-- name: a subquery that returns more rows for some values
SELECT (SELECT id FROM customers WHERE email > 'v');
-- name: repeat by a masked number
SELECT repeat('x', (amount / 1000000)::integer) FROM hr.salaries WHERE id = 1;
-- name: a regular expression made of a masked value
SELECT 'x' ~ ('(' || email) FROM customers LIMIT 1;
-- name: an invalid time zone
SELECT now() AT TIME ZONE email FROM customers LIMIT 1;
-- name: a setting's name from a masked value
SELECT current_setting(email) FROM customers LIMIT 1;
-- name: a sequence named by a masked value
SELECT nextval(email) FROM customers LIMIT 1;
-- name: a text search configuration named by a masked value
SELECT to_tsvector(email::regconfig, 'x') FROM customers LIMIT 1;
-- name: chr and get_byte out of range
SELECT chr(amount::integer), get_byte('\x00', amount::integer) FROM hr.salaries LIMIT 1;
-- name: failing row of a NOT NULL
INSERT INTO customers (id, name, email) SELECT 900, NULL, email FROM customers WHERE id = 1;
-- name: failing row of an update
UPDATE customers SET name = NULL WHERE id = 3;
-- name: failing row of a check
UPDATE accounts SET used = 1000000000 WHERE id = 3;
-- name: the key of a unique violation
INSERT INTO customers (id, name, email) VALUES (901, 'x', ':{email 3}');
-- name: the key of a unique violation by update
UPDATE customers SET email = ':{email 3}' WHERE id = 4;
-- name: the key of a foreign key violation
INSERT INTO cards VALUES (900, 99999, '123', 'visa', '2028-01-01');
-- name: deleting a referenced row
DELETE FROM customers WHERE id = 3;
-- name: a value too long for its column
INSERT INTO customers (id, name, email) SELECT 902, 'x', repeat(email, 10) FROM customers WHERE id = 1;
-- name: a partition that does not exist
UPDATE logins SET at = '2030-01-01' WHERE customer_id = (SELECT customer_id FROM logins LIMIT 1);
-- name: a RAISE in a trigger
UPDATE accounts SET login = 'changed' WHERE id = 3;
-- name: client_min_messages opens the debug stream
SET client_min_messages = debug5;
SELECT email FROM customers WHERE id = 1;
-- name: log settings to the client
SET log_min_messages = debug5;
SET debug_print_parse = on;
SET debug_print_plan = on;
SELECT email FROM customers WHERE id = 3;
-- name: planner statistics to the client
SET client_min_messages = log;
SET log_statement_stats = on;
SELECT email FROM customers WHERE id = 3;
-- name: a failing row in COPY
-- data: 950\tname\t\N
COPY customers (id, name, email) FROM STDIN;
-- name: a COPY that hits a unique key
-- data: 951\tname\t:{email 3}
COPY customers (id, name, email) FROM STDIN;
-- name: a domain check on a masked value
SELECT length(email)::public.quantity - 20 FROM customers;
-- name: an invalid byte sequence
SELECT convert_from(convert_to(email, 'UTF16'), 'UTF8') FROM customers LIMIT 1;
-- name: a masked value as a JSON path
SELECT jsonb_path_query('{}', email::jsonpath) FROM customers LIMIT 1;
