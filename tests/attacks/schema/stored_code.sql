-- Functions, triggers, rules, types and policies of every kind, on top of the shop. Loaded by worlds.py.
SET ROLE shop_owner;
CREATE FUNCTION public.indirect_email(c integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT upper((public.customers_of(''Basel'')).email)';
CREATE FUNCTION public.run_text(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE q INTO r; RETURN r; END $$;
CREATE FUNCTION public.guess_email(c integer, guess text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
  BEGIN PERFORM 1 FROM public.customers WHERE id = c AND email = guess; RETURN FOUND; END $$;
CREATE FUNCTION public.first_email(e text DEFAULT public.email_of(1)) RETURNS text LANGUAGE sql AS 'SELECT e';
CREATE FUNCTION public.spy_step(state text, name text) RETURNS text LANGUAGE sql AS 'SELECT max(email) FROM public.customers';
CREATE AGGREGATE public.spy(text) (SFUNC = public.spy_step, STYPE = text);
CREATE FUNCTION public.is_known(text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT 1 FROM public.customers WHERE email = $1)';
CREATE DOMAIN public.known_email AS text CHECK (public.is_known(VALUE));
CREATE TABLE public.guests (id integer PRIMARY KEY, email public.known_email);
CREATE FUNCTION public.is_email_of(text, integer) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT email = $1 FROM public.customers WHERE id = $2';
CREATE OPERATOR public.=@ (LEFTARG = text, RIGHTARG = integer, FUNCTION = public.is_email_of);
CREATE FUNCTION public.copy_email(c integer) RETURNS void LANGUAGE sql AS 'INSERT INTO public.tasks (title) SELECT email FROM public.customers WHERE id = c';
CREATE PROCEDURE public.tell_emails() LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', (SELECT string_agg(email, ',') FROM public.customers); END $$;
CREATE FUNCTION public.count_of_employees() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM hr.employees';
CREATE FUNCTION public.top_amount() RETURNS numeric LANGUAGE sql STABLE SET search_path = hr AS 'SELECT max(amount) FROM salaries';
CREATE FUNCTION public.lookup(integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM public.customers WHERE id = $1';
CREATE FUNCTION public.lookup(integer, text) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM public.customers WHERE id = $1';
CREATE FUNCTION public.initials(full_name text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
  DECLARE result text := ''; part text;
  BEGIN
    FOREACH part IN ARRAY string_to_array(full_name, ' ') LOOP result := result || left(part, 1); END LOOP;
    RETURN result;
  END $$;
CREATE FUNCTION public.orders_of(c integer, OUT orders bigint, OUT worth numeric) LANGUAGE sql STABLE
  AS 'SELECT count(*), coalesce(sum(total), 0) FROM public.orders WHERE customer_id = c';
CREATE FUNCTION public.cheap_products(below numeric) RETURNS SETOF public.products LANGUAGE sql STABLE AS 'SELECT * FROM public.products WHERE price < below';
CREATE FUNCTION public.order_state(o integer) RETURNS text STABLE BEGIN ATOMIC SELECT status::text FROM public.orders WHERE id = o; END;
CREATE FUNCTION public.set_counter(which text, to_value bigint) RETURNS bigint LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO public.counters (name, value) VALUES (which, to_value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
    RETURN to_value;
  END $$;
CREATE PROCEDURE public.close_task(t integer) LANGUAGE plpgsql AS $$ BEGIN UPDATE public.tasks SET done = true WHERE id = t; END $$;
CREATE AGGREGATE public.concat_all(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
CREATE DOMAIN public.percentage AS numeric CHECK (VALUE BETWEEN 0 AND 100);

CREATE TABLE public.tickets (
  id integer PRIMARY KEY, customer_id integer, region_id integer, title text, note text
);
CREATE FUNCTION public.fill_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    SELECT email INTO NEW.title FROM public.customers WHERE id = NEW.customer_id;
    INSERT INTO audit_trail VALUES (NEW.title);
    IF NEW.title > 'w' THEN RAISE EXCEPTION 'no' USING ERRCODE = '22012'; END IF;
    RETURN NEW;
  END $$;
CREATE TABLE public.audit_trail (what text);
CREATE TRIGGER tickets_fill BEFORE INSERT OR UPDATE ON public.tickets FOR EACH ROW EXECUTE FUNCTION public.fill_ticket();
CREATE TABLE public.albums (id integer PRIMARY KEY, name text);
CREATE TABLE public.photos (id integer PRIMARY KEY, album_id integer REFERENCES public.albums ON DELETE CASCADE, place text);
CREATE FUNCTION public.keep_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit_trail VALUES (OLD.place); RETURN OLD; END $$;
CREATE TRIGGER photos_keep BEFORE DELETE ON public.photos FOR EACH ROW EXECUTE FUNCTION public.keep_place();
CREATE TABLE public.suggestions (title text);
CREATE RULE suggestions_answer AS ON INSERT TO public.suggestions DO INSTEAD SELECT email FROM public.customers;
CREATE TABLE public.subscribers (id integer PRIMARY KEY, contact text, search text, active boolean NOT NULL DEFAULT true, changed integer NOT NULL DEFAULT 0);
CREATE FUNCTION public.count_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := OLD.changed + 1; RETURN NEW; END $$;
CREATE TRIGGER subscribers_count BEFORE UPDATE ON public.subscribers FOR EACH ROW WHEN (OLD.contact > 'w') EXECUTE FUNCTION public.count_change();
CREATE FUNCTION public.fill_search() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.search := lower(NEW.contact); RETURN NEW; END $$;
CREATE TRIGGER subscribers_search BEFORE INSERT OR UPDATE ON public.subscribers FOR EACH ROW EXECUTE FUNCTION public.fill_search();
CREATE TABLE public.visits (id integer, day date NOT NULL, contact text) PARTITION BY RANGE (day);
CREATE TABLE public.visits_january PARTITION OF public.visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE public.visits_february PARTITION OF public.visits FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE FUNCTION public.check_visit() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN IF NEW.contact > 'w' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
CREATE TRIGGER visits_check BEFORE INSERT ON public.visits FOR EACH ROW EXECUTE FUNCTION public.check_visit();
CREATE FUNCTION public.may_watch(integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
  BEGIN RETURN (SELECT amount > 980000000 FROM hr.salaries WHERE employee_id = $1); END $$;
CREATE TABLE public.watched (id integer PRIMARY KEY, employee_id integer);
ALTER TABLE public.watched ENABLE ROW LEVEL SECURITY;
CREATE POLICY watching ON public.watched USING (public.may_watch(employee_id));
CREATE TABLE public.members (
  id integer PRIMARY KEY, contact text, nickname text, points integer NOT NULL DEFAULT 0, updated_at timestamptz NOT NULL DEFAULT '2026-01-01'
);
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := '2026-05-05'; RETURN NEW; END $$;
CREATE TRIGGER members_touch BEFORE UPDATE ON public.members FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION public.touch();
CREATE FUNCTION public.log_points() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  BEGIN
    IF NEW.points IS DISTINCT FROM OLD.points THEN INSERT INTO public.tasks (title) VALUES (format('member %s: %s points', NEW.id, NEW.points)); END IF;
    RETURN NULL;
  END $$;
CREATE TRIGGER members_points AFTER UPDATE ON public.members FOR EACH ROW EXECUTE FUNCTION public.log_points();
RESET ROLE;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO sluice_upstream;
