-- Policies choose rows by what is masked.
-- name: rows chosen by a masked column of their own
SELECT count(*) FROM lab.patients;
SELECT id FROM lab.patients ORDER BY id;
-- name: rows chosen by a masked column of another table
SELECT id, name FROM lab.wards ORDER BY id;
SELECT EXISTS (SELECT FROM lab.wards WHERE id = 1);
-- name: joined with rows that are chosen
SELECT c.id FROM customers c JOIN lab.wards w ON w.id = c.id ORDER BY 1;
SELECT c.id FROM customers c WHERE c.id < 11 AND c.id NOT IN (SELECT id FROM lab.patients) ORDER BY 1;
-- name: writing rows that are chosen
UPDATE lab.wards SET name = 'x' WHERE id = 1;
DELETE FROM lab.wards WHERE id = 1;
UPDATE lab.patients SET name = 'x' WHERE id = 1;
-- name: a policy judges what is inserted
INSERT INTO lab.beds VALUES (20, 'bed');
INSERT INTO lab.beds VALUES (11, 'bed') RETURNING id;
-- name: a policy judges what is updated
UPDATE lab.beds SET label = 'x' WHERE id = 1;
INSERT INTO lab.beds VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET label = 'y';
-- name: MERGE under a policy
MERGE INTO lab.beds b USING (VALUES (1), (30)) v(id) ON v.id = b.id WHEN MATCHED THEN UPDATE SET label = 'y' WHEN NOT MATCHED THEN INSERT VALUES (v.id, 'z');
-- name: COPY of rows that are chosen
COPY lab.wards TO STDOUT;
COPY (SELECT * FROM lab.patients) TO STDOUT;
-- name: COPY into a table with a policy
-- data: 41\tbed
COPY lab.beds FROM STDIN;
-- name: locking rows that are chosen
SELECT id FROM lab.wards FOR UPDATE;
-- name: explaining rows that are chosen
EXPLAIN SELECT * FROM lab.wards;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM lab.wards;
-- name: a copy of rows that are chosen
CREATE TEMP TABLE w AS SELECT * FROM lab.wards;
SELECT count(*) FROM w;
-- name: a foreign key into rows that are chosen
TABLE lab.wards;
DECLARE c CURSOR WITH HOLD FOR SELECT * FROM lab.wards;
FETCH ALL FROM c;
-- name: row security is switched off
SET row_security = off;
SELECT count(*) FROM lab.wards;
