#include "protocol/statement_messages.h"

#include <gtest/gtest.h>

namespace sluice::protocol {
namespace {

using namespace std::string_literals;

TEST(Bind, HasTheBytesOfTheManual) {
  std::string formats, values, results;
  const BindView bind{"", "s1", WireArrayView<std::int16_t>::make(formats, std::vector<std::int16_t>{1}),
                      ValueListView::make(values, std::vector<ValueListView::Value>{"ab", std::nullopt}),
                      WireArrayView<std::int16_t>::make(results, std::vector<std::int16_t>{})};
  std::string bytes;
  bind.encode(bytes);
  EXPECT_EQ(bytes, "B\0\0\0\x1a\0s1\0\0\1\0\1\0\2\0\0\0\2ab\xff\xff\xff\xff\0\0"s);
  EXPECT_EQ(bind.parameter_format(1), 1);
}

TEST(Bind, RefusesUnknownFormatsAndAWrongNumberOfThem) {
  EXPECT_FALSE(BindView::decode("\0\0\0\1\0\2\0\0\0\0"s).ok());
  EXPECT_FALSE(BindView::decode("\0\0\0\2\0\0\0\0\0\1\xff\xff\xff\xff\0\0"s).ok());
  EXPECT_TRUE(BindView::decode("\0\0\0\1\0\1\0\0\0\0"s).ok()) << "PostgreSQL takes one format for no parameters";
}

TEST(Bind, RefusesALengthBelowMinusOne) { EXPECT_FALSE(BindView::decode("\0\0\0\0\0\1\xff\xff\xff\xfe\0\0"s).ok()); }

TEST(Parse, IsRewrittenByAssigningItsQuery) {
  std::string types;
  ParseView parse{"s", "SELECT ssn FROM person WHERE id = $1", WireArrayView<Oid>::make(types, std::vector<Oid>{23})};
  parse.query = "SELECT NULL";
  std::string bytes;
  parse.encode(bytes);
  const auto decoded = ParseView::decode(std::string_view(bytes).substr(5));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->query, "SELECT NULL");
  EXPECT_EQ(decoded->statement, "s");
  EXPECT_EQ(decoded->parameter_types[0], 23u);
}

TEST(Query, RefusesTextBehindANulByte) {
  EXPECT_FALSE(QueryView::decode("SELECT 1\0; SELECT 2\0"s).ok());
  EXPECT_FALSE(QueryView::decode("SELECT 1").ok());
}

TEST(FrontendTypes, AreThoseOfTheManual) {
  for (int type = 0; type < 256; ++type) {
    const char c = static_cast<char>(type);
    EXPECT_EQ(is_frontend_type(c), c != '\0' && "QPBDECSHFXdcf"s.find(c) != std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::protocol
