#include "approvals/visible_text.h"

#include <gtest/gtest.h>

namespace sluice::approvals {
namespace {

TEST(VisibleText, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(visible_text("SELECT 'é, ß, 漢字' -- 😀\nFROM t"), "SELECT 'é, ß, 漢字' -- 😀\nFROM t");
}

TEST(VisibleText, ShowsEscapeSequencesOfTerminals) {
  EXPECT_EQ(visible_text("a\x1b[2Kb\r" "c\bd\x7f" "e"), "a<U+001B>[2Kb<U+000D>c<U+0008>d<U+007F>e");
  EXPECT_EQ(visible_text("\xC2\x9B" "2J"), "<U+009B>2J");
}

TEST(VisibleText, ShowsWhatChangesTheDirectionOfWriting) {
  EXPECT_EQ(visible_text("user\xE2\x80\xAE\xE2\x81\xA6-- x\xE2\x81\xA9"), "user<U+202E><U+2066>-- x<U+2069>");
}

TEST(VisibleText, ShowsWhatHasNoWidth) {
  EXPECT_EQ(visible_text("a\xE2\x80\x8B" "b\xEF\xBB\xBF" "c\xC2\xA0" "d\xF3\xA0\x81\x81"), "a<U+200B>b<U+FEFF>c<U+00A0>d<U+E0041>");
  EXPECT_EQ(visible_text("\xE3\x85\xA4"), "<U+3164>");
}

TEST(VisibleText, ShowsBytesThatAreNoText) {
  EXPECT_EQ(visible_text("a\xFF\xC0\x80z"), "a<0xFF><0xC0><0x80>z");
  EXPECT_EQ(visible_text(std::string_view("a\0b", 3)), "a<U+0000>b");
}

TEST(VisibleText, KeepsLinesAndWidensTabs) {
  EXPECT_EQ(visible_text("a\r\n\tb"), "a\n    b");
  EXPECT_EQ(visible_line("a\r\n\tb", 10), "a  b");
  EXPECT_EQ(visible_line("abcdef", 3), "abc\xE2\x80\xA6");
}

}  // namespace
}  // namespace sluice::approvals
