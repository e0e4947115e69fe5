-- Where and how values are stored.
-- name: ctid
SELECT ctid, id FROM customers;
-- name: ctid of a table with long values
SELECT max(ctid) FROM clinic.medical_notes;
-- name: xmin and xmax
SELECT xmin, xmax, cmin, cmax FROM customers LIMIT 1;
-- name: tableoid
SELECT DISTINCT tableoid FROM customers;
-- name: a system column in a predicate
SELECT id FROM customers WHERE ctid = '(0,1)';
-- name: ctid in ORDER BY
SELECT id FROM customers ORDER BY ctid DESC LIMIT 3;
-- name: ctid of RETURNING
UPDATE customers SET city = city WHERE id = 3 RETURNING ctid;
-- name: large objects
SELECT lo_from_bytea(0, convert_to((SELECT email FROM customers WHERE id = 3), 'UTF8'));
-- name: a large object written and read
BEGIN;
SELECT lo_create(424242);
SELECT lo_put(424242, 0, convert_to((SELECT email FROM customers WHERE id = 3), 'UTF8'));
SELECT lo_get(424242);
ROLLBACK;
-- name: loread and lowrite
BEGIN;
SELECT lo_open(1, 262144);
ROLLBACK;
-- name: pageinspect
SELECT * FROM heap_page_items(get_raw_page('customers', 0));
-- name: pgstattuple
SELECT * FROM pgstattuple('customers');
-- name: pg_visibility and freespace
SELECT * FROM pg_freespace('customers');
-- name: pg_relation_filepath
SELECT pg_relation_filepath('customers'), pg_relation_filenode('customers');
-- name: brin and gin support
SELECT brin_summarize_new_values('customers_city');
-- name: the number of pages
SELECT pg_relation_size('clinic.medical_notes') / current_setting('block_size')::int;
-- name: TOAST threshold
SELECT pg_column_size(note), pg_column_size(m) FROM clinic.medical_notes m;
