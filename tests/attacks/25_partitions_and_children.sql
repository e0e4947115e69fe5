-- Where a row lies tells what it holds.
-- name: a partition whose bounds a masked key chose
SELECT count(*) FROM lab.letters_low;
SELECT id FROM lab.letters_high ORDER BY id;
-- name: the partition that a row lies in
SELECT id, tableoid::regclass FROM lab.letters ORDER BY id;
SELECT tableoid::regclass, count(*) FROM lab.letters GROUP BY 1 ORDER BY 1;
-- name: a hash partition of a masked key
SELECT id FROM lab.parcels_0 ORDER BY id;
SELECT id, tableoid::regclass::text FROM lab.parcels ORDER BY id;
-- name: a partition by an expression over a masked key
SELECT count(*) FROM lab.by_length_long;
SELECT id, tableoid::regclass::text FROM lab.by_length ORDER BY id;
-- name: writing one partition of a masked key
UPDATE lab.letters_low SET read = true;
DELETE FROM lab.letters_high WHERE id = 1;
UPDATE lab.by_length_long SET note = 'x' RETURNING id;
UPDATE lab.parcels_0 SET weight = 1 WHERE id = 3;
-- name: the partition of what is written
UPDATE lab.letters SET read = true WHERE id < 4 RETURNING id, tableoid::regclass::text;
DELETE FROM lab.parcels WHERE id = 1 RETURNING tableoid::regclass;
UPDATE lab.letters SET read = true WHERE tableoid = 'lab.letters_low'::regclass;
DELETE FROM lab.letters WHERE tableoid::regclass::text = 'lab.letters_low';
-- name: rows that are inserted choose a partition
INSERT INTO lab.letters (id, body) SELECT id + 100, body FROM lab.letters WHERE id = 1 RETURNING tableoid::regclass;
-- name: rows that cannot go into a partition
INSERT INTO lab.letters_low VALUES (50, 'zz');
INSERT INTO lab.letters_low SELECT id + 100, 'a' FROM lab.letters_low;
-- name: joins of a partition with the whole
SELECT l.id FROM lab.letters l WHERE EXISTS (SELECT FROM lab.letters_low o WHERE o.id = l.id) ORDER BY 1;
-- name: COPY of a partition
COPY lab.letters_low (id) TO STDOUT;
-- name: EXPLAIN of a pruned partition
EXPLAIN SELECT * FROM lab.letters WHERE body = 'a';
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM lab.letters;
-- name: a tagged child seen through an untagged parent
SELECT * FROM lab.plain_parent ORDER BY id;
SELECT note FROM lab.plain_parent WHERE note > 'w' ORDER BY id;
SELECT id FROM lab.plain_parent ORDER BY note, id;
-- name: only the parent, and all of it by a star
SELECT count(*) FROM ONLY lab.plain_parent WHERE note > 'w';
SELECT max(note) FROM lab.plain_parent *;
SELECT plain_parent::text FROM lab.plain_parent ORDER BY id;
-- name: a child of a tagged child
SELECT * FROM lab.grandchild ORDER BY id;
SELECT extra, note FROM lab.tagged_child ORDER BY id;
-- name: writing children through their parent
UPDATE lab.plain_parent SET id = id WHERE note > 'w';
DELETE FROM lab.plain_parent WHERE note LIKE 'q%' RETURNING note;
UPDATE lab.plain_parent SET note = 'x' WHERE id = 12 RETURNING *;
COPY lab.plain_parent TO STDOUT;
-- name: the table of a child's row
SELECT p.tableoid::regclass::text, note FROM lab.plain_parent p ORDER BY id;
-- name: the catalog's place of a late column's value
SELECT attmissingval FROM pg_attribute WHERE attrelid = 'lab.late'::regclass AND attname = 'secret';
SELECT to_jsonb(a) -> 'attmissingval' FROM pg_attribute a WHERE attrelid = 'lab.late'::regclass ORDER BY attnum;
SELECT x.attmissingval FROM (SELECT * FROM pg_attribute) x WHERE attname = 'secret' ORDER BY attrelid;
SELECT (a).attmissingval FROM pg_catalog.pg_attribute a WHERE attname = 'secret' ORDER BY attrelid;
-- name: a late column itself
SELECT * FROM lab.late ORDER BY id;
SELECT count(*) FROM lab.late WHERE secret > 'w';
COPY lab.late TO STDOUT;
-- name: a late column through a comparison in the catalog
SELECT count(*) FROM pg_attribute WHERE attmissingval::text > '{w';
SELECT attname FROM pg_attribute WHERE attmissingval IS NOT NULL ORDER BY attmissingval::text, attname;
-- name: a materialised view of rows that are chosen
SELECT count(*) FROM lab.stored_high;
SELECT id FROM lab.stored_high ORDER BY id;
-- name: a materialised view of a function's results
SELECT * FROM lab.stored_values ORDER BY id;
