#include "sql/analysis.h"

#include <gtest/gtest.h>

#include <set>

namespace sluice::sql {
namespace {

TEST(ActionText, EveryActionIsReadBackFromWhatItIsWrittenAs) {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(Action::mass_write); ++i) {
    const auto action = static_cast<Action>(i);
    const std::string_view text = to_text(action);
    ASSERT_FALSE(text.empty()) << i;
    EXPECT_TRUE(texts.insert(text).second) << text;
    EXPECT_EQ(action_from_text(text), action);
  }
}

TEST(ActionText, UnknownWordsAreNoAction) {
  for (const std::string_view text : {"", "Select", "delete_", "all", "*"}) EXPECT_EQ(action_from_text(text), std::nullopt) << text;
}

TEST(StatementKindText, EveryKindHasItsOwnText) {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(kLastStatementKind); ++i) {
    const std::string_view text = to_text(static_cast<StatementKind>(i));
    EXPECT_FALSE(text.empty()) << i;
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
}

TEST(UseText, EveryUseAndFlowHasAText) {
  for (int i = 0; i <= static_cast<int>(Use::stored_code); ++i) EXPECT_FALSE(to_text(static_cast<Use>(i)).empty());
  for (int i = 0; i <= static_cast<int>(FlowKind::aggregated); ++i) EXPECT_FALSE(to_text(static_cast<FlowKind>(i)).empty());
}

}  // namespace
}  // namespace sluice::sql
