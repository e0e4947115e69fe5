-- Whether a statement is held because of how many rows are expected must not tell how long masked values are.
-- name: the whole table, expected to be larger or smaller
-- as: bulk-bot
SELECT email FROM customers;
-- name: shares of the table, from all to little
-- as: bulk-bot
SELECT email FROM customers WHERE age <> 3;
SELECT email FROM customers WHERE age > 0;
SELECT email FROM customers WHERE age > 0 OR city > 'B';
SELECT email FROM customers WHERE age > 0 AND city > 'B';
SELECT email FROM customers WHERE name LIKE '%a%' OR age > 0 OR city > 'B' OR joined > '2024-01-01';
-- name: samples of masked tables
-- as: bulk-bot
SELECT value FROM lab.samples WHERE id > 0;
SELECT value FROM lab.samples WHERE id > 0 AND kind > 'a';
SELECT value FROM lab.samples WHERE id > 0 OR kind > 'a';
SELECT value FROM lab.samples;
-- name: joins and groups of masked tables
-- as: bulk-bot
SELECT a.value FROM lab.samples a JOIN lab.samples b USING (kind) WHERE a.id < 3;
SELECT value, count(*) FROM lab.samples GROUP BY value;
SELECT number, count(*) FROM cards GROUP BY number;
SELECT DISTINCT left(number, 2) FROM cards;
-- name: everything of every type
-- as: bulk-bot
SELECT * FROM lab.everything;
SELECT e.vc FROM lab.everything e, lab.everything f;
SELECT e.vc FROM lab.everything e, lab.everything f WHERE e.id > f.id;
-- name: shares by which the threshold is met
-- as: bulk-bot
SELECT email FROM customers TABLESAMPLE BERNOULLI (20) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (24) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (28) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (32) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (36) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (40) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (44) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (48) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (52) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (56) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (60) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (64) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (68) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (72) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (76) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (80) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (84) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (88) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (92) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (96) WHERE city >= '' IS NULL;
SELECT email FROM customers TABLESAMPLE BERNOULLI (100) WHERE city >= '' IS NULL;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (10) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (16) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (22) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (28) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (34) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (40) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (46) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (52) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (58) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (64) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (70) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (76) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (82) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (88) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (94) WHERE id < 0;
SELECT value FROM lab.samples TABLESAMPLE BERNOULLI (100) WHERE id < 0;
