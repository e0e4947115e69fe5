-- Names that mean something else.
-- name: SET search_path
SET search_path = hr, clinic;
SELECT * FROM salaries;
-- name: SET LOCAL search_path
BEGIN;
SET LOCAL search_path = clinic;
SELECT * FROM vault;
COMMIT;
-- name: a search path undone by rollback
BEGIN;
SET search_path = hr;
ROLLBACK;
SELECT * FROM salaries;
-- name: a search path undone to a savepoint
BEGIN;
SAVEPOINT a;
SET search_path = hr;
ROLLBACK TO a;
SELECT * FROM salaries;
COMMIT;
-- name: RESET and DISCARD
SET search_path = hr;
DISCARD ALL;
SELECT * FROM customers;
-- name: a search path with $user
SET search_path = "$user", public, hr;
SELECT email FROM customers;
SELECT amount FROM salaries;
-- name: an empty search path
SET search_path = '';
SELECT email FROM public.customers;
SELECT email FROM customers;
-- name: pg_catalog behind a schema
SET search_path = public, pg_catalog;
SELECT email FROM customers;
-- name: pg_temp first
SET search_path = pg_temp, public;
CREATE TEMP TABLE customers AS SELECT 1 AS id, 'mine' AS email;
SELECT email FROM customers;
DROP TABLE customers;
SELECT email FROM customers;
-- name: a temporary table shadows a tagged one
CREATE TEMP TABLE customers (id integer, email text);
SELECT email FROM customers;
SELECT email FROM public.customers WHERE id = 3;
-- name: a temporary table that vanishes with its transaction
BEGIN;
CREATE TEMP TABLE customers (id integer, email text);
ROLLBACK;
SELECT email FROM customers;
-- name: a temporary table that vanishes at a savepoint
BEGIN;
SAVEPOINT a;
CREATE TEMP TABLE salaries (id integer, amount numeric);
ROLLBACK TO a;
SET LOCAL search_path = hr;
SELECT amount FROM salaries;
COMMIT;
-- name: DISCARD TEMP
CREATE TEMP TABLE customers (id integer, email text);
DISCARD TEMP;
SELECT email FROM customers;
-- name: a temporary table with ON COMMIT DROP
BEGIN;
CREATE TEMP TABLE customers (id integer, email text) ON COMMIT DROP;
COMMIT;
SELECT email FROM customers;
-- name: a temporary table swapped by RENAME
CREATE TEMP TABLE mine (id integer, email text);
ALTER TABLE mine RENAME TO customers;
SELECT email FROM customers;
-- name: pg_temp qualified
SELECT email FROM pg_temp.customers;
-- name: a temporary type named text
CREATE DOMAIN pg_temp.text AS varchar;
SELECT email FROM customers WHERE id = 3;
-- name: a temporary operator
CREATE OPERATOR pg_temp.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
SELECT email FROM customers WHERE id = 3;
-- name: a schema of one's own
CREATE SCHEMA AUTHORIZATION CURRENT_USER;
SELECT email FROM customers;
-- name: current_schemas shows the path
SELECT current_schemas(true), current_schema();
-- name: three-part name with another database
SELECT email FROM template1.public.customers;
-- name: a truncated identifier
SELECT email AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa FROM customers WHERE id = 3;
