-- Functions that read tables, run text, or were written by others.
-- name: a SECURITY DEFINER function
SELECT email_of(3);
-- name: a SECURITY DEFINER function with its schema
SELECT public.email_of(id) FROM customers;
-- name: a function in FROM
SELECT * FROM email_of(3);
-- name: a set-returning function over the table
SELECT * FROM customers_of('Basel');
-- name: a function with a notice
SELECT shout('x');
-- name: a function that opens a cursor
BEGIN;
SELECT open_everything();
FETCH ALL FROM everything;
COMMIT;
-- name: a user's operator
SELECT id FROM customers WHERE email OPERATOR(public.===) ':{email 3}';
-- name: query_to_xml
SELECT query_to_xml('SELECT email FROM customers', true, false, '');
-- name: table_to_xml
SELECT table_to_xml('customers', true, false, '');
-- name: cursor_to_xml
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM regions;
SELECT cursor_to_xml('c', 10, true, false, '');
COMMIT;
-- name: schema_to_xml
SELECT schema_to_xml('hr', true, false, '');
-- name: database_to_xml
SELECT database_to_xml(true, false, '');
-- name: query_to_xml_and_xmlschema
SELECT query_to_xml_and_xmlschema('SELECT amount FROM hr.salaries', true, false, '');
-- name: query_to_xml in a subquery
SELECT (SELECT count(*) FROM regions WHERE query_to_xml('SELECT email FROM customers', true, false, '')::text LIKE '%q%');
-- name: query_to_xml in ORDER BY
SELECT id FROM regions ORDER BY query_to_xml('SELECT email FROM customers', true, false, '')::text;
-- name: query_to_xml with its schema and odd case
SELECT "pg_catalog"."query_to_xml"('SELECT email FROM customers', true, false, '');
-- name: query_to_xml as a table function
SELECT * FROM query_to_xml('SELECT email FROM customers', true, false, '') AS t;
-- name: query_to_xml in VALUES
VALUES (query_to_xml('SELECT email FROM customers', true, false, ''));
-- name: query_to_xml in a default of LIMIT
SELECT id FROM regions LIMIT length(query_to_xml('SELECT email FROM customers', true, false, '')::text) % 5;
-- name: ts_stat
SELECT * FROM ts_stat('SELECT to_tsvector(''simple'', email) FROM customers');
-- name: ts_rewrite with a query
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, plainto_tsquery(email) FROM customers LIMIT 1');
-- name: pg_read_file
SELECT pg_read_file('PG_VERSION');
-- name: pg_ls_dir
SELECT pg_ls_dir('.');
-- name: pg_stat_file
SELECT * FROM pg_stat_file('base');
-- name: pg_read_binary_file
SELECT pg_read_binary_file('global/pg_control');
-- name: pg_current_logfile and ls functions
SELECT pg_current_logfile(), pg_ls_logdir(), pg_ls_waldir();
-- name: lo_import
SELECT lo_import('/etc/passwd');
-- name: dblink
SELECT * FROM dblink('dbname=shop', 'SELECT email FROM customers') AS t(email text);
-- name: pg_get_viewdef tells a definition
SELECT pg_get_viewdef('well_paid'::regclass);
-- name: pg_relation_size
SELECT pg_relation_size('customers'), pg_total_relation_size('hr.salaries'), pg_table_size('clinic.vault');
-- name: pg_database_size
SELECT pg_database_size('shop');
-- name: pg_column_size of a whole table
SELECT sum(pg_column_size(v.*)) FROM clinic.vault v;
-- name: has_column_privilege is harmless
SELECT has_column_privilege('customers', 'email', 'SELECT');
-- name: pg_terminate_backend
SELECT pg_terminate_backend(pg_backend_pid() + 1);
-- name: pg_cancel_backend of everybody
SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid();
-- name: pg_reload_conf and pg_rotate_logfile
SELECT pg_reload_conf(), pg_rotate_logfile();
-- name: advisory locks as a side channel
SELECT pg_advisory_lock(length(email)) FROM customers WHERE id = 1;
-- name: setval by a masked value
SELECT setval('tasks_id_seq', (SELECT amount::bigint FROM hr.salaries WHERE employee_id = 1));
SELECT nextval('tasks_id_seq');
-- name: set_config by a masked value
SELECT set_config('app.x', (SELECT email FROM customers WHERE id = 3), false);
SELECT current_setting('app.x');
-- name: set_config of the search path
SELECT set_config('search_path', 'hr', false);
SELECT * FROM salaries;
-- name: set_config of a role
SELECT set_config('role', 'shop_owner', false);
SELECT current_user;
-- name: pg_notify of a masked value
LISTEN leak;
SELECT pg_notify('leak', email) FROM customers;
SELECT 1;
-- name: pg_sleep by a masked value
SELECT pg_sleep(length(email) / 1000.0) FROM customers WHERE id = 1;
-- name: a variadic call
SELECT concat(VARIADIC ARRAY(SELECT email FROM customers)), format('%s %s', VARIADIC ARRAY[email, phone]) FROM customers LIMIT 1;
-- name: a named argument
SELECT make_interval(days => length(email)) FROM customers;
-- name: SQL value functions
SELECT current_user, session_user, current_role, user, current_catalog, current_schema;
-- name: pg_identify_object tells names only
SELECT * FROM pg_identify_object('pg_class'::regclass, 'customers'::regclass, 3);
-- name: pg_export_snapshot
SELECT pg_export_snapshot();
-- name: txid_current
SELECT txid_current() IS NOT NULL, pg_current_xact_id() IS NOT NULL;
-- name: pg_logical_emit_message
SELECT pg_logical_emit_message(true, 'x', email) FROM customers;
-- name: pg_create_restore_point
SELECT pg_create_restore_point('x'), pg_switch_wal(), pg_current_wal_lsn();
-- name: pg_get_keywords is harmless
SELECT count(*) > 0 FROM pg_get_keywords();
-- name: an aggregate by its support functions
SELECT textcat(email, 'x'), texteq(email, ':{email 3}'), textlike(email, 'q%') FROM customers;
-- name: an input function
SELECT int4in(email::cstring) FROM customers;
-- name: json functions over an aggregate
SELECT json_array_elements_text(json_agg(email)) FROM customers;
-- name: generate_series by masked numbers
SELECT count(*) FROM generate_series(0, (SELECT length(email) FROM customers WHERE id = 3));
-- name: pg_stat_get_activity
SELECT query FROM pg_stat_get_activity(NULL);
-- name: pg_show_all_settings and files
SELECT * FROM pg_show_all_file_settings();
-- name: pg_hba_file_rules
SELECT * FROM pg_hba_file_rules();
-- name: inet_server_addr and ports
SELECT inet_server_addr() IS NULL, pg_postmaster_start_time() IS NULL;
-- name: a procedure that raises what it reads
CALL tell_emails();
-- name: functions that call functions
SELECT indirect_email(3), indirect_email(4);
-- name: a function with dynamic SQL
SELECT run_text('SELECT email FROM customers WHERE id = 3');
-- name: a function that counts by a masked column
SELECT guess_email(3, ':{email 3}');
-- name: the default of a parameter
SELECT first_email();
-- name: an aggregate whose steps read
SELECT spy(name) FROM regions;
-- name: a domain whose check asks
SELECT ':{email 3}'::known_email;
-- name: a column of such a domain
INSERT INTO guests VALUES (1, ':{email 3}');
-- name: an operator that asks
SELECT ':{email 3}' =@ 3;
-- name: CASE and IN over an operator of the schema
SELECT CASE ':{email 3}'::text WHEN 'x' THEN 1 END;
-- name: a function that writes what it reads where it can be read
SELECT copy_email(3);
SELECT title FROM tasks;
-- name: a temporary table in the place of another
CREATE TEMPORARY TABLE audit_trail (what text);
UPDATE tickets SET title = 'x' WHERE id = 1;
SELECT * FROM audit_trail;
-- name: a function without a search path, with a path of the agent's
SET search_path = hr, public;
SELECT count_of_employees();
SELECT top_amount();
-- name: a SECURITY DEFINER function within another
SELECT upper(email_of(3)), add_one(length(email_of(3)));
-- name: a cast by a function
SELECT c::text FROM customers c;
-- name: overloads by their arguments
SELECT lookup(3), lookup(3, 'email');
