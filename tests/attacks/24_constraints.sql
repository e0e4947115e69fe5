-- What constraints, keys, indexes and computed columns find out about masked values.
-- name: a generated column overflows by a masked factor
UPDATE lab.deals SET quantity = 3000000 WHERE id = 1;
UPDATE lab.deals SET quantity = 715827882 WHERE id = 1;
-- name: an index expression divides by a masked column
UPDATE lab.ratios SET quantity = 9 WHERE id = 1;
-- name: an index expression multiplies by a masked column
UPDATE lab.ratios SET quantity = 1000000000 WHERE id = 3;
-- name: a unique default meets a masked value
INSERT INTO lab.coupons (id, label) VALUES (50, 'mine');
INSERT INTO lab.coupons (id) VALUES (51) ON CONFLICT DO NOTHING RETURNING id;
-- name: a unique default by DEFAULT and DEFAULT VALUES
INSERT INTO lab.coupons VALUES (50, 'mine', DEFAULT);
INSERT INTO lab.coupons DEFAULT VALUES;
-- name: a default refers to a masked key
INSERT INTO lab.uses_of_coupons (id) VALUES (1);
-- name: a reference to a masked key
INSERT INTO lab.uses_of_coupons VALUES (1, 'zero');
UPDATE lab.uses_of_coupons SET coupon = 'zero';
-- name: a NULL meets a masked NULL
INSERT INTO lab.badges (id, label) VALUES (50, 'mine');
INSERT INTO lab.badges (id, label, holder) VALUES (51, 'mine', NULL);
INSERT INTO lab.badges (id) VALUES (52) ON CONFLICT DO NOTHING;
-- name: COPY leaves a unique masked column to its default
-- data: 60\tmine
COPY lab.coupons (id, label) FROM STDIN;
-- name: MERGE leaves a unique masked column to its default
MERGE INTO lab.coupons c USING (VALUES (70)) v(id) ON v.id = c.id WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id);
-- name: INSERT SELECT leaves a unique masked column to its default
INSERT INTO lab.coupons (id, label) SELECT 80, 'mine';
-- name: a shown half of a unique pair
UPDATE lab.pairs_of SET shown = 'shown 2' WHERE id = 1;
UPDATE lab.pairs_of SET shown = 'same' WHERE id < 3;
-- name: an exclusion of a shown and a masked column
UPDATE lab.bookings SET room = 2 WHERE id = 1;
INSERT INTO lab.bookings VALUES (20, 3, 7);
-- name: a check between a shown and a masked column
UPDATE lab.limits SET low = 5000 WHERE id = 1;
UPDATE lab.limits SET low = low + 5000;
-- name: a masked key refers to a row that is deleted
DELETE FROM lab.bosses WHERE id = 3;
DELETE FROM lab.bosses WHERE id = 1;
UPDATE lab.bosses SET id = 33 WHERE id = 3;
UPDATE lab.bosses SET id = 11 WHERE id = 1;
-- name: a masked key refers to a row that is deleted by a cascade
DELETE FROM lab.workers WHERE id = 1;
-- name: truncating what a masked key refers to
TRUNCATE lab.bosses;
-- name: a view of rows that a masked column chooses is written
UPDATE lab.checked SET kind = 'z' WHERE id = 1;
DELETE FROM lab.checked;
INSERT INTO lab.checked VALUES (99, 'z');
-- name: a barrier view of rows that a masked column chooses is written
UPDATE lab.barrier SET kind = 'z' WHERE id = 1;
SELECT count(*) FROM lab.barrier;
SELECT count(*) FROM lab.checked;
-- name: a renaming view is written
UPDATE lab.renamed SET value = 'z' WHERE kind > 'w';
UPDATE lab.renamed SET kind = 'z' WHERE number = 1;
UPDATE lab.renamed SET value = kind WHERE number = 1 RETURNING *;
DELETE FROM lab.renamed WHERE number = 1 RETURNING kind, value;
-- name: a key of a masked column is named in ON CONFLICT
INSERT INTO lab.coupons (id, label) VALUES (1, 'x') ON CONFLICT (code) DO UPDATE SET label = 'hit' RETURNING label;
INSERT INTO lab.coupons (id, label) VALUES (1, 'x') ON CONFLICT ON CONSTRAINT coupons_code_key DO UPDATE SET label = 'hit' RETURNING label;
INSERT INTO lab.badges (id) VALUES (77) ON CONFLICT (holder) DO NOTHING;
INSERT INTO lab.pairs_of VALUES (77, 'shown 1', 'same') ON CONFLICT (shown, hidden) DO NOTHING;
-- name: a length limit of an index
UPDATE lab.pairs_of SET shown = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 83) i) WHERE id = 1;
-- name: a deferred key at COMMIT
BEGIN;
UPDATE lab.pairs_of SET shown = 'shown 2' WHERE id = 1;
COMMIT;
-- name: subscripts of an assignment read a masked column
UPDATE public.products SET labels[s.size] = 'x' FROM lab.samples s WHERE s.id = 1 AND products.id = 1 RETURNING labels;
UPDATE lab.known SET list[id] = NULL;
