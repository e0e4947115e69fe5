#include "sql/analysis.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace sluice::sql {
namespace {

TEST(ActionText, EveryActionIsReadBackFromWhatItIsWrittenAs) {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(kLastAction); ++i) {
    const auto action = static_cast<Action>(i);
    const std::string_view text = to_text(action);
    ASSERT_FALSE(text.empty()) << i;
    EXPECT_TRUE(texts.insert(text).second) << text;
    EXPECT_EQ(action_from_text(text), action);
  }
}

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool is_group(Action group) {
  for (int i = 0; i <= static_cast<int>(kLastAction); ++i) {
    if (static_cast<Action>(i) != group && covers(group, static_cast<Action>(i))) return true;
  }
  return false;
}

TEST(ActionText, EveryActionIsInTheManualAndInAGoldenCase) {
  const std::filesystem::path tests(SLUICE_TESTS_DIR);
  const std::string manual = content_of(tests / "../docs/policy-language.md");
  const std::string cases = content_of(tests / "sql_cases/actions.case");
  const std::string table = manual.substr(manual.find("### Actions"), manual.find("## Functions") - manual.find("### Actions"));
  for (int i = 0; i <= static_cast<int>(kLastAction); ++i) {
    const auto action = static_cast<Action>(i);
    const std::string text(to_text(action));
    EXPECT_NE(table.find("`" + text + "`"), std::string::npos) << text << " is not in docs/policy-language.md";
    if (is_group(action) || action == Action::replication) continue;
    bool shown = false;
    for (const char* before : {"(", " "}) {
      for (const char* after : {")", ","}) shown = shown || cases.find(before + text + after) != std::string::npos;
    }
    EXPECT_TRUE(shown) << text << " is in no case of tests/sql_cases/actions.case";
  }
}

TEST(ActionText, AGroupCoversItsKindsAndNothingElse) {
  EXPECT_TRUE(covers(Action::ddl, Action::ddl_drop));
  EXPECT_TRUE(covers(Action::ddl, Action::ddl));
  EXPECT_TRUE(covers(Action::export_, Action::export_schema));
  EXPECT_FALSE(covers(Action::ddl_drop, Action::ddl));
  EXPECT_FALSE(covers(Action::ddl, Action::extension));
  EXPECT_FALSE(covers(Action::ddl_drop, Action::ddl_create));
  EXPECT_FALSE(covers(Action::select, Action::session));
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
