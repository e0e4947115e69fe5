-- Functions, triggers and types of every kind: what may be called, and what a write may set off.
CREATE TABLE public.customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  city text NOT NULL,
  updated_at timestamptz
);
CREATE TABLE public.orders (id integer PRIMARY KEY, customer_id integer REFERENCES public.customers ON DELETE CASCADE, total numeric NOT NULL, note text);
CREATE TABLE public.audit_log (at timestamptz NOT NULL, what text);
CREATE TABLE public.prices (id integer PRIMARY KEY, price numeric NOT NULL, updated_at timestamptz);
CREATE SCHEMA app;
CREATE TABLE app.settings (key text PRIMARY KEY, value text);
CREATE SCHEMA other;
CREATE TABLE other.orders (id integer PRIMARY KEY, secret text);

CREATE FUNCTION public.add_one(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE FUNCTION public.full_name(first text, last text DEFAULT 'x') RETURNS text RETURN first || ' ' || last;
CREATE FUNCTION public.fact(n integer) RETURNS integer LANGUAGE plpgsql AS $$
  BEGIN IF n < 2 THEN RETURN 1; END IF; RETURN n * public.fact(n - 1); END $$;
CREATE FUNCTION public.setting(k text) RETURNS text LANGUAGE sql STABLE AS 'SELECT value FROM app.settings WHERE key = k';
CREATE FUNCTION public.order_total(customer integer) RETURNS numeric LANGUAGE sql STABLE SET search_path = public
  AS 'SELECT sum(total) FROM orders WHERE customer_id = customer';
CREATE FUNCTION public.any_order(o integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT note FROM orders WHERE id = o';
CREATE FUNCTION public.name_of(customer integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM public.customers WHERE id = customer';
CREATE FUNCTION public.email_of(customer integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM public.customers WHERE id = customer';
CREATE FUNCTION public.has_email(customer integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
  BEGIN PERFORM 1 FROM public.customers c WHERE c.id = customer AND c.email LIKE '%@%'; RETURN FOUND; END $$;
CREATE FUNCTION public.calls_email_of(c integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT upper(public.email_of(c))';
CREATE FUNCTION public.owner_email(integer) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT name FROM public.customers WHERE id = $1';
CREATE FUNCTION public.dynamic(t text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE 'SELECT count(*) FROM ' || t INTO r; RETURN r; END $$;
CREATE FUNCTION public.in_python(text) RETURNS text LANGUAGE plpython3u AS 'return 1';
CREATE FUNCTION public.customers_in(c text) RETURNS SETOF public.customers LANGUAGE sql STABLE AS 'SELECT * FROM public.customers WHERE city = c';
CREATE FUNCTION public.cities(OUT city text, OUT people bigint) RETURNS SETOF record LANGUAGE sql STABLE AS 'SELECT city, count(*) FROM public.customers GROUP BY city';
CREATE FUNCTION public.log_it(message text) RETURNS void LANGUAGE sql AS 'INSERT INTO public.audit_log VALUES (now(), message)';
CREATE FUNCTION public.set_email(customer integer, e text) RETURNS void LANGUAGE sql AS 'UPDATE public.customers SET email = e WHERE id = customer';
CREATE FUNCTION public.with_default(x text DEFAULT public.email_of(1)) RETURNS text LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION public.over(integer) RETURNS text LANGUAGE sql AS 'SELECT ''one''';
CREATE FUNCTION public.over(integer, integer) RETURNS text LANGUAGE sql AS 'SELECT email FROM public.customers WHERE id = $1';
CREATE FUNCTION public.describe(public.customers) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.name || '' '' || $1.email';
CREATE FUNCTION public.notifies(text) RETURNS void LANGUAGE sql AS 'SELECT pg_notify(''x'', $1)';
CREATE FUNCTION public.shouts(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'shouting %', $1; RETURN upper($1); END $$;
CREATE FUNCTION public.makes_temp() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TEMP TABLE t AS SELECT 1; END $$;
CREATE FUNCTION public.loops() RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE total integer := 0; r record; c CURSOR (least integer) FOR SELECT id FROM public.prices WHERE id > least;
  BEGIN
    FOR r IN SELECT id FROM public.orders LOOP total := total + r.id; END LOOP;
    FOR r IN c(3) LOOP total := total + 1; END LOOP;
    FOR i IN REVERSE 10..1 BY 2 LOOP CONTINUE WHEN i = 4; total := total + i; END LOOP;
    <<outer>> WHILE total > 100 LOOP total := total / 2; EXIT outer WHEN total = 7; END LOOP;
    CASE total WHEN 1, 2 THEN total := 3; ELSE NULL; END CASE;
    BEGIN total := 1 / total; EXCEPTION WHEN division_by_zero THEN GET STACKED DIAGNOSTICS total = ROW_COUNT; END;
    SELECT max(id) INTO STRICT total FROM public.orders;
    RETURN total;
  END $$;
CREATE AGGREGATE public.joined(text) (SFUNC = textcat, STYPE = text);
CREATE FUNCTION public.leaky_step(text, text) RETURNS text LANGUAGE sql AS 'SELECT email FROM public.customers';
CREATE AGGREGATE public.leaky(text) (SFUNC = public.leaky_step, STYPE = text);
CREATE PROCEDURE public.archive(days integer) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM public.audit_log WHERE at < now() - make_interval(days => days); END $$;
CREATE PROCEDURE public.peek() LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', (SELECT email FROM public.customers LIMIT 1); END $$;

CREATE FUNCTION public.positive(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE DOMAIN public.quantity AS integer CHECK (public.positive(VALUE));
CREATE DOMAIN public.plain AS text CHECK (VALUE <> '');
CREATE FUNCTION public.not_a_customer(text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT NOT EXISTS (SELECT 1 FROM public.customers WHERE email = $1)';
CREATE DOMAIN public.stranger AS text CHECK (public.not_a_customer(VALUE));
CREATE TABLE public.guests (id integer PRIMARY KEY, email public.stranger, seats public.quantity);
CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.texteq);
CREATE FUNCTION public.same_mail(text, integer) RETURNS boolean LANGUAGE sql AS 'SELECT email = $1 FROM public.customers WHERE id = $2';
CREATE OPERATOR public.=@ (LEFTARG = text, RIGHTARG = integer, FUNCTION = public.same_mail);

CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER customers_touch BEFORE UPDATE ON public.customers FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION public.touch();
CREATE FUNCTION public.remember_name() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN INSERT INTO public.audit_log VALUES (now(), OLD.name); RETURN OLD; END $$;
CREATE TRIGGER customers_names AFTER UPDATE OF name ON public.customers FOR EACH ROW EXECUTE FUNCTION public.remember_name();
CREATE FUNCTION public.remember_mail() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN INSERT INTO public.audit_log VALUES (now(), OLD.email); RETURN OLD; END $$;
CREATE TRIGGER customers_mails BEFORE DELETE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.remember_mail();
CREATE FUNCTION public.copy_mail() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN SELECT email INTO NEW.note FROM public.customers WHERE id = NEW.customer_id; RETURN NEW; END $$;
CREATE TRIGGER orders_mail BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.copy_mail();
CREATE FUNCTION public.tell_all() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN EXECUTE format('SELECT 1 FROM %I', TG_TABLE_NAME); RETURN NULL; END $$;
CREATE TRIGGER settings_tell AFTER UPDATE ON app.settings FOR EACH STATEMENT EXECUTE FUNCTION public.tell_all();
CREATE TRIGGER prices_touch BEFORE INSERT OR UPDATE ON public.prices FOR EACH ROW EXECUTE FUNCTION public.touch();
CREATE VIEW public.mails AS SELECT customers.id, public.add_one(customers.id) AS next, customers.email FROM public.customers;
