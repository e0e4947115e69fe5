#include "protocol/sqlstate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace sluice::protocol {
namespace {

constexpr int kKinds = static_cast<int>(ErrorKind::internal) + 1;

TEST(Sqlstate, EveryKindHasALegalCodeAndResponse) {
  for (int i = 0; i < kKinds; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    const std::string_view code = sqlstate(kind);
    ASSERT_EQ(code.size(), 5u) << to_text(kind);
    EXPECT_TRUE(std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isdigit(c) || std::isupper(c); }));
    std::string bytes;
    error_response(Error{kind, "", "", "", 0}).encode(bytes);
    const auto decoded = ErrorResponse::decode(std::string_view(bytes).substr(5));
    ASSERT_TRUE(decoded.ok());
    EXPECT_FALSE(decoded->fields.message.empty()) << "a frontend may not cope without M";
    EXPECT_EQ(decoded->fields.severity, "ERROR");
    EXPECT_EQ(decoded->fields.severity_unlocalized, "ERROR");
  }
}

TEST(Sqlstate, NoKindMakesDriversRetryByThemselves) {
  for (int i = 0; i < kKinds; ++i) {
    const std::string_view code = sqlstate(static_cast<ErrorKind>(i));
    EXPECT_FALSE(code.starts_with("40")) << "40001 and 40P01 start retry loops";
  }
}

TEST(Sqlstate, PendingApprovalHasACodeOfItsOwn) {
  for (int i = 0; i < kKinds; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    EXPECT_EQ(sqlstate(kind) == "SL001", kind == ErrorKind::approval_pending);
  }
}

TEST(ErrorResponseOfOurs, CarriesDetailHintAndPosition) {
  const ErrorResponse response = fatal_response({ErrorKind::denied, "permission denied", "{}", "ask", 7});
  EXPECT_EQ(response.fields.severity_unlocalized, "FATAL");
  EXPECT_TRUE(response.fields.ends_session());
  EXPECT_EQ(response.fields.code, "42501");
  EXPECT_EQ(response.fields.detail, "{}");
  EXPECT_EQ(response.fields.hint, "ask");
  EXPECT_EQ(response.fields.position, 7);
}

}  // namespace
}  // namespace sluice::protocol
