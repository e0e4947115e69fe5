-- COPY in every direction.
-- name: COPY of a table
COPY customers TO STDOUT;
-- name: COPY of chosen columns
COPY customers (email) TO STDOUT;
-- name: COPY of a tagged table with its schema
COPY hr.salaries TO STDOUT (FORMAT CSV, HEADER);
-- name: COPY of a query
COPY (SELECT email FROM customers) TO STDOUT;
-- name: COPY of a TABLE command
COPY (TABLE customers) TO STDOUT;
-- name: COPY in binary
COPY (SELECT * FROM customers) TO STDOUT (FORMAT BINARY);
-- name: COPY of VALUES with a subquery
COPY (VALUES ((SELECT email FROM customers WHERE id = 3))) TO STDOUT;
-- name: COPY of a CTE
COPY (WITH c AS (SELECT email FROM customers) SELECT * FROM c) TO STDOUT;
-- name: COPY of a view
COPY (SELECT * FROM customer_directory) TO STDOUT;
-- name: COPY of a materialised view
COPY contact_list TO STDOUT;
-- name: COPY of an UPDATE with RETURNING
COPY (UPDATE customers SET city = 'Chur' WHERE id = 3 RETURNING *) TO STDOUT;
-- name: COPY of an INSERT with RETURNING
COPY (INSERT INTO counters SELECT email, 1 FROM customers WHERE id = 3 RETURNING name) TO STDOUT;
-- name: COPY of a DELETE with RETURNING
COPY (DELETE FROM profiles WHERE id = 3 RETURNING contact) TO STDOUT;
-- name: COPY to a file
COPY customers TO '/tmp/sluice_leak.csv';
-- name: COPY to a program
COPY customers TO PROGRAM 'cat > /dev/null';
-- name: COPY from a file
COPY tasks (title) FROM '/etc/passwd';
-- name: COPY from a program
COPY tasks (title) FROM PROGRAM 'id';
-- name: COPY of a partition
COPY logins_2025 TO STDOUT;
-- name: COPY of a wholly tagged table
COPY clinic.medical_notes TO STDOUT;
-- name: COPY of a statistics catalog
COPY pg_statistic TO STDOUT;
-- name: COPY in with a WHERE that reads
-- data: 1\tx
COPY tasks (id, title) FROM STDIN WHERE title = (SELECT email FROM customers WHERE id = 3);
-- name: COPY in with a WHERE that calls a function
-- data: 6100\tx
COPY tasks (id, title) FROM STDIN WHERE email_of(3) LIKE 'q%';
-- name: COPY into a masked column
-- data: 3\tprobe
COPY customers (id, email) FROM STDIN;
-- name: COPY into a table whose trigger speaks
-- data: 900\tlogin\tanswer\t5\t9
COPY accounts FROM STDIN;
-- name: COPY in and out in one message
-- one message
COPY (SELECT email FROM customers WHERE id = 1) TO STDOUT;
COPY (SELECT phone FROM customers WHERE id = 1) TO STDOUT;
-- name: COPY with a null string and a delimiter
COPY (SELECT phone FROM customers) TO STDOUT (NULL 'nothing', DELIMITER '|');
-- name: COPY with FORCE_QUOTE
COPY (SELECT email FROM customers) TO STDOUT (FORMAT CSV, FORCE_QUOTE *);
-- name: COPY in another encoding
COPY (SELECT email FROM customers) TO STDOUT (ENCODING 'LATIN1');
-- name: the old COPY BINARY syntax
COPY BINARY customers TO STDOUT;
-- name: the old COPY DELIMITERS syntax
COPY customers TO STDOUT DELIMITERS ';';
-- name: SELECT INTO a temporary table and COPY
SELECT * INTO TEMP copied FROM customers;
COPY copied TO STDOUT;
