-- Code that a table sets off: it sees what is behind the masks, of its own row and of others.
-- name: a trigger that copies a masked value of another table
INSERT INTO tickets (id, customer_id, title) VALUES (900, 3, 'x') RETURNING title;
SELECT title FROM tickets WHERE id = 900;
-- name: a trigger that refuses by a masked value
UPDATE tickets SET note = 'x' WHERE id > 0;
-- name: a rule that answers with another table
INSERT INTO suggestions VALUES ('x');
-- name: triggers of a table that keys cascade to
DELETE FROM albums WHERE id = 1;
SELECT * FROM audit_trail;
-- name: a WHEN clause over a masked column
UPDATE subscribers SET active = false WHERE id > 0;
SELECT sum(changed) FROM subscribers;
-- name: a search column that a trigger fills
UPDATE subscribers SET active = true WHERE id = 2 RETURNING search;
-- name: an update that moves a row to another partition
UPDATE visits SET day = '2026-02-03' WHERE id = 1;
-- name: a policy function
SELECT count(*) FROM watched;
