#include "sql/splice.h"

#include <gtest/gtest.h>

namespace sluice::sql {
namespace {

TEST(Splice, AppliesEditsWhateverTheirOrder) {
  EXPECT_EQ(splice("abcdef", {{4, 5, "E", false}, {0, 1, "AA", false}, {2, 2, "-", false}}).value().text, "AAb-cdEf");
}

TEST(Splice, CountsTheSameEditOnce) {
  EXPECT_EQ(splice("abc", {{1, 2, "X", false}, {1, 2, "X", false}, {1, 1, "i", false}, {1, 1, "i", false}}).value().text, "aiXc");
}

TEST(Splice, RefusesEditsThatOverlap) {
  EXPECT_FALSE(splice("abcdef", {{0, 3, "X", false}, {2, 4, "Y", false}}).ok());
  EXPECT_FALSE(splice("abc", {{2, 9, "X", false}}).ok());
}

}  // namespace
}  // namespace sluice::sql
