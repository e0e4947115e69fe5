#include "shop_catalog.h"

namespace sluice::sql {
namespace {

// What stands for the rows of customers, under the test's masks.
const std::string kMaskedCustomers =
    R"((SELECT "id", "name", (pg_catalog.concat('tok-', "id")::character varying(80)) AS "email", (NULL::pg_catalog.text) AS "phone", )"
    R"("country" FROM "public"."customers"))";

struct Case {
  std::string agent;
  std::string upstream;
};

void expect_all(const std::vector<Case>& cases, const Masks& masks = shop_masks()) {
  for (const Case& c : cases) EXPECT_EQ(upstream_of(c.agent, masks), c.upstream) << c.agent;
}

TEST(Rewrite, PinsEveryNameThatTheUpstreamCouldResolveOtherwise) {
  expect_all({{"SELECT 1", "SELECT 1"},
              {"SELECT id FROM orders", R"(SELECT id FROM "public"."orders")"},
              {"SELECT id FROM public.orders", "SELECT id FROM public.orders"},
              {"SELECT o.id FROM orders AS o", R"(SELECT o.id FROM "public"."orders" AS o)"},
              {"SELECT relname FROM pg_class", R"(SELECT relname FROM "pg_catalog"."pg_class")"},
              {"SELECT count(*), pg_catalog.max(id) FROM orders", R"(SELECT pg_catalog.count(*), pg_catalog.max(id) FROM "public"."orders")"},
              {"SELECT trim(note), coalesce(note, ''), extract(day from now()) FROM orders",
               R"(SELECT trim(note), coalesce(note, ''), extract(day from pg_catalog.now()) FROM "public"."orders")"},
              {"TABLE orders", R"(TABLE "public"."orders")"},
              {"UPDATE orders SET note = 'x' WHERE id = 1", R"(UPDATE "public"."orders" SET note = 'x' WHERE id = 1)"},
              {"INSERT INTO orders (id) VALUES (1)", R"(INSERT INTO "public"."orders" (id) VALUES (1))"},
              {"DELETE FROM ONLY orders WHERE id = 1", R"(DELETE FROM ONLY "public"."orders" WHERE id = 1)"},
              {"WITH orders AS (SELECT 1 AS id) SELECT id FROM orders", "WITH orders AS (SELECT 1 AS id) SELECT id FROM orders"},
              {"WITH orders AS (SELECT id FROM orders) SELECT id FROM orders",
               R"(WITH orders AS (SELECT id FROM "public"."orders") SELECT id FROM orders)"}});
}

TEST(Rewrite, ReplacesTaggedRelationsAtTheirSource) {
  expect_all({{"SELECT email FROM customers", "SELECT email FROM " + kMaskedCustomers + R"( AS "customers")"},
              {"SELECT email FROM ONLY customers c",
               "SELECT email FROM " + kMaskedCustomers.substr(0, kMaskedCustomers.find(" FROM")) + R"( FROM ONLY "public"."customers") c)"},
              {"SELECT a, b FROM public . /* x */ customers * AS u(a, b)", "SELECT a, b FROM " + kMaskedCustomers + " AS u(a, b)"},
              {"TABLE customers", "SELECT * FROM " + kMaskedCustomers + R"( AS "customers")"},
              {"SELECT public.customers.email FROM public.customers", "SELECT customers.email FROM " + kMaskedCustomers + R"( AS "customers")"},
              {"WITH customers AS (SELECT * FROM customers) SELECT * FROM customers",
               "WITH customers AS (SELECT * FROM " + kMaskedCustomers + R"( AS "customers") SELECT * FROM customers)"}});
}

TEST(Rewrite, GroupsByTheOtherColumnsWhereOnlyTheKeyWasNamed) {
  EXPECT_EQ(upstream_of("SELECT c.name FROM customers c GROUP BY c.id"),
            R"(SELECT c.name FROM )" + kMaskedCustomers + R"( c GROUP BY "c"."name", c.id)");
  EXPECT_EQ(upstream_of("SELECT o.note FROM orders o GROUP BY o.id"), R"(SELECT o.note FROM "public"."orders" o GROUP BY o.id)");
}

TEST(Rewrite, LooksThroughViewsThatReachMaskedColumns) {
  const std::string sql = upstream_of("SELECT mail FROM customer_mails");
  EXPECT_NE(sql.find("FROM " + kMaskedCustomers), std::string::npos) << sql;
  EXPECT_NE(sql.find(R"() AS "customer_mails")"), std::string::npos) << sql;
  EXPECT_EQ(upstream_of("SELECT id FROM big_orders"), R"(SELECT id FROM "public"."big_orders")");
}

TEST(Rewrite, MasksWhatAParentShowsOfItsInheritors) {
  EXPECT_EQ(upstream_of("SELECT secret FROM people"),
            R"(SELECT secret FROM (SELECT "id", ('***'::pg_catalog.text) AS "secret" FROM "public"."people") AS "people")");
}

TEST(Rewrite, MasksWhatReturningShowsAndKeepsTheNamesOfColumns) {
  const std::string masked_secret = "('***'::pg_catalog.text)";
  expect_all({{"DELETE FROM people WHERE id = 1 RETURNING secret",
               R"(DELETE FROM "public"."people" WHERE id = 1 RETURNING )" + masked_secret + R"( AS "secret")"},
              {"DELETE FROM people WHERE id = 1 RETURNING secret AS s, upper(secret), id",
               R"(DELETE FROM "public"."people" WHERE id = 1 RETURNING )" + masked_secret + " AS s, pg_catalog.upper(" + masked_secret +
                   R"() AS "upper", id)"},
              {"DELETE FROM people p WHERE id = 1 RETURNING *",
               R"(DELETE FROM "public"."people" p WHERE id = 1 RETURNING "p"."id", )" + masked_secret + R"( AS "secret")"},
              {"DELETE FROM people USING orders o WHERE o.id = people.id RETURNING *",
               R"(DELETE FROM "public"."people" USING "public"."orders" o WHERE o.id = people.id RETURNING "people"."id", )" + masked_secret +
                   R"( AS "secret", "o".*)"},
              {"INSERT INTO people VALUES (1, 'x') RETURNING people.*",
               R"(INSERT INTO "public"."people" VALUES (1, 'x') RETURNING "people"."id", )" + masked_secret + R"( AS "secret")"}});
}

TEST(Rewrite, SourcesOfWritesAreMaskedLikeAnyOther) {
  EXPECT_EQ(upstream_of("INSERT INTO orders (id, note) SELECT id, email FROM customers"),
            R"(INSERT INTO "public"."orders" (id, note) SELECT id, email FROM )" + kMaskedCustomers + R"( AS "customers")");
  EXPECT_EQ(upstream_of("UPDATE orders SET (note, total) = (SELECT email, 1 FROM customers WHERE id = 1) WHERE id = 1"),
            R"(UPDATE "public"."orders" SET (note, total) = (SELECT email, 1 FROM )" + kMaskedCustomers +
                R"( AS "customers" WHERE id = 1) WHERE id = 1)");
}

TEST(Rewrite, CopiesAndPlansShowMasks) {
  EXPECT_EQ(upstream_of("COPY customers TO STDOUT (FORMAT csv)"), "COPY " + kMaskedCustomers.substr(0, kMaskedCustomers.find(" FROM")) +
                                                                       R"( FROM ONLY "public"."customers") TO STDOUT (FORMAT csv))");
  EXPECT_EQ(upstream_of("COPY hr.salaries (amount) TO STDOUT"),
            R"(COPY (SELECT (NULL::numeric) AS "amount" FROM ONLY "hr"."salaries") TO STDOUT)");
  EXPECT_EQ(upstream_of("EXPLAIN (COSTS, FORMAT json) SELECT amount FROM hr.salaries").rfind("EXPLAIN (COSTS OFF, FORMAT json) SELECT", 0), 0u);
  EXPECT_EQ(upstream_of("EXPLAIN (SELECT amount FROM hr.salaries)").rfind("EXPLAIN (COSTS OFF) (SELECT", 0), 0u);
  EXPECT_EQ(upstream_of("EXPLAIN (COSTS) SELECT id FROM orders"), R"(EXPLAIN (COSTS) SELECT id FROM "public"."orders")");
}

TEST(Rewrite, PartialMasksKeepTheEndsOfLongValues) {
  const Masks masks{{{kOrders, 4}, PartialMask{1, 2, "*", 4}}, {{kOrders, 3}, PartialMask{}}};
  const std::string sql = upstream_of("SELECT note FROM orders", {{{kOrders, 3}, PartialMask{}}, {{kOrders, 4}, PartialMask{1, 2, "*", 4}}});
  EXPECT_NE(sql.find("(NULL::numeric(10,2)) AS \"total\""), std::string::npos) << sql;
  EXPECT_NE(sql.find(R"(((CASE WHEN "note" IS NULL THEN NULL WHEN pg_catalog.length("note"::pg_catalog.text) OPERATOR(pg_catalog.<) 7 )"
                     R"(THEN '****' ELSE pg_catalog.concat(pg_catalog."left"("note"::pg_catalog.text, 1), '****', )"
                     R"(pg_catalog."right"("note"::pg_catalog.text, 2)) END)::pg_catalog.text))"),
            std::string::npos)
      << sql;
}

TEST(Rewrite, TokensNeedAKeyInClear) {
  Masks masks;
  masks.emplace_back(ColumnId{kCustomers, 1}, NullMask{});
  masks.emplace_back(ColumnId{kCustomers, 3}, TokenMask{"tok-"});
  EXPECT_NE(upstream_of("SELECT email FROM customers", masks).find(R"((NULL::character varying(80)) AS "email")"), std::string::npos);
}

TEST(Rewrite, ADomainAdmitsNoMaskButNull) {
  CatalogBuilder builder(1, "shop", "1");
  Relation r = table(1, "public", "t", {column(1, "id", "integer", 'N'), column(2, "d", "public.mail")});
  r.columns[1].type_kind = 'd';
  r.columns[1].not_null = true;
  builder.add_relation(r);
  const auto catalog = std::move(builder).build();
  constexpr std::string_view kText = "SELECT d FROM t";
  auto analysed = analyse_text(kText, catalog, {});
  const auto sql = rewrite(analysed.value(), kText, {{{1, 2}, ConstantMask{"x"}}});
  EXPECT_EQ(sql.value().text(), R"(SELECT d FROM (SELECT "id", (('{}'::public.mail[])[1]) AS "d" FROM "public"."t") AS "t")");
}

TEST(Rewrite, PositionsComeBackInTheAgentsCharacters) {
  const auto sql = rewritten("SELECT 'ä', lower(nope_is_here) FROM (SELECT 'x' AS nope_is_here FROM customers, orders) q WHERE 1 = 1").value();
  const std::string& text = sql.text();
  EXPECT_EQ(sql.agent_position(static_cast<int>(text.find("nope_is_here")) + 1 - 1), 19);  // one character of two bytes before it
  EXPECT_EQ(sql.agent_position(static_cast<int>(text.find("\"name\"")) + 1 - 1), 0);
  EXPECT_EQ(sql.agent_position(static_cast<int>(text.find("WHERE 1")) + 1 - 1), 92);
  EXPECT_EQ(sql.agent_position(0), 0);
}

TEST(Rewrite, StatementsOfOneTextAreEditedTogether) {
  EXPECT_EQ(upstream_of("SELECT id FROM orders; SELECT amount FROM hr.salaries;"),
            R"(SELECT id FROM "public"."orders"; SELECT amount FROM (SELECT "emp_id", (NULL::numeric) AS "amount" FROM "hr"."salaries") AS "salaries";)");
}

}  // namespace
}  // namespace sluice::sql
