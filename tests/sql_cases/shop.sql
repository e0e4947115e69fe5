-- A small company: the demo's tables, and what else makes plans interesting.
CREATE TABLE public.customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  phone text,
  city text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.cards (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES public.customers,
  number text NOT NULL,
  brand text NOT NULL,
  expires date NOT NULL
);

CREATE TABLE public.orders (
  id bigint NOT NULL,
  customer_id integer NOT NULL REFERENCES public.customers,
  status text NOT NULL,
  placed_at timestamptz NOT NULL,
  total numeric(10,2) NOT NULL,
  note text,
  PRIMARY KEY (id, placed_at)
) PARTITION BY RANGE (placed_at);
CREATE TABLE public.orders_2025_01 PARTITION OF public.orders FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE public.orders_2025_02 PARTITION OF public.orders FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');

CREATE TABLE public.products (
  id integer PRIMARY KEY,
  name text NOT NULL,
  price numeric(8,2) NOT NULL,
  attributes jsonb,
  labels text[]
);

CREATE TABLE public.accounts (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES public.customers,
  iban varchar(34) NOT NULL,
  iban_tail text GENERATED ALWAYS AS (right(iban, 4)) STORED
);

CREATE TABLE public."Odd Name" (
  id integer PRIMARY KEY,
  "Secret Value" text
);

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

CREATE SCHEMA vault;
CREATE TABLE vault.keys (
  id integer PRIMARY KEY,
  material bytea NOT NULL
);

CREATE VIEW public.customer_cards AS
  SELECT c.id AS customer_id, c.name, c.email, k.brand, k.number, k.expires
    FROM public.customers c JOIN public.cards k ON k.customer_id = c.id;
CREATE VIEW public.mail_in_paris AS
  SELECT customers.id, customers.name FROM public.customers WHERE customers.email LIKE '%paris%';
CREATE VIEW public.card_brands AS
  SELECT customer_cards.brand, count(*) AS cards, max(customer_cards.number) AS highest
    FROM public.customer_cards GROUP BY customer_cards.brand;
CREATE MATERIALIZED VIEW public.city_mail AS
  SELECT customers.city, count(DISTINCT customers.email) AS mails FROM public.customers GROUP BY customers.city;
CREATE MATERIALIZED VIEW public.price_list AS
  SELECT products.name, products.price FROM public.products;

CREATE FUNCTION public.customer_rank(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.all_emails() RETURNS SETOF text LANGUAGE sql AS 'SELECT email FROM public.customers';

CREATE VIEW public.cheap_products AS SELECT products.id, products.name, products.price FROM public.products WHERE products.price < 5;
CREATE VIEW public.customer_names AS SELECT customers.id, customers.name, customers.city, customers.email FROM public.customers;
CREATE TABLE public.mailings (id integer PRIMARY KEY, sent_to text REFERENCES public.customers (email), subject text);
