-- Code that types, operators, casts and notations lead to: no function is called by its name here.
-- name: a function called as if it were a column of an expression
SET search_path = lab, public;
SELECT (1).value_of;
SELECT (id).value_of FROM customers WHERE id < 4 ORDER BY id;
-- name: a function called as a field of a parenthesised row
SET search_path = lab, public;
SELECT (s).value_of_row FROM lab.samples s ORDER BY s.id LIMIT 3;
SELECT (ROW(3, 'a', 'x', 1, 1, NULL)::lab.samples).value_of_row;
-- name: a function called as a column of a row
SET search_path = lab, public;
SELECT s.value_of_row FROM lab.samples s ORDER BY s.id LIMIT 3;
-- name: a function called as a field of a literal
SET search_path = lab, public;
SELECT ('a'::text).value_of_text;
-- name: a function called as a field of a parameter
-- parameters: 3
SET search_path = lab, public;
SELECT ($1::integer).value_of;
-- name: a function called as a field of a subquery
SET search_path = lab, public;
SELECT (SELECT 3).value_of;
-- name: a function called as a field of a field
SET search_path = lab, public;
SELECT ((s).id).value_of FROM lab.samples s WHERE id = 2;
-- name: a function called as a field in a predicate
SET search_path = lab, public;
SELECT count(*) FROM customers c WHERE (c.id).value_of > 'w';
-- name: a builtin that runs SQL called as a field
SELECT ('SELECT email FROM public.customers').ts_stat;
SELECT ('customers'::regclass).pg_relation_size;
SELECT ('customers').pg_relation_filepath;
SELECT ('app.secret').current_setting;
SELECT ('/etc/passwd').pg_read_file;
-- name: a builtin that shows the size of a table as a field
SELECT ('lab.samples'::regclass).pg_table_size;
SELECT ('lab.samples'::regclass).pg_total_relation_size, ('lab.samples'::regclass).pg_indexes_size;
SELECT ('shop'::text).pg_database_size IS NULL;
-- name: a builtin set returning function as a field with a star
SELECT ('lab.samples').pg_relation_size, (('customers'::regclass).pg_table_size);
-- name: a function of row notation in a DML
SET search_path = lab, public;
UPDATE tasks SET title = (id).value_of WHERE id = 1 RETURNING title;
INSERT INTO tasks (title) VALUES ((3).value_of) RETURNING title;
-- name: a function whose body calls by notation
SELECT lab.through_notation(3);
SELECT lab.through_row(3);
SELECT lab.through_rows(3);
-- name: a literal becomes an argument of a domain that looks up
SELECT lab.tidy(':{sample 3}');
SELECT lab.tidy((SELECT min(name) FROM public.regions));
-- name: a literal becomes a composite argument with such a field
SELECT lab.first_of_pair('(1,:{sample 3})');
SELECT lab.first_of_pair(ROW(1, ':{sample 3}'));
-- name: variadic arguments of a domain that looks up
SELECT lab.tidy_all(':{sample 3}', 'other');
SELECT lab.tidy_all(VARIADIC '{:{sample 3}}');
-- name: what a function returns is of a domain that looks up
SELECT lab.to_known(':{sample 3}');
SELECT * FROM lab.to_known_out(':{sample 3}');
SELECT * FROM lab.to_known_table(':{sample 3}');
-- name: an array literal is compared with an array of the domain
SELECT ARRAY(SELECT value FROM lab.known) = '{:{sample 3}}';
SELECT list = '{:{sample 3}}' FROM lab.known;
SELECT list || '{:{sample 3}}' FROM lab.known;
SELECT ':{sample 3}' = ANY (list) FROM lab.known;
-- name: elements join an array of the domain
SELECT array_append(list, ':{sample 3}') FROM lab.known;
SELECT array_prepend(':{sample 3}', list) FROM lab.known;
SELECT array_cat(list, '{:{sample 3}}') FROM lab.known;
SELECT array_position(list, ':{sample 3}'), array_remove(list, ':{sample 3}'), array_replace(list, ':{sample 3}', 'x') FROM lab.known;
SELECT array_fill(':{sample 3}', list) FROM lab.known;
-- name: CASE and COALESCE with a value of the domain
SELECT coalesce(value, ':{sample 3}') FROM lab.known;
SELECT CASE WHEN id = 1 THEN ':{sample 3}' ELSE value END FROM lab.known;
SELECT greatest(value, ':{sample 3}'), nullif(value, ':{sample 3}') FROM lab.known;
SELECT value FROM lab.known UNION SELECT ':{sample 3}';
SELECT lag(value, 1, ':{sample 3}') OVER () FROM lab.known;
-- name: a row of a table with the domain is populated
SELECT json_populate_record(k, '{"value": ":{sample 3}"}') FROM lab.known k;
SELECT jsonb_populate_record(k, '{"list": [":{sample 3}"]}') FROM lab.known k;
SELECT * FROM lab.known k, jsonb_populate_recordset(k, '[{"value": ":{sample 3}"}]');
-- name: a row of the composite type is populated
SELECT * FROM jsonb_populate_record(NULL::lab.pair, '{"v": ":{sample 3}"}');
SELECT * FROM json_to_record('{"v": ":{sample 3}"}') AS x(v lab.known_value);
SELECT * FROM jsonb_to_recordset('[{"v": ":{sample 3}"}]') AS x(v lab.known_value);
SELECT * FROM XMLTABLE('/a' PASSING '<a>:{sample 3}</a>'::xml COLUMNS v lab.known_value PATH '.');
-- name: input functions by hand
SELECT domain_in(':{sample 3}', 'lab.known_value'::regtype, -1);
SELECT record_in('(1,:{sample 3})', 'lab.pair'::regtype, -1);
SELECT array_in('{:{sample 3}}', 'lab.known_value'::regtype, -1);
-- name: a parameter of SQL PREPARE is of the domain
PREPARE p(lab.known_value) AS SELECT $1;
EXECUTE p(':{sample 3}');
-- name: a parameter of SQL PREPARE is of the composite type
PREPARE p(lab.pair) AS SELECT ($1).a;
EXECUTE p('(1,:{sample 3})');
-- name: a parameter of SQL PREPARE is an array of the domain
PREPARE p(lab.known_value[]) AS SELECT $1;
EXECUTE p('{:{sample 3}}');
-- name: a temporary table like one with the domain
CREATE TEMP TABLE k (LIKE lab.known);
INSERT INTO k VALUES (1, ':{sample 3}');
INSERT INTO k VALUES (2, NULL, '{:{sample 3}}');
-- name: a temporary table made of a query over the domain
CREATE TEMP TABLE k AS SELECT value, list FROM lab.known;
INSERT INTO k VALUES (':{sample 3}');
-- name: SELECT INTO a temporary table of the domain
SELECT value INTO TEMP k FROM lab.known;
INSERT INTO k VALUES (':{sample 3}');
-- name: COPY into a temporary table of the domain
-- data: :{sample 3}
CREATE TEMP TABLE k AS SELECT value FROM lab.known WHERE false;
COPY k FROM STDIN;
-- name: a temporary table with a column of the domain
CREATE TEMP TABLE k (v lab.known_value);
INSERT INTO k VALUES (':{sample 3}');
-- name: a temporary table is altered to the domain
CREATE TEMP TABLE k (v text);
INSERT INTO k VALUES (':{sample 3}');
ALTER TABLE k ALTER v TYPE lab.known_value;
-- name: a column of the domain is added
CREATE TEMP TABLE k (v text);
INSERT INTO k VALUES (':{sample 3}');
ALTER TABLE k ADD w lab.known_value DEFAULT ':{sample 3}';
-- name: the domain in its own table
INSERT INTO lab.known VALUES (2, ':{sample 3}');
INSERT INTO lab.known (id, list) VALUES (3, '{:{sample 3}}');
UPDATE lab.known SET value = ':{sample 3}' WHERE id = 1;
UPDATE lab.known SET list[1] = ':{sample 3}' WHERE id = 1;
INSERT INTO lab.known VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET value = ':{sample 3}';
-- name: MERGE writes the domain
MERGE INTO lab.known k USING (VALUES (1)) v(id) ON v.id = k.id WHEN MATCHED THEN UPDATE SET value = ':{sample 3}';
-- name: COPY writes the domain
-- data: 7\tguess\t\\N
COPY lab.known FROM STDIN;
-- name: a view of the types of the domain
SELECT lab.known_value ':{sample 3}';
SELECT ':{sample 3}'::lab.known_value, CAST(':{sample 3}' AS lab.known_value), lab.known_value(':{sample 3}');
SELECT known_value(':{sample 3}');
-- name: the order of points is code of the database
SELECT ARRAY(SELECT p FROM (VALUES (point '(1,2)'), (point '(3,4)')) v(p) ORDER BY p)::text;
-- name: the order of points in DISTINCT and GROUP BY
SELECT DISTINCT p::text FROM (SELECT DISTINCT p FROM (VALUES (point '(1,2)'), (point '(3,4)')) v(p)) x;
SELECT p::text FROM (VALUES (point '(1,2)'), (point '(3,4)')) v(p) GROUP BY p ORDER BY p LIMIT 1;
-- name: the order of points in a window
SELECT x, rank() OVER (ORDER BY p) FROM (VALUES (1, point '(1,2)'), (2, point '(3,4)')) v(x, p) ORDER BY x;
-- name: the order of points in an aggregate
SELECT array_agg(p ORDER BY p)::text FROM (VALUES (point '(1,2)'), (point '(3,4)')) v(p);
-- name: an index over points of one's own
CREATE TEMP TABLE pts (p point);
INSERT INTO pts VALUES ('(1,2)'), ('(3,4)');
CREATE INDEX ON pts (p);
SELECT p::text FROM pts ORDER BY p LIMIT 1;
-- name: the order of points in a table
SELECT id FROM lab.places_of ORDER BY p LIMIT 1;
SELECT id, rank() OVER (ORDER BY p) FROM lab.places_of ORDER BY id;
CREATE TEMP TABLE q AS SELECT p FROM lab.places_of;
SELECT p::text FROM q ORDER BY p LIMIT 1;
-- name: arrays of points are compared
SELECT ARRAY[point '(1,2)'] < ARRAY[point '(3,4)'];
SELECT ROW(point '(1,2)') < ROW(point '(3,4)');
-- name: a range over a type whose order looks
SELECT least(point '(1,2)', point '(3,4)')::text;
