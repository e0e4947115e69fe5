-- Relations that show another relation's columns.
-- name: a view
SELECT * FROM customer_directory;
-- name: a view of a view
SELECT email, shout FROM directory_of_directory;
-- name: a predicate on a view
SELECT id FROM customer_directory WHERE email = ':{email 3}';
-- name: a view whose WHERE reads a masked column
SELECT * FROM well_paid ORDER BY id;
-- name: the number of rows of such a view
SELECT count(*) FROM well_paid;
-- name: a view that aggregates
SELECT * FROM payroll_by_department ORDER BY 1;
-- name: a view joined with its table
SELECT d.id FROM customer_directory d JOIN customers c ON d.email = c.email AND c.id = 3;
-- name: update through a view
UPDATE customer_directory SET city = 'Chur' WHERE id = 3 RETURNING *;
-- name: delete through a view by a masked column
DELETE FROM customer_directory WHERE email LIKE 'q%';
-- name: a materialised view
SELECT address, phone FROM contact_list;
-- name: a predicate on a materialised view
SELECT id FROM contact_list WHERE address = ':{email 3}';
-- name: a partition by its name
SELECT * FROM logins_2025;
-- name: a partitioned table
SELECT * FROM logins;
-- name: tableoid of partitions
SELECT tableoid::regclass, address FROM logins;
-- name: a child by its name
SELECT ssn FROM contractors;
-- name: a parent shows its children
SELECT ssn FROM people;
-- name: a predicate on a child
SELECT id FROM contractors WHERE ssn LIKE '97%';
-- name: update of a parent returns a child's rows
UPDATE people SET full_name = full_name RETURNING *;
-- name: information_schema of a view
SELECT view_definition FROM information_schema.views WHERE table_name = 'well_paid';
-- name: a view's column by functional notation
SELECT email(d) FROM customer_directory d;
-- name: a star over a view and its table
SELECT * FROM customers NATURAL JOIN directory_of_directory;
-- name: REFRESH and read
REFRESH MATERIALIZED VIEW contact_list;
SELECT address FROM contact_list;
