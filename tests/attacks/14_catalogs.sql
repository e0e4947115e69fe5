-- System catalogs and what hides in them.
-- name: pg_authid
SELECT rolname, rolpassword FROM pg_authid;
-- name: pg_shadow
SELECT * FROM pg_shadow;
-- name: pg_user_mappings
SELECT * FROM pg_user_mappings;
-- name: pg_user_mapping
SELECT * FROM pg_user_mapping;
-- name: pg_foreign_server options
SELECT srvoptions FROM pg_foreign_server;
-- name: pg_subscription
SELECT subconninfo FROM pg_subscription;
-- name: pg_largeobject
SELECT * FROM pg_largeobject;
-- name: a TOAST table
SELECT * FROM pg_toast.pg_toast_2619;
-- name: a user table's TOAST table by name
DO $$ BEGIN NULL; END $$;
SELECT reltoastrelid::regclass FROM pg_class WHERE relname = 'vault';
-- name: pg_db_role_setting
SELECT * FROM pg_db_role_setting;
-- name: pg_hba_file_rules
SELECT * FROM pg_hba_file_rules;
-- name: pg_file_settings
SELECT * FROM pg_file_settings;
-- name: pg_settings
SELECT name, setting FROM pg_settings WHERE name IN ('data_directory', 'hba_file', 'primary_conninfo');
-- name: writing to pg_settings
UPDATE pg_settings SET setting = 'hr' WHERE name = 'search_path';
SELECT * FROM salaries;
-- name: pg_config
SELECT * FROM pg_config;
-- name: pg_proc sources
SELECT prosrc FROM pg_proc WHERE proname = 'email_of';
-- name: default expressions
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef;
-- name: pg_attribute missing values
SELECT attname, attmissingval FROM pg_attribute WHERE attrelid = 'customers'::regclass;
-- name: pg_trigger
SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal;
-- name: pg_locks
SELECT locktype, mode FROM pg_locks WHERE pid <> pg_backend_pid();
-- name: a catalog shadowed by a temporary table
CREATE TEMP TABLE pg_class AS SELECT email AS relname FROM customers;
SELECT relname FROM pg_class LIMIT 3;
-- name: a write to pg_class
UPDATE pg_class SET relname = 'x' WHERE relname = 'nosuch';
-- name: a write to pg_authid
UPDATE pg_authid SET rolsuper = true WHERE rolname = 'sluice_upstream';
-- name: current settings of other sessions
SELECT * FROM pg_stat_ssl;
-- name: pg_stat_replication
SELECT * FROM pg_stat_replication;
-- name: pg_shmem_allocations
SELECT * FROM pg_shmem_allocations LIMIT 1;
-- name: pg_backend_memory_contexts
SELECT * FROM pg_backend_memory_contexts LIMIT 1;
-- name: pg_stat_progress
SELECT * FROM pg_stat_progress_copy;
-- name: information_schema tells structure only
SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'customers' ORDER BY 1;
-- name: pg_seclabels
SELECT * FROM pg_seclabels;
-- name: pg_publication
SELECT * FROM pg_publication_tables;
-- name: pg_sequences
SELECT * FROM pg_sequences;
-- name: pg_range and opclass walks
SELECT count(*) > 0 FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod;
-- name: statements of other sessions by a star, a row and a function
SELECT count(query) FROM pg_stat_activity;
SELECT count(*) FROM pg_stat_activity a WHERE row_to_json(a)::text LIKE '%' || ':{email 3}' || '%';
SELECT max(length(a::text)) > 100000 FROM pg_stat_activity a;
-- name: the rewritten text of what was prepared
PREPARE seen AS SELECT email FROM customers WHERE id = 3;
SELECT name, statement FROM pg_prepared_statements;
-- name: the rewritten text of a cursor
BEGIN;
DECLARE c CURSOR FOR SELECT email FROM customers;
SELECT name, statement FROM pg_cursors;
COMMIT;
-- name: pages of a table
SELECT relpages, relallvisible FROM pg_class WHERE relname = 'vault';
SELECT c.relpages, c.relallvisible FROM (SELECT * FROM pg_class) c WHERE relname = 'vault';
SELECT count(*) FROM pg_class WHERE relpages > 1;
-- name: counters that follow the width of rows
SELECT n_tup_hot_upd, n_dead_tup FROM pg_stat_user_tables WHERE relname = 'customers';
