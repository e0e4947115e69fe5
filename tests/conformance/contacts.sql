-- Rows with tagged columns, where an agent must get masks. With :shown they hold what the masks show, for the side without Sluice.
CREATE TABLE contacts (
  id integer PRIMARY KEY, name text NOT NULL, email varchar(80), phone text, card varchar(19), salary numeric(12,2), notes text[], born date
);
\if :shown
INSERT INTO contacts SELECT i, 'name ' || i, 'tok-' || i, 'tok-' || i, '************' || 1000 + i, NULL, NULL, NULL FROM generate_series(1, 100) i;
\else
INSERT INTO contacts SELECT i, 'name ' || i, 'person' || i || '@example.org', '+4179' || 1000000 + i, '400012340000' || 1000 + i, i * 1000.5,
  ARRAY['secret ' || i, 'more'], date '1970-01-01' + i FROM generate_series(1, 100) i;
\endif
CREATE VIEW directory AS SELECT id, name, email FROM contacts;
