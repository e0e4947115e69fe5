#include "sql/tokens.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::sql {
namespace {

std::vector<std::string> cut(std::string_view text) {
  const Tokens tokens(text);
  std::vector<std::string> out;
  for (int i = 0; i < tokens.size(); ++i) out.emplace_back(tokens.text(i));
  return out;
}

TEST(Tokens, AreCutAsPostgreSQLCutsThem) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(cut("SELECT a.b,\"x\"\"y\" -- c\n FROM t/* /* n */ */*"), (Texts{"SELECT", "a", ".", "b", ",", "\"x\"\"y\"", "FROM", "t", "*"}));
  EXPECT_EQ(cut("'it''s' E'\\'' $$a'b$$ $x$ $$ $x$ $1"), (Texts{"'it''s'", "E'\\''", "$$a'b$$", "$x$ $$ $x$", "$1"}));
  EXPECT_EQ(cut("'a'\n  'b' 'c' 'd'"), (Texts{"'a'\n  'b'", "'c'", "'d'"}));
  EXPECT_EQ(cut("a=-1 b<>2 c::int[1:2] d->>'x' e@-1"),
            (Texts{"a", "=", "-", "1", "b", "<>", "2", "c", "::", "int", "[", "1", ":", "2", "]", "d", "->>", "'x'", "e", "@-", "1"}));
  EXPECT_EQ(cut("1.5e-3 .5 1..2 x'1F' U&\"a\" n'x'"), (Texts{"1.5e-3", ".5", "1", "..", "2", "x'1F'", "U&\"a\"", "n'x'"}));
  EXPECT_EQ(cut("größe$1 f(x):=2"), (Texts{"größe$1", "f", "(", "x", ")", ":=", "2"}));
}

TEST(Tokens, FindNamesAndClosings) {
  const Tokens tokens("f(a, (b), c[1]) s /**/ . \"T\" x");
  EXPECT_EQ(tokens.closing(1), 12);
  EXPECT_EQ(tokens.name_end(13, 2), 15);
  EXPECT_EQ(tokens.name_end(13, 3), -1);
  EXPECT_EQ(tokens.element_end(4), 6);
  EXPECT_TRUE(tokens.is(13, "s"));
  const Tokens unicode("U&\"a\" UESCAPE '!' . U&\"b\" uescape '!' . c");
  EXPECT_EQ(unicode.name_end(0, 1), 2);
  EXPECT_EQ(unicode.name_end(0, 3), 8);
  EXPECT_EQ(unicode.name_fields(0), 3);
  EXPECT_EQ(Tokens("U&\"a\" UESCAPE").name_end(0, 1), -1);
}

}  // namespace
}  // namespace sluice::sql
