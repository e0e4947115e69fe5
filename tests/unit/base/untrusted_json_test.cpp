#include "base/untrusted_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

TEST(ParseUntrusted, AcceptsOrdinaryJson) {
  const auto parsed = parse_untrusted(R"({"reason": "ok \u00e9", "list": [1, {"a": null}, {"a": true}]})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ((*parsed)["reason"], "ok \xC3\xA9");
}

TEST(ParseUntrusted, RefusesDuplicateKeysAtEveryLevel) {
  EXPECT_FALSE(parse_untrusted(R"({"a": 1, "a": 2})").ok());
  EXPECT_FALSE(parse_untrusted(R"([{"b": {"a": 1, "\u0061": 2}}])").ok());
}

TEST(ParseUntrusted, RefusesDeepNestingWithoutFollowingIt) {
  EXPECT_TRUE(parse_untrusted(std::string(64, '[') + std::string(64, ']')).ok());
  EXPECT_FALSE(parse_untrusted(std::string(65, '[') + std::string(65, ']')).ok());
  EXPECT_FALSE(parse_untrusted(std::string(1000000, '[')).ok());
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += R"({"a":)";
  EXPECT_FALSE(parse_untrusted(objects).ok());
}

TEST(ParseUntrusted, RefusesWhatIsNotJson) {
  for (const char* text : {"", " ", "{", "nul", "{\"a\":1} x", "{a:1}", "'a'", "\"\xff\"", "\"\xC0\x80\"", "[1,]", "/* c */ 1", "NaN", "1e999"}) {
    EXPECT_FALSE(parse_untrusted(text).ok()) << text;
  }
}

}  // namespace
}  // namespace sluice
