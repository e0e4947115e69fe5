#include "usage/usage_report.h"

#include <gtest/gtest.h>

#include "usage/usage_fold.h"

namespace sluice::usage {
namespace {

StatementShape sample_shape() {
  StatementShape shape;
  shape.identity.text = "bot";
  shape.database.text = "shop";
  shape.tables = {"public.customers", "public.orders"};
  shape.columns = {{"public.customers", "email", {"pii"}, sql::Use::output, true},
                   {"public.customers", "phone", {"contact", "pii"}, sql::Use::output, true},
                   {"public.customers", "id", {}, sql::Use::output, false},
                   {"public.customers", "phone", {"contact", "pii"}, sql::Use::predicate, true}};
  shape.output_columns = 3;
  return shape;
}

UsageMap sample_counts() {
  UsageMap counts;
  fold(counts, sample_shape(), 1000, {2, 10, 0, 500});
  fold(counts, sample_shape(), 1001, {1, 1, 0, 50});
  StatementShape other = sample_shape();
  other.identity.text = "other";
  fold(counts, other, 1001, {1, 0, 0, 0});
  return counts;
}

std::string table(const UsageQuery& query) { return to_csv(make_report(sample_counts(), query)); }

TEST(UsageReport, CountsStatementsOfAnIdentityOnce) {
  EXPECT_EQ(table({}), "identity,statements,rows,values,bytes\r\nbot,3,11,33,550\r\nother,1,0,0,0\r\n");
}

TEST(UsageReport, ATagCountsAStatementOnceHoweverManyColumnsHaveIt) {
  UsageQuery query;
  query.identity = IdentityId{"bot"};
  query.group_by = {Dimension::tag};
  EXPECT_EQ(table(query),
            "tag,use,masked,statements,rows,values,bytes\r\n"
            "contact,output,masked,3,11,11,550\r\n"
            "contact,predicate,masked,3,11,0,550\r\n"
            "pii,output,masked,3,11,22,550\r\n"
            "pii,predicate,masked,3,11,0,550\r\n");
}

TEST(UsageReport, ATableWithoutNamedColumnsIsCountedToo) {
  UsageQuery query;
  query.identity = IdentityId{"bot"};
  query.group_by = {Dimension::table};
  EXPECT_EQ(table(query),
            "table,use,masked,statements,rows,values,bytes\r\n"
            "public.customers,output,clear,3,11,11,550\r\n"
            "public.customers,output,masked,3,11,22,550\r\n"
            "public.customers,predicate,masked,3,11,0,550\r\n"
            "public.orders,none,clear,3,11,0,550\r\n");
}

TEST(UsageReport, TagAndTableTogetherAreBrokenDownByColumn) {
  UsageQuery query;
  query.identity = IdentityId{"bot"};
  query.tag = "pii";
  query.group_by = {Dimension::table};
  EXPECT_EQ(table(query),
            "table,column,use,masked,statements,rows,values,bytes\r\n"
            "public.customers,email,output,masked,3,11,11,550\r\n"
            "public.customers,phone,output,masked,3,11,11,550\r\n"
            "public.customers,phone,predicate,masked,3,11,0,550\r\n");
}

TEST(UsageReport, TimesAreWholeHours) {
  UsageQuery query;
  query.identity = IdentityId{"bot"};
  query.group_by = {Dimension::hour};
  query.from = Timestamp(std::chrono::hours(1001) + std::chrono::minutes(30));
  EXPECT_EQ(table(query), "hour,statements,rows,values,bytes\r\n1970-02-11T17:00Z,1,1,3,50\r\n");
  query.from.reset();
  query.to = Timestamp(std::chrono::hours(1001));
  EXPECT_EQ(table(query), "hour,statements,rows,values,bytes\r\n1970-02-11T16:00Z,2,10,30,500\r\n");
}

TEST(UsageReport, NamesCannotBreakAnyForm) {
  UsageReport report{{Dimension::identity}, {{{"=1+1,\"x\"\r\n\x01"}, {1, 2, 3, 4}}}};
  EXPECT_EQ(to_csv(report), "identity,statements,rows,values,bytes\r\n\"'=1+1,\"\"x\"\"\r\n\x01\",1,2,3,4\r\n");
  EXPECT_EQ(to_json(report),
            "{\"group_by\":[\"identity\"],\"lines\":[{\"identity\":\"=1+1,\\\"x\\\"\\u000d\\u000a\\u0001\",\"statements\":1,\"rows\":2,"
            "\"values\":3,\"bytes\":4}]}");
}

TEST(UsageReport, ATableIsAligned) {
  EXPECT_EQ(to_table(make_report(sample_counts(), {})),
            "identity  statements  rows  values  bytes\n"
            "bot                3    11      33    550\n"
            "other              1     0       0      0\n");
}

TEST(UsageReport, DimensionsComeBackFromTheirNames) {
  EXPECT_EQ(dimension_from_text("acts_for"), Dimension::acts_for);
  EXPECT_EQ(dimension_from_text(to_text(Dimension::masked)), Dimension::masked);
  EXPECT_FALSE(dimension_from_text("colour"));
}

}  // namespace
}  // namespace sluice::usage
