#include "sql/analyse.h"

#include "shop_catalog.h"

namespace sluice::sql {
namespace {

using Flow = std::vector<FlowSource>;

FlowSource copied(Oid relation, std::int16_t attribute) { return {{relation, attribute}, FlowKind::copied}; }
FlowSource derived(Oid relation, std::int16_t attribute) { return {{relation, attribute}, FlowKind::derived}; }
FlowSource aggregated(Oid relation, std::int16_t attribute) { return {{relation, attribute}, FlowKind::aggregated}; }

bool uses(const Analysis& analysis, Oid relation, std::int16_t attribute, Use use) {
  const ColumnUse wanted{{relation, attribute}, use};
  return std::find(analysis.uses.begin(), analysis.uses.end(), wanted) != analysis.uses.end();
}

std::vector<std::string> names_of(const Analysis& analysis) {
  std::vector<std::string> out;
  for (const OutputColumn& output : analysis.outputs) out.push_back(output.name);
  return out;
}

TEST(Analyse, FlowFollowsValuesThroughSubqueriesAndWithQueries) {
  struct Case {
    const char* text;
    Flow flow;  // of the first column
  };
  for (const Case& c : std::vector<Case>{
           {"SELECT email FROM customers", {copied(kCustomers, 3)}},
           {"SELECT customers.email AS x FROM customers", {copied(kCustomers, 3)}},
           {"SELECT upper(email) FROM customers", {derived(kCustomers, 3)}},
           {"SELECT email || name FROM customers", {derived(kCustomers, 2), derived(kCustomers, 3)}},
           {"SELECT max(email) FROM customers", {aggregated(kCustomers, 3)}},
           {"SELECT count(*) FROM customers", {}},
           {"SELECT (SELECT email FROM customers LIMIT 1)", {copied(kCustomers, 3)}},
           {"SELECT EXISTS (SELECT email FROM customers)", {derived(kCustomers, 3)}},
           {"SELECT s.m FROM (SELECT email AS m FROM customers) s", {copied(kCustomers, 3)}},
           {"SELECT b FROM (SELECT name, email FROM customers) s(a, b)", {copied(kCustomers, 3)}},
           {"WITH c AS (SELECT * FROM customers) SELECT email FROM c", {copied(kCustomers, 3)}},
           {"WITH c(a, b, x) AS (SELECT * FROM customers) SELECT x FROM c", {copied(kCustomers, 3)}},
           {"SELECT email FROM customers UNION ALL SELECT note FROM orders", {copied(kCustomers, 3), copied(kOrders, 4)}},
           {"SELECT CASE WHEN phone IS NULL THEN 1 ELSE 2 END FROM customers", {derived(kCustomers, 5)}},
           {"SELECT (c).email FROM customers c", {derived(kCustomers, 3)}},
           {"SELECT id FROM customers JOIN orders USING (id)", {copied(kCustomers, 1)}},
           {"SELECT id FROM customers RIGHT JOIN orders USING (id)", {copied(kOrders, 1)}},
           {"SELECT id FROM customers FULL JOIN orders USING (id)", {derived(kCustomers, 1), derived(kOrders, 1)}},
           {"SELECT t FROM customers, regexp_split_to_table(email, '@') t", {derived(kCustomers, 3)}},
           {"SELECT x FROM customers c, LATERAL (SELECT c.email AS x) q", {copied(kCustomers, 3)}},
           {"SELECT mail FROM customer_mails", {derived(kCustomers, 3)}},
           {"WITH RECURSIVE t(a, b, n) AS (SELECT email, 'x', 1 FROM customers UNION ALL SELECT b, a, n + 1 FROM t) SELECT b FROM t",
            {copied(kCustomers, 3)}},
           {"DELETE FROM customers WHERE id = 1 RETURNING email", {copied(kCustomers, 3)}},
           {"WITH d AS (DELETE FROM customers RETURNING email) SELECT email FROM d", {copied(kCustomers, 3)}},
           {"COPY customers (email) TO STDOUT", {copied(kCustomers, 3)}},
       }) {
    const Analysis analysis = analysis_of(c.text);
    ASSERT_FALSE(analysis.outputs.empty()) << c.text;
    EXPECT_EQ(analysis.outputs[0].flow, c.flow) << c.text;
  }
}

TEST(Analyse, WholeRowsCarryEveryColumn) {
  for (const char* text : {"SELECT c FROM customers c", "SELECT row_to_json(c) FROM customers c", "SELECT c::text FROM customers c",
                           "SELECT to_jsonb(c.*) FROM customers c", "SELECT ROW(c.*) FROM customers c"}) {
    const Analysis analysis = analysis_of(text);
    ASSERT_EQ(analysis.outputs.size(), 1u) << text;
    EXPECT_EQ(analysis.outputs[0].flow.size(), 5u) << text;
  }
}

TEST(Analyse, EveryPlaceWhereAColumnIsNamedIsAUse) {
  EXPECT_TRUE(uses(analysis_of("SELECT 1 FROM customers WHERE email = 'x'"), kCustomers, 3, Use::predicate));
  EXPECT_TRUE(uses(analysis_of("SELECT 1 FROM customers ORDER BY email"), kCustomers, 3, Use::ordering));
  EXPECT_TRUE(uses(analysis_of("SELECT email FROM customers ORDER BY 1"), kCustomers, 3, Use::ordering));
  EXPECT_TRUE(uses(analysis_of("SELECT email AS e FROM customers ORDER BY e"), kCustomers, 3, Use::ordering));
  EXPECT_TRUE(uses(analysis_of("SELECT 1 FROM customers GROUP BY email"), kCustomers, 3, Use::grouping));
  EXPECT_TRUE(uses(analysis_of("SELECT DISTINCT email FROM customers"), kCustomers, 3, Use::grouping));
  EXPECT_TRUE(uses(analysis_of("SELECT 1 FROM customers c JOIN orders o ON o.note = c.email"), kCustomers, 3, Use::join));
  EXPECT_TRUE(uses(analysis_of("SELECT 1 FROM customers NATURAL JOIN orders"), kCustomers, 1, Use::join));
  EXPECT_TRUE(uses(analysis_of("SELECT sum(length(email)) FROM customers"), kCustomers, 3, Use::aggregate));
  EXPECT_TRUE(uses(analysis_of("SELECT length(email) FROM customers"), kCustomers, 3, Use::function_argument));
  EXPECT_TRUE(uses(analysis_of("INSERT INTO orders (id, note) SELECT id, email FROM customers"), kCustomers, 3, Use::write_source));
  EXPECT_TRUE(uses(analysis_of("INSERT INTO orders (id, note) SELECT id, email FROM customers"), kOrders, 4, Use::write_target));
  EXPECT_TRUE(uses(analysis_of("UPDATE orders SET note = 'x' WHERE total > 1"), kOrders, 3, Use::predicate));
  EXPECT_TRUE(uses(analysis_of("SELECT 1 FROM customer_mails"), kCustomers, 5, Use::predicate));
  EXPECT_TRUE(uses(analysis_of("SELECT mail FROM customer_mails"), kView, 2, Use::output));
  EXPECT_TRUE(uses(analysis_of("SELECT count(*) OVER (PARTITION BY email ORDER BY phone) FROM customers"), kCustomers, 3, Use::grouping));
}

TEST(Analyse, ColumnsAreNamedAsPostgreSQLNamesThem) {
  EXPECT_EQ(names_of(analysis_of("SELECT 1, 'x'::text, upper('a'), CASE WHEN true THEN 1 END, coalesce(1), ARRAY[1], (SELECT id FROM orders), "
                                 "EXISTS (SELECT 1), current_date, 1::int4::text, ROW(1), true AND false, nullif(1, 2), \"left\"('a', 1)")),
            (std::vector<std::string>{"?column?", "text", "upper", "case", "coalesce", "array", "id", "exists", "current_date", "text", "row",
                                      "?column?", "nullif", "left"}));
  EXPECT_EQ(names_of(analysis_of("SELECT * FROM customers c JOIN orders o USING (id)")),
            (std::vector<std::string>{"id", "name", "email", "phone", "country", "customer_id", "total", "note"}));
  EXPECT_EQ(names_of(analysis_of("VALUES (1, 2)")), (std::vector<std::string>{"column1", "column2"}));
  EXPECT_EQ(names_of(analysis_of("SELECT * FROM generate_series(1, 2) WITH ORDINALITY")),
            (std::vector<std::string>{"generate_series", "ordinality"}));
  EXPECT_EQ(names_of(analysis_of("SELECT * FROM json_each('{}') j")), (std::vector<std::string>{"key", "value"}));
}

TEST(Analyse, RowsAreBoundedWhereTheTextAloneProvesIt) {
  EXPECT_EQ(analysis_of("SELECT * FROM customers WHERE id = $1").max_rows, 1u);
  EXPECT_EQ(analysis_of("SELECT * FROM customers WHERE id IN (1, 2, 3) AND name = 'x'").max_rows, 3u);
  EXPECT_EQ(analysis_of("SELECT * FROM customers LIMIT 10").max_rows, 10u);
  EXPECT_EQ(analysis_of("SELECT count(*) FROM customers").max_rows, 1u);
  EXPECT_EQ(analysis_of("SELECT 1").max_rows, 1u);
  EXPECT_EQ(analysis_of("VALUES (1), (2)").max_rows, 2u);
  EXPECT_EQ(analysis_of("INSERT INTO orders (id) VALUES (1), (2) RETURNING id").max_rows, 2u);
  EXPECT_EQ(analysis_of("SELECT id FROM customers WHERE id = 1 UNION ALL SELECT 2").max_rows, 2u);
  for (const char* text : {"SELECT * FROM customers", "SELECT * FROM customers WHERE id = 1 OR true", "SELECT * FROM customers WHERE id > 1",
                           "SELECT * FROM customers c, orders o WHERE c.id = 1", "SELECT generate_series(1, 1000000)",
                           "SELECT count(*) FROM customers GROUP BY id", "SELECT 1 ORDER BY generate_series(1, 1000)", "SELECT * FROM customers LIMIT $1",
                           "SELECT * FROM customers ORDER BY country FETCH FIRST 1 ROWS WITH TIES", "SELECT * FROM people WHERE id = 1",
                           "SELECT unnest(string_to_array(name, '')) FROM customers WHERE id = 1"}) {
    EXPECT_EQ(analysis_of(text).max_rows, std::nullopt) << text;
  }
}

TEST(Analyse, ActionsSayWhatIsDoneAlsoInsideWithQueries) {
  const auto actions = [](const char* text) { return analysis_of(text).actions; };
  using A = std::vector<Action>;
  EXPECT_EQ(actions("SELECT 1"), A{Action::select});
  EXPECT_EQ(actions("INSERT INTO orders (id) VALUES (1)"), A{Action::insert});
  EXPECT_EQ(actions("INSERT INTO orders (id) SELECT id FROM customers"), (A{Action::select, Action::insert}));
  EXPECT_EQ(actions("UPDATE orders SET note = 'x'"), (A{Action::update, Action::mass_write}));
  EXPECT_EQ(actions("UPDATE orders SET note = 'x' WHERE id = 1"), (A{Action::select, Action::update}));
  EXPECT_EQ(actions("DELETE FROM orders WHERE total = 1"), (A{Action::select, Action::delete_, Action::mass_write}));
  EXPECT_EQ(actions("WITH d AS (DELETE FROM orders) SELECT 1"), (A{Action::select, Action::delete_, Action::mass_write}));
  EXPECT_EQ(actions("SELECT id FROM orders FOR UPDATE"), (A{Action::select, Action::update}));
  EXPECT_EQ(actions("INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET note = 'x'"), (A{Action::insert, Action::update}));
}

TEST(Analyse, OperatorsThatRunCodeOfTheDatabaseAreRefusedWhereTheyAreImplied) {
  CatalogBuilder builder(1, "shop", "1");
  builder.add_relation(table(1, "public", "t", {column(1, "id", "integer", 'N'), column(2, "a", "text")}));
  builder.add_operator("=");
  const auto catalog = std::move(builder).build();
  for (const char* text : {"SELECT 1 FROM t WHERE a = 'x'", "SELECT 1 FROM t WHERE a IN ('x')", "SELECT 1 FROM t WHERE a IN (SELECT 'x')",
                           "SELECT 1 FROM t x JOIN t y USING (id)", "SELECT 1 FROM t x NATURAL JOIN t y", "SELECT CASE a WHEN 'x' THEN 1 END FROM t",
                           "SELECT nullif(a, 'x') FROM t", "SELECT 1 FROM t WHERE a IS DISTINCT FROM 'x'", "SELECT 1 FROM t WHERE a = ANY ('{x}')"}) {
    EXPECT_FALSE(analyse_text(text, catalog, {}).ok()) << text;
  }
  EXPECT_TRUE(analyse_text("SELECT 1 FROM t WHERE a OPERATOR(pg_catalog.=) 'x'", catalog, {}).ok());
}

TEST(Analyse, ParametersAreCounted) {
  EXPECT_EQ(analysis_of("SELECT $2::int + id FROM orders WHERE id = $1").parameters, 2);
  EXPECT_EQ(analysis_of("SELECT 1").parameters, 0);
}

TEST(Analyse, TheSearchPathDecidesWhatANameMeans) {
  NameContext names;
  names.search_path = {"hr", "public"};
  EXPECT_EQ(analysis_of("SELECT * FROM salaries", names).relations.at(0).relation, kSalaries);
  EXPECT_EQ(refusal_of("SELECT * FROM salaries").kind, ErrorKind::undefined_table);
}

TEST(Analyse, AWithQueryHidesATableOnlyWhereItIsInScope) {
  EXPECT_TRUE(analysis_of("WITH customers AS (SELECT 1 AS id) SELECT * FROM customers").relations.empty());
  EXPECT_EQ(analysis_of("WITH customers AS (SELECT 1 AS id) SELECT * FROM public.customers").relations.size(), 1u);
  EXPECT_EQ(analysis_of("SELECT * FROM (WITH customers AS (SELECT 1) SELECT * FROM customers) s, customers").relations.size(), 1u);
  EXPECT_EQ(analysis_of("WITH a AS (SELECT * FROM customers), customers AS (SELECT 1) SELECT * FROM a").relations.size(), 1u);
  EXPECT_TRUE(analysis_of("WITH RECURSIVE a AS (SELECT * FROM customers), customers AS (SELECT 1) SELECT * FROM a").relations.empty());
}

TEST(Analyse, ErrorsAreThoseThatPostgreSQLWouldGive) {
  struct Case {
    const char* text;
    ErrorKind kind;
    const char* message;
    int position;
  };
  for (const Case& c : std::vector<Case>{
           {"SELECT 'ä', nope FROM customers", ErrorKind::undefined_column, "column \"nope\" does not exist", 13},
           {"SELECT c.nope FROM customers c", ErrorKind::undefined_column, "column c.nope does not exist", 8},
           {"SELECT * FROM nope", ErrorKind::undefined_table, "relation \"nope\" does not exist", 15},
           {"SELECT * FROM hr.nope", ErrorKind::undefined_table, "relation \"hr.nope\" does not exist", 15},
           {"SELECT x.id FROM customers", ErrorKind::undefined_table, "missing FROM-clause entry for table \"x\"", 8},
           {"SELECT id FROM customers, orders", ErrorKind::ambiguous_column, "column reference \"id\" is ambiguous", 8},
           {"SELECT * FROM customers, (SELECT customers.id) s", ErrorKind::undefined_table, "missing FROM-clause entry for table \"customers\"", 34},
           {"UPDATE orders SET nope = 1", ErrorKind::undefined_column, "column \"nope\" of relation \"orders\" does not exist", 19},
           {"INSERT INTO orders (nope) VALUES (1)", ErrorKind::undefined_column, "column \"nope\" of relation \"orders\" does not exist", 21},
           {"SELECT nope()", ErrorKind::undefined_function, "function nope() does not exist", 8},
       }) {
    const Error error = refusal_of(c.text);
    EXPECT_EQ(error.kind, c.kind) << c.text;
    EXPECT_EQ(error.message, c.message) << c.text;
    EXPECT_EQ(error.position, c.position) << c.text;
  }
}

TEST(Analyse, CodeAndSecretsOfTheDatabaseAreOutOfReach) {
  for (const char* text : {"SELECT leak()", "SELECT public.leak()", "SELECT pg_read_file('x')", "SELECT pg_catalog.pg_read_file('x')",
                           "SELECT query_to_xml('select 1', true, true, '')", "SELECT * FROM pg_statistic", "SELECT 1 === 2",
                           "SELECT 'x'::mood", "SELECT * FROM leak()", "INSERT INTO pg_class (relname) VALUES ('x')",
                           "SELECT set_config('role', 'x', false)", "SELECT set_config($1, 'x', false)", "UPDATE customers SET name = leak()",
                           "SELECT 1 ORDER BY leak()", "SELECT count(*) FILTER (WHERE leak() IS NULL)", "SELECT 1 LIMIT leak()::int",
                           "VALUES (leak())", "SELECT sum(1) OVER (ORDER BY leak())", "SELECT ARRAY[leak()]", "SELECT (leak()).x",
                           "SELECT * FROM orders TABLESAMPLE BERNOULLI (leak())", "INSERT INTO orders (id) VALUES (leak())",
                           "SELECT 1 FROM orders GROUP BY leak()", "SELECT 1 UNION SELECT leak()", "SELECT pg_temp.f()"}) {
    auto analysed = analyse(text);
    EXPECT_FALSE(analysed.ok()) << text;
    if (!analysed.ok()) {
      EXPECT_TRUE(analysed.error().kind == ErrorKind::denied || analysed.error().kind == ErrorKind::not_supported) << text;
    }
  }
  NameContext names;
  names.allowed_functions = {"public.leak"};
  EXPECT_TRUE(analyse("SELECT leak(), public.leak()", names).ok());
  names.search_path = {"hr"};
  EXPECT_EQ(refusal_of("SELECT lower('x')", names).kind, ErrorKind::denied);  // hr.lower could be chosen
  EXPECT_TRUE(analyse("SELECT pg_catalog.lower('x')", names).ok());
  EXPECT_TRUE(analyse("SELECT set_config('jit', 'off', false)", names).ok());
}

TEST(Analyse, TemporaryTablesCallNoCode) {
  for (const char* text : {"CREATE TEMP TABLE t (a text DEFAULT pg_read_file('x'))", "CREATE TEMP TABLE t (a text DEFAULT hr.code())",
                           "CREATE TEMP TABLE t (a text DEFAULT lower(hr.code()))", "CREATE TEMP TABLE t (a text CHECK (hr.code(a)))",
                           "CREATE TEMP TABLE t (a text GENERATED ALWAYS AS (hr.code(a)) STORED)", "CREATE TEMP TABLE t (a int, CHECK (hr.code(a)))",
                           "CREATE TEMP TABLE t (a int, EXCLUDE USING gist (hr.code(a) WITH =))", "CREATE TEMP TABLE t (a int) PARTITION BY LIST (hr.code(a))"}) {
    const ErrorKind kind = refusal_of(text).kind;
    EXPECT_TRUE(kind == ErrorKind::denied || kind == ErrorKind::undefined_function) << text;
  }
}

TEST(Analyse, WhatChangesTheMeaningOfNamesMustComeAlone) {
  EXPECT_EQ(refusal_of("SET search_path = hr; SELECT 1").kind, ErrorKind::not_supported);
  EXPECT_EQ(refusal_of("CREATE TEMP TABLE t AS SELECT 1 AS a; SELECT * FROM orders").kind, ErrorKind::not_supported);
  EXPECT_TRUE(analyse("SELECT 1; SELECT 2").ok());
  EXPECT_TRUE(analyse("").value().statements().empty());
}

TEST(Analyse, HostileStatementsAreBounded) {
  std::string many = "SELECT * FROM ";
  for (int i = 0; i < 20000; ++i) many += (i == 0 ? "orders o" : ", orders o") + std::to_string(i);
  const auto analysed = analyse(many + " WHERE o1.id = o2.id");
  if (!analysed.ok()) {
    EXPECT_EQ(analysed.error().kind, ErrorKind::statement_too_complex);
  }
  std::string set = "UPDATE orders SET (";
  for (int i = 0; i < 2000; ++i) set += i == 0 ? "note" : ", note";
  set += ") = (SELECT 'x'";
  for (int i = 1; i < 2000; ++i) set += ", 'x'";
  EXPECT_TRUE(analyse(set + ") WHERE id = 1").ok());
  std::string nested = "SELECT 1";
  for (int i = 0; i < 2000; ++i) nested = "SELECT * FROM (" + nested + ") s";
  EXPECT_FALSE(analyse(nested).ok());
}

}  // namespace
}  // namespace sluice::sql
