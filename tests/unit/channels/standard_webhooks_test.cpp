#include "channels/standard_webhooks.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "unit/approvals/held.h"

namespace sluice::channels {
namespace {

Secret key(const std::string& base64) {
  std::string bytes;
  EXPECT_TRUE(from_base64(base64, bytes));
  return Secret(bytes);
}

// The example of the specification.
TEST(StandardWebhooks, SignsAsTheSpecificationSays) {
  std::vector<Secret> secrets;
  secrets.push_back(key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  const std::string body = R"({"test": 2432232314})";
  const std::string signature = sign_webhook(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body);
  EXPECT_EQ(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  secrets.push_back(key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"));
  EXPECT_TRUE(sign_webhook(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body).starts_with(signature + " v1,"));
}

TEST(StandardWebhooks, SaysNothingOfTheStatement) {
  approvals::ApprovalRequest request = approvals::sample_request();
  request.held.actions.assign(1000, std::string(1000, 'x'));
  request.held.requester.id.text = std::string(100000, 'y');
  const store::ApprovalChange change{17, request.id, "filed", request.created};
  const std::string body = webhook_body(change, request, "https://sluice.example");
  EXPECT_LT(body.size(), 20'000u);
  EXPECT_EQ(body.find("COPY"), std::string::npos);
  EXPECT_NE(body.find("\"type\":\"approval.filed\""), std::string::npos) << body;
  EXPECT_EQ(webhook_id(change), request.id.text + "_17");
}

TEST(StandardWebhooks, TriesAgainLaterAndLaterAndThenNoMore) {
  std::chrono::seconds before{0};
  for (std::uint32_t failed = 1; failed <= 9; ++failed) {
    const auto least = retry_delay(failed, 0);
    const auto most = retry_delay(failed, 65535);
    ASSERT_TRUE(least && most);
    EXPECT_GT(*least, before);
    EXPECT_GE(*most, *least);
    EXPECT_LE(most->count(), least->count() * 6 / 5);
    before = *least;
  }
  EXPECT_FALSE(retry_delay(10, 0));
  EXPECT_FALSE(retry_delay(0, 0));
}

}  // namespace
}  // namespace sluice::channels
