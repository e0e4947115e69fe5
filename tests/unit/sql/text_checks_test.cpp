#include "sql/text_checks.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::sql {
namespace {

TEST(ValidUtf8, AcceptsTextsOfAllLengths) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("select 'plain ascii, longer than eight bytes'"));
  EXPECT_TRUE(is_valid_utf8("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf \xed\x9f\xbf \xee\x80\x80"));
}

TEST(ValidUtf8, RefusesWhatPostgresqlRefuses) {
  for (const std::string_view bytes : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xe2(\xac", "\xe0\x80\x80", "\xe0\x9f\xbf",
                                       "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x9f\x98", "\xff", "\xfe"}) {
    EXPECT_FALSE(is_valid_utf8(bytes)) << testing::PrintToString(std::string(bytes));
    EXPECT_FALSE(is_valid_utf8("1234567" + std::string(bytes)));
    EXPECT_FALSE(is_valid_utf8("12345678" + std::string(bytes) + "12345678"));
  }
}

TEST(CheapToScan, AllowsOrdinaryTexts) {
  EXPECT_TRUE(is_cheap_to_scan("select 1+-+-+-1"));
  EXPECT_TRUE(is_cheap_to_scan(std::string(2000, '-') + "\nselect 1"));
  std::string lines;
  for (int i = 0; i < 10000; ++i) lines += "-- " + std::string(90, '-') + "\n";
  EXPECT_TRUE(is_cheap_to_scan(lines));
}

TEST(CheapToScan, RefusesLongRunsOfOperatorCharacters) {
  std::string comments = "select ";
  for (int i = 0; i < 2000; ++i) comments += "/*";
  EXPECT_FALSE(is_cheap_to_scan(comments));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += std::string(200, '+') + "a";
  EXPECT_FALSE(is_cheap_to_scan(many));
}

}  // namespace
}  // namespace sluice::sql
