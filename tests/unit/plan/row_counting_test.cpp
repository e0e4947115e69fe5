#include "plan/row_counting.h"

#include <gtest/gtest.h>

#include "plan/statement_shape.h"

namespace sluice::plan {
namespace {

sql::Analysis of(sql::StatementKind kind) {
  sql::Analysis analysis;
  analysis.kind = kind;
  return analysis;
}

TEST(RowCounting, WhatSendsOtherMessagesThanRowsIsNotCounted) {
  const sql::Analysis copy = of(sql::StatementKind::copy_out);
  EXPECT_EQ(row_counting(copy, "COPY t TO STDOUT"), RowCounting::countable);
  EXPECT_EQ(row_counting(copy, "COPY binary TO STDOUT (FORMAT csv)"), RowCounting::countable);
  EXPECT_EQ(row_counting(copy, "COPY t TO STDOUT (FORMAT binary)"), RowCounting::uncountable);
  EXPECT_EQ(row_counting(copy, "COPY t TO STDOUT (FORMAT 'binary')"), RowCounting::uncountable);
  EXPECT_EQ(row_counting(copy, "COPY t TO STDOUT (FORMAT \"binary\")"), RowCounting::uncountable);
  EXPECT_EQ(row_counting(copy, "COPY BINARY t TO STDOUT"), RowCounting::uncountable);
  EXPECT_EQ(row_counting(of(sql::StatementKind::truncate), "TRUNCATE t"), RowCounting::uncountable);
  EXPECT_EQ(row_counting(of(sql::StatementKind::ddl), "DROP TABLE t"), RowCounting::no_rows);
}

TEST(RowCounting, ExplainRunsNothingUnlessItDoesMore) {
  sql::Analysis explain = of(sql::StatementKind::explain);
  explain.actions = {sql::Action::explain};
  EXPECT_EQ(row_counting(explain, ""), RowCounting::no_rows);
  explain.actions.push_back(sql::Action::delete_);
  EXPECT_EQ(row_counting(explain, ""), RowCounting::uncountable);
}

TEST(RowCounting, AHeaderIsNoRow) {
  EXPECT_TRUE(copies_header("COPY t TO STDOUT (FORMAT csv, HEADER)"));
  EXPECT_TRUE(copies_header("COPY t TO STDOUT WITH CSV HEADER"));
  EXPECT_TRUE(copies_header("COPY t TO STDOUT (HEADER true)"));
  EXPECT_FALSE(copies_header("COPY t TO STDOUT (FORMAT csv, HEADER false)"));
  EXPECT_FALSE(copies_header("COPY (SELECT header FROM t) TO STDOUT"));
  EXPECT_FALSE(copies_header("COPY t TO STDOUT (HEADER 'off', FORMAT csv)"));
  // Else one row more would pass.
  EXPECT_FALSE(copies_header("COPY t TO STDOUT (NULL 'header')"));
  EXPECT_FALSE(copies_header("COPY t TO STDOUT (NULL header)"));
  EXPECT_FALSE(copies_header("COPY t TO STDOUT (FORMAT csv, FORCE_QUOTE (a, header))"));
}

TEST(TextToEstimate, CopyIsAskedAboutByWhatItSends) {
  const sql::Analysis copy = of(sql::StatementKind::copy_out);
  EXPECT_EQ(text_to_estimate(copy, "COPY (SELECT f(a) FROM t) TO STDOUT"), "SELECT f(a) FROM t");
  EXPECT_EQ(text_to_estimate(copy, "COPY \"public\".\"t\" (a, b) TO STDOUT"), "SELECT FROM ONLY \"public\".\"t\"");
  EXPECT_EQ(text_to_estimate(of(sql::StatementKind::select), "SELECT 1"), "SELECT 1");
  EXPECT_EQ(text_to_estimate(of(sql::StatementKind::ddl), "DROP TABLE t"), std::nullopt);
}

std::string shape(sql::StatementKind kind, std::string_view text) {
  TextPlan plan;
  plan.statements.push_back({of(kind), {}, {}});
  return shape_of(plan, text);
}

TEST(Shape, StatementsThatDifferInValuesAloneHaveTheSame) {
  const auto kind = sql::StatementKind::delete_;
  const std::string first = shape(kind, "DELETE FROM t WHERE a = 1 AND b = 'x'");
  EXPECT_EQ(shape(kind, "delete from T /* again */ where A=22  and B=E'y\\'';"), first);
  for (const std::string_view other : {"DELETE FROM t WHERE a = 1 AND b = 2", "DELETE FROM t WHERE a = 1 OR b = 'x'", "DELETE FROM t WHERE a = 1",
                                       "DELETE FROM t WHERE a = a AND b = 'x'", "DELETE FROM t WHERE a = $1 AND b = 'x'",
                                       "DELETE FROM \"T\" WHERE a = 1 AND b = 'x'", "DELETE FROM t WHERE a IN (1, 2) AND b = 'x'"}) {
    EXPECT_NE(shape(kind, other), first) << other;
  }
  EXPECT_NE(shape(kind, "DELETE FROM t WHERE true"), shape(kind, "DELETE FROM t WHERE false"));
}

TEST(Shape, LiteralsThatAreCodeOrOptionsCount) {
  EXPECT_NE(shape(sql::StatementKind::code, "DO 'a'"), shape(sql::StatementKind::code, "DO 'b'"));
  EXPECT_NE(shape(sql::StatementKind::role, "ALTER ROLE r PASSWORD 'a'"), shape(sql::StatementKind::role, "ALTER ROLE r PASSWORD 'b'"));
}

}  // namespace
}  // namespace sluice::plan
