-- The demo's sample company. Run by a superuser in the empty database "shop"; all rows are generated,
-- nobody's data. The password comes from psql's variable upstream_password.
CREATE ROLE shop_owner NOLOGIN;
CREATE ROLE sluice_upstream LOGIN PASSWORD :'upstream_password';
GRANT CREATE ON DATABASE shop TO shop_owner;
GRANT TEMPORARY ON DATABASE shop TO sluice_upstream;
GRANT USAGE, CREATE ON SCHEMA public TO shop_owner, sluice_upstream;  -- so that an approved CREATE TABLE works
SET ROLE shop_owner;

CREATE TABLE public.customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  phone text,
  city text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customers_city ON public.customers (city);

CREATE TABLE public.cards (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES public.customers,
  number text NOT NULL,
  brand text NOT NULL,
  expires date NOT NULL
);
CREATE INDEX cards_customer ON public.cards (customer_id);

CREATE TABLE public.orders (
  id bigint NOT NULL,
  customer_id integer NOT NULL REFERENCES public.customers,
  status text NOT NULL CHECK (status IN ('new', 'paid', 'sent', 'returned')),
  placed_at timestamptz NOT NULL,
  total numeric(10,2) NOT NULL,
  note text,
  PRIMARY KEY (id, placed_at)
) PARTITION BY RANGE (placed_at);
SELECT format('CREATE TABLE public.orders_%s PARTITION OF public.orders FOR VALUES FROM (%L) TO (%L)',
              to_char(month, 'YYYY_MM'), month, month + interval '1 month')
  FROM generate_series(timestamptz '2025-01-01 00:00+00', '2025-12-01 00:00+00', '1 month') AS month \gexec
CREATE INDEX orders_customer ON public.orders (customer_id);

CREATE SCHEMA hr;
CREATE TABLE hr.employees (
  id integer PRIMARY KEY,
  name text NOT NULL,
  department text NOT NULL,
  manager_id integer REFERENCES hr.employees,
  hired date NOT NULL
);
CREATE TABLE hr.salaries (
  employee_id integer NOT NULL REFERENCES hr.employees,
  amount numeric(10,2) NOT NULL,
  valid_from date NOT NULL,
  PRIMARY KEY (employee_id, valid_from)
);

CREATE SCHEMA clinic;
CREATE TABLE clinic.patients (
  id integer PRIMARY KEY,
  customer_id integer REFERENCES public.customers,
  born date NOT NULL,
  insurer text NOT NULL
);
CREATE TABLE clinic.medical_notes (
  id integer PRIMARY KEY,
  patient_id integer NOT NULL REFERENCES clinic.patients,
  written_at timestamptz NOT NULL,
  diagnosis text NOT NULL,
  note text NOT NULL
);

CREATE VIEW public.customer_cards AS
  SELECT c.id AS customer_id, c.name, c.email, k.brand, k.number, k.expires
    FROM public.customers c JOIN public.cards k ON k.customer_id = c.id;
RESET ROLE;

GRANT USAGE ON SCHEMA hr, clinic TO sluice_upstream;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, hr, clinic TO sluice_upstream;
