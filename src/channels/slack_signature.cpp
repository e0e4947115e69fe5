#include "channels/slack_signature.h"

#include <charconv>

#include "base/digest.h"

namespace sluice::channels {
namespace {

Error refused() { return make_error(ErrorKind::invalid_credentials, "the request is not signed by Slack"); }

bool read_seconds(const std::string& text, std::int64_t& seconds) {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  return !text.empty() && text[0] != '-' && text.size() <= 12 && error == std::errc() && stopped == end;
}

}  // namespace

Status check_slack_signature(const net::HttpRequest& request, const std::vector<Secret>& secrets, Timestamp now) {
  const std::string* time = request.field("x-slack-request-timestamp");
  const std::string* signature = request.field("x-slack-signature");
  std::int64_t seconds = 0;
  if (time == nullptr || signature == nullptr || !read_seconds(*time, seconds)) return refused();
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()) - std::chrono::seconds(seconds);
  if (age > kSlackWindow || age < -kSlackWindow) return refused();
  const std::string signed_text = "v0:" + *time + ":" + request.body;
  bool right = false;
  for (const Secret& secret : secrets) {
    const std::string expected = "v0=" + to_hex(hmac_sha256(secret.reveal(), signed_text));
    right = equal_constant_time(expected, *signature) || right;
  }
  if (!right) return refused();
  return Done{};
}

}  // namespace sluice::channels
