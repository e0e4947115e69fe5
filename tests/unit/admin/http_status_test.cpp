#include "admin/http_status.h"

#include <gtest/gtest.h>

namespace sluice::admin {
namespace {

TEST(HttpStatus, EveryKindOfErrorIsAnErrorInHttpToo) {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    const Error error = make_error(static_cast<ErrorKind>(kind), "text \xff", "do this");
    const net::HttpResponse response = problem(error);
    EXPECT_GE(response.status, 400) << to_text(error.kind);
    EXPECT_NE(response.body.find(to_text(error.kind)), std::string::npos);
    EXPECT_NE(response.body.find("do this"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::admin
