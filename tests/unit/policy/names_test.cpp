#include "policy/names.h"

#include <gtest/gtest.h>

namespace sluice::policy {
namespace {

using Parts = std::vector<std::string>;

TEST(Names, AreSplitAtTheirDots) {
  EXPECT_EQ(split_name("public.customers.email"), (Parts{"public", "customers", "email"}));
  EXPECT_EQ(split_name("one"), Parts{"one"});
}

TEST(Names, KeepWhatIsInDoubleQuotes) {
  EXPECT_EQ(split_name("\"Odd.Name\".\"with \"\" quote\""), (Parts{"Odd.Name", "with \" quote"}));
}

TEST(Names, AreRefusedWhereOneWouldHaveToGuess) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "Public.x", "a b", "\"open", "\"\"", "a.\"b\"c", "a.*"}) {
    EXPECT_FALSE(split_name(text)) << text;
  }
}

TEST(Names, AreWrittenSoThatTheySplitBack) {
  for (const Parts& parts : {Parts{"public", "orders"}, Parts{"Odd.Name", "x"}, Parts{"a", "with \" quote"}, Parts{"a.b", "*"}}) {
    EXPECT_EQ(split_name(written_name(parts[0], parts[1])), parts);
  }
  EXPECT_EQ(written_name("public", "orders_2024"), "public.orders_2024");
}

}  // namespace
}  // namespace sluice::policy
