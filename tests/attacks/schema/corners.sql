-- Corners of PostgreSQL in which masked values could hide. Loaded by worlds.py, on top of the others.
CREATE SCHEMA lab AUTHORIZATION shop_owner;
CREATE SCHEMA lab_ext;
GRANT USAGE ON SCHEMA lab, lab_ext TO sluice_upstream, shop_owner;
CREATE EXTENSION dblink SCHEMA lab_ext;
CREATE EXTENSION tablefunc SCHEMA lab_ext;
CREATE EXTENSION xml2 SCHEMA lab_ext;
CREATE EXTENSION hstore SCHEMA lab_ext;
CREATE EXTENSION citext SCHEMA lab_ext;
CREATE EXTENSION pgrowlocks SCHEMA lab_ext;
CREATE EXTENSION pgstattuple SCHEMA lab_ext;
CREATE EXTENSION pageinspect SCHEMA lab_ext;
CREATE EXTENSION pg_visibility SCHEMA lab_ext;
CREATE EXTENSION pg_freespacemap SCHEMA lab_ext;
CREATE EXTENSION tsm_system_rows SCHEMA lab_ext;
CREATE EXTENSION tcn SCHEMA lab_ext;
CREATE EXTENSION lo SCHEMA lab_ext;
CREATE EXTENSION pg_prewarm SCHEMA lab_ext;
CREATE EXTENSION amcheck SCHEMA lab_ext;
CREATE EXTENSION btree_gist SCHEMA lab_ext;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA lab_ext TO PUBLIC;
SET ROLE shop_owner;

CREATE TABLE lab.samples (
  id integer PRIMARY KEY, kind text NOT NULL, value text NOT NULL, weight numeric, size integer, taken date
);

-- Types of every kind, all masked.
CREATE TYPE lab.mood AS ENUM ('calm', 'loud', 'wild');
CREATE TYPE lab.contact AS (mail text, phone text);
CREATE DOMAIN lab.code AS text CHECK (length(VALUE) > 2);
CREATE TABLE lab.everything (
  id integer PRIMARY KEY, b boolean, i integer, f double precision, n numeric, d date, ts timestamptz, iv interval, u uuid, e lab.mood,
  r int4range, a integer[], j json, jb jsonb, x xml, t tsvector, by bytea, ip inet, c char(60), vc varchar(60), vb varbit, co lab.contact,
  cos lab.contact[], dom lab.code, ci lab_ext.citext, h lab_ext.hstore, na name, clear text
);

CREATE TABLE lab.places_of (id integer PRIMARY KEY, p point);

-- Rows chosen by masked columns.
CREATE TABLE lab.patients (id integer PRIMARY KEY, name text NOT NULL, diagnosis text, ward integer NOT NULL);
ALTER TABLE lab.patients ENABLE ROW LEVEL SECURITY;
CREATE POLICY patients_by_diagnosis ON lab.patients USING (diagnosis > 'w') WITH CHECK (true);
CREATE TABLE lab.wards (id integer PRIMARY KEY, name text NOT NULL);
ALTER TABLE lab.wards ENABLE ROW LEVEL SECURITY;
CREATE POLICY wards_of_samples ON lab.wards USING (EXISTS (SELECT FROM lab.samples AS s WHERE s.id = wards.id AND s.value > 'w'));
CREATE TABLE lab.beds (id integer PRIMARY KEY, label text NOT NULL);
ALTER TABLE lab.beds ENABLE ROW LEVEL SECURITY;
CREATE POLICY beds_to_read ON lab.beds FOR SELECT USING (true);
CREATE POLICY beds_to_add ON lab.beds FOR INSERT WITH CHECK ((SELECT s.value FROM lab.samples AS s WHERE s.id = beds.id) > 'w');
CREATE POLICY beds_to_change ON lab.beds FOR UPDATE USING ((SELECT s.value FROM lab.samples AS s WHERE s.id = beds.id) > 'w');
CREATE TABLE lab.documents (id integer PRIMARY KEY, tenant integer NOT NULL, title text NOT NULL, secret text);
ALTER TABLE lab.documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY documents_of_tenant ON lab.documents USING (tenant = 1);

-- Code that types, functions and operators lead to.
CREATE FUNCTION lab.is_value(text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT 1 FROM lab.samples WHERE value = $1)';
CREATE FUNCTION lab.value_of(integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT value FROM lab.samples WHERE id = $1';
CREATE FUNCTION lab.value_of_row(lab.samples) RETURNS text LANGUAGE sql STABLE AS 'SELECT value FROM lab.samples WHERE id = $1.id';
CREATE FUNCTION lab.value_of_text(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT max(value) FROM lab.samples WHERE kind = $1';
CREATE FUNCTION lab.through_notation(integer) RETURNS text LANGUAGE sql STABLE SET search_path = lab AS 'SELECT ($1).value_of';
CREATE FUNCTION lab.through_row(integer) RETURNS text LANGUAGE sql STABLE SET search_path = lab AS 'SELECT s.value_of_row FROM lab.samples s WHERE s.id = $1';
CREATE FUNCTION lab.through_rows(integer) RETURNS text LANGUAGE plpgsql STABLE SET search_path = lab AS $$
  DECLARE r lab.samples; BEGIN SELECT s.id, s.kind INTO r.id, r.kind FROM lab.samples s WHERE s.id = $1; RETURN (r).value_of_row; END $$;
CREATE DOMAIN lab.known_value AS text CHECK (VALUE IS NULL OR lab.is_value(VALUE));
CREATE TABLE lab.known (id integer PRIMARY KEY, value lab.known_value, list lab.known_value[]);
CREATE TYPE lab.pair AS (a integer, v lab.known_value);
CREATE FUNCTION lab.tidy(lab.known_value) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE FUNCTION lab.tidy_all(VARIADIC lab.known_value[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT cardinality($1)';
CREATE FUNCTION lab.first_of_pair(lab.pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1.a';
CREATE FUNCTION lab.to_known(text) RETURNS lab.known_value LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION lab.to_known_out(text, OUT v lab.known_value, OUT n integer) LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN v := $1; n := 1; END $$;
CREATE FUNCTION lab.to_known_table(text) RETURNS TABLE (v lab.known_value) LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION lab.size_of(text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT pg_relation_size($1::regclass)';
CREATE FUNCTION lab.pages_of(text) RETURNS integer LANGUAGE sql STABLE AS 'SELECT relpages FROM pg_class WHERE oid = $1::regclass';
CREATE FUNCTION lab.where_is(integer) RETURNS tid LANGUAGE sql STABLE AS 'SELECT ctid FROM lab.samples WHERE id = $1';
CREATE FUNCTION lab.sample_of_samples() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM lab.samples TABLESAMPLE system (30) REPEATABLE (3)';
CREATE FUNCTION lab.statistics_of(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT max(most_common_vals::text) FROM pg_stats WHERE tablename = $1';
CREATE FUNCTION lab.rename_kind(integer, text) RETURNS void LANGUAGE sql AS 'UPDATE lab.samples SET kind = $2 WHERE id = $1';
CREATE FUNCTION lab.add_sample(integer) RETURNS void LANGUAGE sql AS 'INSERT INTO lab.samples (id, kind, value) VALUES ($1, ''x'', ''mine'')';
CREATE PROCEDURE lab.rename_kinds(text) LANGUAGE plpgsql AS $$ BEGIN UPDATE lab.samples SET kind = $1 WHERE id < 4; END $$;
CREATE VIEW lab.sizes AS SELECT pg_relation_size('lab.samples'::regclass) AS bytes, pg_total_relation_size('lab.samples'::regclass) AS all_bytes;
CREATE VIEW lab.sizes_of_all AS SELECT c.relname, pg_table_size(c.oid) AS bytes, c.relpages FROM pg_class c WHERE c.relname = 'samples';
CREATE VIEW lab.places AS SELECT id, ctid AS place FROM lab.samples;
CREATE VIEW lab.some_samples AS SELECT id FROM lab.samples TABLESAMPLE system (30) REPEATABLE (3);
CREATE VIEW lab.known_of_samples AS SELECT s.id, lab.value_of(s.id) AS value FROM lab.samples s;
CREATE VIEW lab.barrier WITH (security_barrier) AS SELECT id, kind FROM lab.samples WHERE value > 'w';
CREATE VIEW lab.invoker WITH (security_invoker) AS SELECT id, kind, value FROM lab.samples;
CREATE VIEW lab.checked AS SELECT id, kind FROM lab.samples WHERE value > 'w' WITH CASCADED CHECK OPTION;
CREATE VIEW lab.renamed AS SELECT id AS number, value AS kind, kind AS value FROM lab.samples;
CREATE VIEW lab.ranked AS SELECT id, rank() OVER (ORDER BY value) AS place, value FROM lab.samples;
CREATE VIEW lab.aggregated AS SELECT kind, array_agg(value ORDER BY id) AS vals, jsonb_object_agg(id, value) AS by_id FROM lab.samples GROUP BY kind;
CREATE RECURSIVE VIEW lab.chained (id, value) AS SELECT id, value FROM lab.samples WHERE id = 1 UNION ALL SELECT s.id, s.value FROM lab.samples s JOIN chained c ON s.id = c.id + 1;
CREATE VIEW lab.rows_as_rows AS SELECT s AS whole, row_to_json(s) AS j FROM lab.samples s;
CREATE VIEW lab.lateral_view AS SELECT s.id, l.v FROM lab.samples s, LATERAL (SELECT s.value || '!' AS v) l;
CREATE MATERIALIZED VIEW lab.stored_high AS SELECT id, kind FROM lab.samples WHERE value > 'w' WITH NO DATA;
CREATE MATERIALIZED VIEW lab.stored_values AS SELECT lab.value_of(id) AS v, id FROM lab.samples WITH NO DATA;

-- What a constraint or an index finds out.
CREATE TABLE lab.deals (id integer PRIMARY KEY, quantity integer NOT NULL, secret integer NOT NULL, product integer GENERATED ALWAYS AS (quantity * secret) STORED);
CREATE TABLE lab.ratios (id integer PRIMARY KEY, quantity integer NOT NULL, secret integer NOT NULL, note text);
CREATE INDEX ratios_of_secret ON lab.ratios ((100 / secret)) WHERE quantity > 5;
CREATE INDEX ratios_mixed ON lab.ratios ((quantity * secret));
CREATE INDEX ratios_of_note ON lab.ratios ((secret - 1), note);
CREATE TABLE lab.coupons (id integer PRIMARY KEY, label text, code text DEFAULT 'zero' UNIQUE);
CREATE TABLE lab.uses_of_coupons (id integer PRIMARY KEY, coupon text DEFAULT 'zero' REFERENCES lab.coupons (code), label text);
CREATE TABLE lab.badges (id integer PRIMARY KEY, label text, holder text UNIQUE NULLS NOT DISTINCT);
CREATE TABLE lab.tokens (id integer PRIMARY KEY, label text, token uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE);
CREATE TABLE lab.bookings (id integer PRIMARY KEY, room integer NOT NULL, guest integer NOT NULL,
  EXCLUDE USING gist (room WITH =, guest WITH =));
CREATE TABLE lab.pairs_of (id integer PRIMARY KEY, shown text, hidden text, UNIQUE (shown, hidden));
CREATE TABLE lab.limits (id integer PRIMARY KEY, low integer, high integer, CONSTRAINT low_below_high CHECK (low < high) NO INHERIT);
CREATE TABLE lab.bosses (id integer PRIMARY KEY, name text);
CREATE TABLE lab.workers (id integer PRIMARY KEY, boss integer REFERENCES lab.bosses ON DELETE SET NULL ON UPDATE CASCADE, name text);
CREATE TABLE lab.helpers (id integer PRIMARY KEY, worker integer REFERENCES lab.workers ON DELETE CASCADE, boss integer REFERENCES lab.bosses ON DELETE RESTRICT, name text);

-- Partitions and inheritance.
CREATE TABLE lab.letters (id integer NOT NULL, body text NOT NULL, read boolean NOT NULL DEFAULT false) PARTITION BY RANGE (body);
CREATE TABLE lab.letters_low PARTITION OF lab.letters FOR VALUES FROM (MINVALUE) TO ('w');
CREATE TABLE lab.letters_high PARTITION OF lab.letters FOR VALUES FROM ('w') TO (MAXVALUE);
CREATE TABLE lab.parcels (id integer NOT NULL, place text NOT NULL, weight integer) PARTITION BY HASH (place);
CREATE TABLE lab.parcels_0 PARTITION OF lab.parcels FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE lab.parcels_1 PARTITION OF lab.parcels FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE lab.by_length (id integer NOT NULL, place text NOT NULL, note text) PARTITION BY RANGE (length(place));
CREATE TABLE lab.by_length_short PARTITION OF lab.by_length FOR VALUES FROM (0) TO (20);
CREATE TABLE lab.by_length_long PARTITION OF lab.by_length FOR VALUES FROM (20) TO (1000);
CREATE TABLE lab.plain_parent (id integer, note text);
CREATE TABLE lab.tagged_child (extra text) INHERITS (lab.plain_parent);
CREATE TABLE lab.grandchild () INHERITS (lab.tagged_child);

-- Late columns: the value of all old rows lies in the catalog.
CREATE TABLE lab.late (id integer PRIMARY KEY, label text);

-- Triggers and rules.
CREATE TABLE lab.notes (id integer PRIMARY KEY, text text, owner text);
CREATE FUNCTION lab.notes_fetch() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE c CURSOR (k integer) FOR SELECT value FROM lab.samples WHERE id = k;
  BEGIN OPEN c(NEW.id); FETCH c INTO NEW.text; CLOSE c; RETURN NEW; END $$;
CREATE TRIGGER notes_fetch BEFORE INSERT OR UPDATE ON lab.notes FOR EACH ROW EXECUTE FUNCTION lab.notes_fetch();
CREATE TABLE lab.plain_notes (id integer PRIMARY KEY, text text, secret text);
CREATE FUNCTION lab.case_notes() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    CASE WHEN NEW.secret > 'w' THEN NEW.text := NEW.text || ' high'; ELSE NULL; END CASE;
    RETURN NEW;
  END $$;
CREATE TRIGGER plain_notes_case BEFORE UPDATE ON lab.plain_notes FOR EACH ROW EXECUTE FUNCTION lab.case_notes();
CREATE TABLE lab.tcn_table (id integer PRIMARY KEY, secret text, label text);
CREATE TRIGGER tcn_trigger AFTER INSERT OR UPDATE OR DELETE ON lab.tcn_table FOR EACH ROW EXECUTE FUNCTION lab_ext.triggered_change_notification('lab_changes');
CREATE TABLE lab.ruled (id integer PRIMARY KEY, secret text, label text);
CREATE RULE ruled_also AS ON UPDATE TO lab.ruled DO ALSO INSERT INTO public.audit_trail SELECT OLD.secret;
CREATE RULE ruled_where AS ON DELETE TO lab.ruled WHERE OLD.secret > 'w' DO INSTEAD NOTHING;
CREATE VIEW lab.triggered AS SELECT id, label FROM lab.ruled;
CREATE FUNCTION lab.instead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', (SELECT max(secret) FROM lab.ruled); RETURN NEW; END $$;
CREATE TRIGGER triggered_instead INSTEAD OF UPDATE ON lab.triggered FOR EACH ROW EXECUTE FUNCTION lab.instead();
RESET ROLE;

-- An order of points that looks at the samples.
CREATE FUNCTION lab.point_order(point, point) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
  BEGIN RETURN CASE WHEN (SELECT value FROM lab.samples WHERE id = 5) > 'w' THEN sign($1[0] - $2[0]) ELSE sign($2[0] - $1[0]) END::integer; END $$;
CREATE FUNCTION lab.point_below(point, point) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1[0] < $2[0]';
CREATE FUNCTION lab.point_same(point, point) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1[0] = $2[0]';
CREATE OPERATOR lab.<<# (LEFTARG = point, RIGHTARG = point, FUNCTION = lab.point_below, COMMUTATOR = OPERATOR(lab.>>#));
CREATE OPERATOR lab.=# (LEFTARG = point, RIGHTARG = point, FUNCTION = lab.point_same, COMMUTATOR = OPERATOR(lab.=#));
CREATE OPERATOR CLASS lab.points DEFAULT FOR TYPE point USING btree AS
  OPERATOR 1 lab.<<# (point, point), OPERATOR 3 lab.=# (point, point), FUNCTION 1 lab.point_order(point, point);
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA lab TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES ON ALL TABLES IN SCHEMA lab TO sluice_upstream;
