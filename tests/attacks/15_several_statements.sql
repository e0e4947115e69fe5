-- Several statements in one message.
-- name: an allowed and a masked statement
-- one message
SELECT 1;
SELECT email FROM customers;
-- name: a refused statement after an allowed write
-- one message
INSERT INTO counters VALUES ('multi', 1);
SELECT rolpassword FROM pg_authid;
-- name: a held statement between two others
-- one message
SELECT 1;
CREATE TABLE t AS SELECT email FROM customers;
SELECT 2;
-- name: a search path that changes in the same message
-- one message
SET search_path = hr;
SELECT * FROM salaries;
-- name: a temporary table that shadows in the same message
-- one message
CREATE TEMP TABLE regions (id integer, name text);
SELECT * FROM regions;
DROP TABLE regions;
SELECT * FROM regions;
-- name: a transaction inside the message
-- one message
BEGIN;
SELECT email FROM customers WHERE id = 3;
COMMIT;
-- name: an error in the middle
-- one message
SELECT email FROM customers WHERE id = 1;
SELECT 1/0;
SELECT email FROM customers WHERE id = 2;
-- name: only semicolons and comments
-- one message
;;; /* nothing */ ;
-- name: a statement hidden behind a comment
-- one message
SELECT 1 /* ; */;
/* SELECT 2; */ SELECT email FROM customers WHERE id = 3;
-- name: a statement behind a dollar quote
-- one message
SELECT $a$;$a$;
SELECT $$ $a$ $$ || email FROM customers WHERE id = 3;
-- name: a statement behind an escape string
-- one message
SELECT E'\';' ;
SELECT email FROM customers WHERE id = 3;
-- name: string continuation over lines
-- one message
SELECT 'a'
'b' || email FROM customers WHERE id = 3;
-- name: bit, hex and national strings
-- one message
SELECT B'101', X'1F', N'x';
SELECT email FROM customers WHERE id = 3;
-- name: standard_conforming_strings off
-- one message
SET standard_conforming_strings = off;
SELECT '\' || email FROM customers --';
;
-- name: standard_conforming_strings off in its own message
SET standard_conforming_strings = off;
SELECT '\'' || (SELECT email FROM customers LIMIT 1) || '\'';
-- name: several statements in Parse
-- extended
SELECT 1; SELECT email FROM customers;
-- name: PREPARE and EXECUTE in one message
-- one message
PREPARE p AS SELECT email FROM customers WHERE id = 3;
EXECUTE p;
-- name: DECLARE and FETCH in one message
-- one message
DECLARE c CURSOR FOR SELECT email FROM customers;
FETCH 2 FROM c;
-- name: prepare, execute and copy in one message
-- one message
PREPARE p (text) AS SELECT id, email FROM customers WHERE email = $1;
EXECUTE p (':{email 3}');
CREATE TEMP TABLE t AS EXECUTE p (':{email 3}');
SELECT * FROM t;
-- name: an error that names a value behind a change of names
-- one message
SET search_path = hr;
SELECT amount::text::date FROM salaries;
SELECT 1;
-- name: a temporary table with the name of a tagged one
-- one message
CREATE TEMP TABLE customers (id integer, email text);
INSERT INTO customers SELECT id, email FROM public.customers;
SELECT * FROM customers;
DROP TABLE customers;
SELECT * FROM customers;
-- name: a temporary table that is rolled back in the message
-- one message
BEGIN;
CREATE TEMP TABLE customers (id integer, email text);
ROLLBACK;
SELECT email FROM customers;
-- name: a search path that is rolled back in the message
-- one message
BEGIN;
CREATE TEMP TABLE m (id integer);
SAVEPOINT a;
SET LOCAL search_path = clinic;
ROLLBACK TO a;
SELECT * FROM vault;
COMMIT;
-- name: a table of the transaction filled with masked values
-- one message
CREATE TABLE public.copied AS SELECT id, email FROM customers;
SELECT * FROM public.copied;
DROP TABLE public.copied;
-- name: DISCARD TEMP in the middle
-- one message
CREATE TEMP TABLE customers (id integer, email text);
DISCARD TEMP;
SELECT email FROM customers;
-- name: a cursor over masked values in one message with its end
-- one message
BEGIN;
DECLARE c CURSOR FOR SELECT email FROM customers ORDER BY email;
FETCH 3 FROM c;
CLOSE c;
DECLARE c CURSOR FOR SELECT amount FROM hr.salaries ORDER BY amount;
FETCH 3 FROM c;
COMMIT;
-- name: explain what was prepared in the same message
-- one message
PREPARE p AS SELECT id FROM customers WHERE email > 'm';
EXPLAIN EXECUTE p;
-- name: a transaction that ends and goes on in one message
-- one message
CREATE TEMP TABLE m AS SELECT email FROM customers;
COMMIT;
SELECT max(email) FROM m;
DROP TABLE m;
