#include "sql/plpgsql.h"

#include <gtest/gtest.h>

namespace sluice::sql {
namespace {

std::vector<std::string> queries_of(std::string_view body) {
  const auto read = read_plpgsql(body);
  if (!read.ok()) return {"error: " + read.error().message};
  std::vector<std::string> texts;
  for (const PlpgsqlQuery& query : read->queries) texts.push_back(query.row_field.empty() ? query.text : query.row_field + " := " + query.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Plpgsql, CutsOutEveryPieceOfSql) {
  EXPECT_EQ(queries_of("BEGIN RETURN a + 1; END"), (Texts{"SELECT a + 1"}));
  EXPECT_EQ(queries_of("DECLARE x integer := (SELECT 1); y text; BEGIN x := f(y); y = 'a'; a.b[3] := 4; END;"),
            (Texts{"SELECT (SELECT 1)", "SELECT f(y)", "SELECT 'a'", "SELECT (a.b[3])", "SELECT 4"}));
  EXPECT_EQ(queries_of("BEGIN IF a THEN PERFORM f(1); ELSIF b THEN NULL; ELSE DELETE FROM t; END IF; END"),
            (Texts{"SELECT a", "SELECT f(1)", "SELECT b", "DELETE FROM t"}));
  EXPECT_EQ(queries_of("BEGIN FOR i IN REVERSE 9..1 BY 2 LOOP NULL; END LOOP; FOR r IN SELECT * FROM t LOOP RETURN NEXT r; END LOOP; END"),
            (Texts{"SELECT 9", "SELECT 1", "SELECT 2", "SELECT * FROM t", "SELECT r"}));
  EXPECT_EQ(queries_of("BEGIN RETURN QUERY SELECT 1; RAISE NOTICE '% %', a, f(b) USING HINT = c; ASSERT d, 'e'; END"),
            (Texts{"SELECT 1", "SELECT a", "SELECT f(b)", "SELECT c", "SELECT d, 'e'"}));
  EXPECT_EQ(queries_of("BEGIN x := 1; EXCEPTION WHEN division_by_zero OR SQLSTATE '22000' THEN y := 2; WHEN OTHERS THEN z := 3; END"),
            (Texts{"SELECT 1", "SELECT 2", "SELECT 3"}));
  EXPECT_EQ(queries_of("DECLARE c CURSOR (k int) FOR SELECT k; BEGIN OPEN c(f(1)); FETCH c INTO x; CLOSE c; FOREACH x SLICE 1 IN ARRAY g(a) LOOP END LOOP; END"),
            (Texts{"SELECT k", "SELECT f(1)", "SELECT g(a)"}));
}

TEST(Plpgsql, VariablesAfterIntoAreNoPartOfAQuery) {
  EXPECT_EQ(queries_of("BEGIN SELECT a, b INTO STRICT x, y.z FROM t; END"), (Texts{"SELECT a, b FROM t"}));
  EXPECT_EQ(queries_of("BEGIN INSERT INTO t VALUES (1) RETURNING id INTO x; END"), (Texts{"INSERT INTO t VALUES (1) RETURNING id "}));
}

TEST(Plpgsql, KnowsWhatIsDoneToTheRowOfATrigger) {
  auto read = read_plpgsql("BEGIN NEW.updated_at := now(); RETURN NEW; END");
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->queries.size(), 1u);
  EXPECT_EQ(read->queries[0].row_field, "updated_at");
  EXPECT_FALSE(read->assigns_row);
  for (const char* body : {"BEGIN NEW := f(NEW); RETURN NEW; END", "BEGIN SELECT 1 INTO NEW.a; RETURN NEW; END", "BEGIN FOR new IN SELECT 1 LOOP NULL; END LOOP; END"}) {
    read = read_plpgsql(body);
    ASSERT_TRUE(read.ok()) << body;
    EXPECT_TRUE(read->assigns_row) << body;
  }
}

TEST(Plpgsql, DynamicSqlIsAnObstacle) {
  for (const char* body : {"BEGIN EXECUTE 'x'; END", "BEGIN FOR r IN EXECUTE 'x' LOOP NULL; END LOOP; END", "BEGIN RETURN QUERY EXECUTE 'x'; END",
                           "DECLARE c refcursor; BEGIN OPEN c FOR EXECUTE 'x'; END", "BEGIN IF a THEN EXECUTE 'x' INTO y USING z; END IF; END"}) {
    const auto read = read_plpgsql(body);
    ASSERT_FALSE(read.ok()) << body;
    EXPECT_EQ(read.error().message, "runs SQL that is made at run time") << body;
  }
}

TEST(Plpgsql, WhatIsNotUnderstoodIsAnObstacle) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "BEGIN ";
  for (const std::string& body : {std::string(), std::string("BEGIN"), std::string("BEGIN END x y"), std::string("BEGIN x := ; END"), std::string("BEGIN IF a THEN END; END"),
                                  std::string("BEGIN f(1)); END"), std::string("BEGIN LOOP END; END"), std::string("BEGIN COMMIT; END"), std::string("#"), std::string("'"),
                                  std::string("BEGIN x[1 := 2; END"), deep, deep + "x"}) {
    EXPECT_FALSE(read_plpgsql(body).ok()) << body.substr(0, 40);
  }
}

}  // namespace
}  // namespace sluice::sql
