-- Rows for schema.sql, the same in every run.
SELECT setseed(0.42);

-- One element of a list, evenly.
CREATE FUNCTION pg_temp.any_of(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
  AS 'SELECT choices[1 + floor(random() * cardinality(choices))::int]';
CREATE FUNCTION pg_temp.digits(count integer) RETURNS text LANGUAGE sql VOLATILE
  AS $$SELECT string_agg(floor(random() * 10)::int::text, '') FROM generate_series(1, count)$$;

INSERT INTO public.customers
  SELECT id, first || ' ' || last, lower(first) || '.' || lower(last) || id || '@mail.example',
         CASE WHEN id % 12 <> 0 THEN '+41 7' || pg_temp.digits(8) END,
         pg_temp.any_of('Basel', 'Bern', 'Chur', 'Genf', 'Lugano', 'Thun', 'Zug'),
         timestamptz '2023-01-01 00:00+00' + random() * interval '700 days'
    FROM (SELECT id, pg_temp.any_of('Ada', 'Ben', 'Cleo', 'Dov', 'Eli', 'Fay', 'Gus', 'Hana', 'Ivo', 'Jana', 'Kim', 'Lea') AS first,
                 pg_temp.any_of('Amsler', 'Brunner', 'Conti', 'Dubois', 'Egli', 'Frei', 'Gerber', 'Huber', 'Iten', 'Keller') AS last
            FROM generate_series(1, 2000) AS id) AS person;

INSERT INTO public.cards
  SELECT id, 1 + (id * 7919) % 2000, '4000' || pg_temp.digits(12), pg_temp.any_of('visa', 'mastercard', 'amex'),
         date '2026-01-31' + floor(random() * 1400)::int
    FROM generate_series(1, 2600) AS id;

INSERT INTO public.orders
  SELECT id, 1 + floor(random() * 2000)::int, pg_temp.any_of('new', 'paid', 'sent', 'sent', 'sent', 'returned'),
         timestamptz '2025-01-01 00:00+00' + random() * interval '364 days', round((5 + random() * 495)::numeric, 2),
         CASE WHEN id % 5 = 0 THEN 'leave it with the neighbour' END
    FROM generate_series(1, 20000) AS id;

INSERT INTO hr.employees
  SELECT id, pg_temp.any_of('Mara', 'Nils', 'Olga', 'Paul', 'Rita', 'Sven', 'Tina', 'Urs') || ' '
             || pg_temp.any_of('Meier', 'Nussbaum', 'Ott', 'Pfister', 'Roth', 'Suter'),
         pg_temp.any_of('sales', 'support', 'engineering', 'finance'), CASE WHEN id > 5 THEN 1 + id % 5 END,
         date '2015-01-01' + floor(random() * 3600)::int
    FROM generate_series(1, 120) AS id;
INSERT INTO hr.salaries
  SELECT employee, round((62000 + random() * 90000)::numeric, -2), make_date(year, 1, 1)
    FROM generate_series(1, 120) AS employee, generate_series(2023, 2025) AS year;

INSERT INTO clinic.patients
  SELECT id, id * 5, date '1940-01-01' + floor(random() * 25000)::int, pg_temp.any_of('Alpina', 'Concordia Test', 'Helvia')
    FROM generate_series(1, 400) AS id;
INSERT INTO clinic.medical_notes
  SELECT id, 1 + floor(random() * 400)::int, timestamptz '2024-01-01 00:00+00' + random() * interval '600 days',
         pg_temp.any_of('asthma', 'migraine', 'hypertension', 'eczema', 'back pain'),
         'patient reports ' || pg_temp.any_of('improvement', 'no change', 'side effects') || ' after '
           || pg_temp.any_of('two weeks', 'a month', 'three months')
    FROM generate_series(1, 1200) AS id;

ANALYZE;
