#include "protocol/result_messages.h"

#include <gtest/gtest.h>

namespace sluice::protocol {
namespace {

TEST(CommandComplete, TellsTheNumberOfRows) {
  EXPECT_EQ(CommandCompleteView{"SELECT 5"}.row_count(), 5u);
  EXPECT_EQ(CommandCompleteView{"INSERT 0 12"}.row_count(), 12u);
  EXPECT_EQ(CommandCompleteView{"COPY 18446744073709551615"}.row_count(), 18446744073709551615u);
  EXPECT_EQ(CommandCompleteView{"FETCH 0"}.row_count(), 0u);
}

TEST(CommandComplete, TellsNoNumberWhereThereIsNone) {
  for (const std::string_view tag :
       {"BEGIN", "CREATE TABLE", "", " ", "SELECT x", "SELECT 5x", "SELECT -1", "SELECT 99999999999999999999"}) {
    EXPECT_EQ(CommandCompleteView{tag}.row_count(), std::nullopt) << tag;
  }
}

TEST(RowDescription, WithACountThatItDoesNotHoldIsRefused) {
  EXPECT_FALSE(RowDescription::decode(std::string_view("\xff\xff", 2)).ok());
  EXPECT_FALSE(RowDescription::decode(std::string_view("\0\0x", 3)).ok());
}

}  // namespace
}  // namespace sluice::protocol
