-- What drivers, ORMs and tools ask of the catalog.
-- name: current_database and user functions
SELECT current_database(), current_schema(), current_schemas(false);
-- name: information_schema.tables
SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema IN ('public', 'hr', 'clinic') ORDER BY 1, 2;
-- name: information_schema.columns
SELECT column_name, data_type, is_nullable, column_default, character_maximum_length FROM information_schema.columns WHERE table_name = 'customers' ORDER BY ordinal_position;
-- name: information_schema.table_constraints
SELECT constraint_name, constraint_type FROM information_schema.table_constraints WHERE table_name = 'order_items' ORDER BY 1;
-- name: information_schema.key_column_usage
SELECT k.column_name FROM information_schema.table_constraints t JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name) WHERE t.table_name = 'customers' AND constraint_type = 'PRIMARY KEY';
-- name: information_schema.schemata
SELECT schema_name FROM information_schema.schemata ORDER BY 1;
-- name: psql's list of relations
SELECT n.nspname as "Schema", c.relname as "Name", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END as "Type", pg_catalog.pg_get_userbyid(c.relowner) as "Owner" FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam WHERE c.relkind IN ('r','p','v','m','S','f','') AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast' AND n.nspname <> 'information_schema' AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1,2;
-- name: psql's columns of a table
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull, (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation, a.attidentity, a.attgenerated FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'public.tasks'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum;
-- name: psql's indexes of a table
SELECT c2.relname, i.indisprimary, i.indisunique, pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), pg_catalog.pg_get_constraintdef(con.oid, true), contype FROM pg_catalog.pg_class c, pg_catalog.pg_class c2, pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_constraint con ON (conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p','u','x')) WHERE c.oid = 'public.orders'::regclass AND c.oid = i.indrelid AND i.indexrelid = c2.oid ORDER BY i.indisprimary DESC, c2.relname;
-- name: SQLAlchemy's start
SELECT pg_catalog.version();
SHOW standard_conforming_strings;
SHOW transaction isolation level;
SELECT current_schema();
-- name: SQLAlchemy's has_table
SELECT pg_catalog.pg_class.relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace WHERE pg_catalog.pg_class.relname = 'customers' AND pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog';
-- name: SQLAlchemy's columns
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 FROM pg_catalog.pg_attrdef WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > 0 AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace WHERE pg_catalog.pg_class.relname IN ('regions', 'products') AND pg_catalog.pg_namespace.nspname = 'public' ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum;
-- name: SQLAlchemy's hstore probe
SELECT t.oid, typarray FROM pg_type t JOIN pg_namespace ns ON typnamespace = ns.oid WHERE typname = 'hstore';
-- name: Django's table list
SELECT c.relname, CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END, obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v') AND n.nspname NOT IN ('pg_catalog', 'pg_toast') AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1;
-- name: Django's constraints
SELECT c.conname, array(SELECT attname FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx) JOIN pg_attribute AS ca ON cols.colid = ca.attnum WHERE ca.attrelid = c.conrelid ORDER BY cols.arridx), c.contype, (SELECT fkc.relname || '.' || fka.attname FROM pg_attribute AS fka JOIN pg_class AS fkc ON fka.attrelid = fkc.oid WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]), cl.reloptions FROM pg_constraint AS c JOIN pg_class AS cl ON c.conrelid = cl.oid WHERE cl.relname = 'orders' AND pg_catalog.pg_table_is_visible(cl.oid) ORDER BY 1;
-- name: Rails' type map
SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype FROM pg_type as t LEFT JOIN pg_range as r ON oid = rngtypid WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bool', 'text', 'varchar', 'jsonb', 'uuid') ORDER BY 1;
-- name: Rails' columns
SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod, c.collname, col_description(a.attrelid, a.attnum) AS comment, attidentity AS identity, attgenerated as attgenerated FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum LEFT JOIN pg_type t ON a.atttypid = t.oid LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation WHERE a.attrelid = '"customers"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum;
-- name: Rails' primary keys
SELECT a.attname FROM (SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx FROM pg_index WHERE indrelid = '"order_items"'::regclass AND indisprimary) i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[i.idx] ORDER BY i.idx;
-- name: asyncpg's type introspection
SELECT t.oid, ns.nspname, t.typname, t.typtype::text AS kind, t.typelem, t.typbasetype, t.typrelid FROM pg_catalog.pg_type AS t INNER JOIN pg_catalog.pg_namespace AS ns ON (ns.oid = t.typnamespace) WHERE t.typname IN ('order_status', 'quantity', 'address') ORDER BY 3;
-- name: enum labels
SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'order_status' ORDER BY e.enumsortorder;
-- name: node and JDBC look up a type by oid
-- parameters: 1043
SELECT typname FROM pg_catalog.pg_type WHERE oid = $1;
-- name: JDBC's primary keys
SELECT result.TABLE_SCHEM, result.TABLE_NAME, result.COLUMN_NAME, result.KEY_SEQ FROM (SELECT n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, a.attname AS COLUMN_NAME, (information_schema._pg_expandarray(i.indkey)).n AS KEY_SEQ, (information_schema._pg_expandarray(i.indkey)).x AS x, a.attnum AS a_attnum FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_attribute a ON (ct.oid = a.attrelid) JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON (a.attrelid = i.indrelid) WHERE true AND n.nspname = 'public' AND ct.relname = 'order_items' AND i.indisprimary) result WHERE result.x = result.a_attnum ORDER BY 4;
-- name: regclass, regtype and to_regclass
SELECT 'customers'::regclass, 'integer'::regtype, to_regclass('nosuch'), 'now'::regproc;
-- name: format_type
SELECT format_type(1043, 84), format_type(23, -1);
-- name: obj_description and col_description
SELECT obj_description('customers'::regclass), col_description('customers'::regclass, 1);
-- name: privileges
SELECT has_table_privilege('customers', 'SELECT'), has_schema_privilege('hr', 'USAGE'), has_database_privilege(current_database(), 'TEMP');
-- name: visible functions
SELECT proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' ORDER BY 1;
-- name: a view's definition of clear tables
SELECT pg_get_viewdef('open_orders'::regclass, true);
-- name: index definitions
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'orders' ORDER BY 1;
-- name: pg_tables and pg_views
SELECT tablename FROM pg_tables WHERE schemaname = 'hr' ORDER BY 1;
SELECT viewname FROM pg_views WHERE schemaname = 'public' ORDER BY 1;
-- name: pg_settings of a few
SELECT name, setting FROM pg_settings WHERE name IN ('server_version_num', 'max_identifier_length') ORDER BY 1;
-- name: pg_type and pg_namespace counts
SELECT count(*) > 100 FROM pg_type;
SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1;
-- name: sequences
SELECT sequence_name FROM information_schema.sequences ORDER BY 1;
SELECT pg_get_serial_sequence('tasks', 'id');
-- name: partitions
SELECT inhrelid::regclass::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'logins'::regclass ORDER BY 1;
-- name: foreign keys
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'cards'::regclass AND contype = 'f';
-- name: pg_extension and pg_am
SELECT extname FROM pg_extension ORDER BY 1;
SELECT amname FROM pg_am ORDER BY 1 LIMIT 3;
-- name: collations and encodings
SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database();
-- name: quote_ident and format
SELECT quote_ident('Mixed Case'), quote_literal('it''s'), format('%I', 'select');
-- name: pg_is_in_recovery
SELECT pg_is_in_recovery();
SHOW transaction_read_only;
-- name: DBD::Pg's primary key
SELECT c.oid, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(c.relname), i.indkey, pg_catalog.quote_ident(pg_catalog.pg_tablespace_location(t.oid)), pg_catalog.quote_ident(pg_catalog.current_database()) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON (i.indrelid = c.oid) LEFT JOIN pg_catalog.pg_namespace n ON (n.oid = c.relnamespace) LEFT JOIN pg_catalog.pg_tablespace t ON (t.oid = c.reltablespace) WHERE i.indisprimary IS TRUE AND c.relname = 'customers' AND n.nspname = 'public';
-- name: who is connected
SELECT count(*) > 0, bool_and(datname IS NOT NULL OR backend_type <> 'client backend') FROM pg_stat_activity;
-- name: locks that are held
SELECT count(*) >= 0 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT l.granted;
-- name: what was prepared, by name
PREPARE mine AS SELECT 1;
SELECT name FROM pg_prepared_statements WHERE from_sql AND name = 'mine';
-- name: user mappings as psql lists them
SELECT um.srvname, um.usename FROM pg_catalog.pg_user_mappings um ORDER BY 1, 2;
