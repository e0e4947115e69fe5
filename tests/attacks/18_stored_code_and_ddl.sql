-- Code and definitions that an agent would leave behind.
-- name: a DO block
DO $$ BEGIN RAISE NOTICE '%', (SELECT email FROM public.customers LIMIT 1); END $$;
-- name: a DO block that raises an error
DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(email, ',') FROM public.customers); END $$;
-- name: a DO block with dynamic SQL
DO $$ DECLARE v text; BEGIN EXECUTE 'SELECT em' || 'ail FROM customers LIMIT 1' INTO v; RAISE INFO '%', v; END $$;
-- name: a DO block that sets a setting
DO $$ BEGIN PERFORM set_config('app.leak', (SELECT email FROM public.customers LIMIT 1), false); END $$;
SELECT current_setting('app.leak', true);
-- name: CREATE FUNCTION
CREATE FUNCTION peek() RETURNS text LANGUAGE sql AS 'SELECT email FROM public.customers LIMIT 1';
SELECT peek();
-- name: CREATE FUNCTION with a body that is parsed
CREATE FUNCTION peek2() RETURNS text BEGIN ATOMIC SELECT email FROM public.customers LIMIT 1; END;
-- name: CREATE PROCEDURE and CALL
CREATE PROCEDURE run() LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''x''; END';
CALL run();
-- name: CREATE VIEW
CREATE VIEW mine AS SELECT email FROM customers;
SELECT * FROM mine;
-- name: CREATE RULE
CREATE RULE r AS ON INSERT TO counters DO INSTEAD SELECT email FROM customers;
-- name: CREATE TRIGGER
CREATE TRIGGER t BEFORE INSERT ON counters FOR EACH ROW EXECUTE FUNCTION tell();
-- name: CREATE INDEX on an expression
CREATE INDEX ON customers ((1 / length(email)));
-- name: ALTER TABLE USING
ALTER TABLE customers ALTER email TYPE integer USING length(email);
-- name: ALTER TABLE RENAME
ALTER TABLE customers RENAME email TO mail;
-- name: ADD CHECK
ALTER TABLE customers ADD CHECK (email < 'v');
-- name: ADD a generated column
ALTER TABLE customers ADD copy text GENERATED ALWAYS AS (email) STORED;
-- name: ATTACH PARTITION
ALTER TABLE logins DETACH PARTITION logins_2025;
-- name: INHERIT
CREATE TABLE child (LIKE customers);
ALTER TABLE child INHERIT customers;
-- name: CREATE DOMAIN with a check
CREATE DOMAIN d AS text CHECK (VALUE <> (public.email_of(3)));
-- name: CREATE TYPE
CREATE TYPE t AS (a public.customers);
-- name: CREATE CAST
CREATE CAST (public.customers AS text) WITH FUNCTION public.describe(public.customers);
-- name: CREATE OPERATOR
CREATE OPERATOR public.~~~ (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
-- name: CREATE AGGREGATE
CREATE AGGREGATE public.leak(text) (SFUNC = textcat, STYPE = text);
-- name: CREATE EVENT TRIGGER
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.tell();
-- name: CREATE PUBLICATION
CREATE PUBLICATION p FOR TABLE customers;
-- name: CREATE SUBSCRIPTION
CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p WITH (connect = false);
-- name: CREATE EXTENSION
CREATE EXTENSION dblink;
-- name: CREATE SERVER and a foreign table
CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw;
-- name: CREATE POLICY
CREATE POLICY p ON customers USING (true);
-- name: COMMENT from a guess
COMMENT ON TABLE customers IS 'x';
-- name: SECURITY LABEL
SECURITY LABEL ON TABLE customers IS 'x';
-- name: GRANT
GRANT SELECT ON customers TO PUBLIC;
-- name: CREATE ROLE
CREATE ROLE intruder SUPERUSER LOGIN PASSWORD 'x';
-- name: ALTER ROLE of a password
ALTER ROLE sluice_upstream PASSWORD 'changed';
-- name: ALTER ROLE SET search_path
ALTER ROLE sluice_upstream SET search_path = hr;
-- name: ALTER SYSTEM
ALTER SYSTEM SET log_statement = 'all';
-- name: ALTER DATABASE
ALTER DATABASE shop SET search_path = hr;
-- name: REASSIGN and DROP OWNED
DROP OWNED BY sluice_upstream;
-- name: CLUSTER changes the order of rows
CLUSTER customers USING customers_email_key;
SELECT id FROM customers;
-- name: REINDEX and VACUUM
VACUUM FULL customers;
-- name: CREATE SCHEMA with elements
CREATE SCHEMA mine CREATE VIEW v AS SELECT email FROM public.customers;
-- name: DROP TABLE
DROP TABLE customers CASCADE;
-- name: IMPORT FOREIGN SCHEMA
IMPORT FOREIGN SCHEMA public FROM SERVER s INTO public;
