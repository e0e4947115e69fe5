#include "channels/standard_webhooks.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "approvals/visible_text.h"
#include "base/digest.h"

namespace sluice::channels {

using nlohmann::ordered_json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {
constexpr std::array<seconds, 9> kDelays = {seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)};
constexpr std::size_t kMaxActions = 16;
constexpr std::size_t kNameCharacters = 100;

std::string utc(Timestamp at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", std::chrono::time_point_cast<seconds>(at), (at.time_since_epoch() % seconds(1)).count());
}

std::string name(const std::string& text) { return approvals::visible_line(text, kNameCharacters); }
}  // namespace

std::string sign_webhook(const std::vector<Secret>& secrets, const std::string& id, std::int64_t unix_seconds, const std::string& body) {
  const std::string content = id + "." + std::to_string(unix_seconds) + "." + body;
  std::string signatures;
  for (const Secret& secret : secrets) {
    signatures += (signatures.empty() ? "v1," : " v1,") + to_base64(hmac_sha256(secret.reveal(), content));
  }
  return signatures;
}

net::HttpRequest webhook_request(const std::vector<Secret>& secrets, const std::string& id, std::int64_t unix_seconds, std::string body) {
  net::HttpRequest request;
  request.method = "POST";
  request.fields = {{"content-type", "application/json"},
                    {"user-agent", "Sluice/0.1.0"},
                    {"webhook-id", id},
                    {"webhook-timestamp", std::to_string(unix_seconds)},
                    {"webhook-signature", sign_webhook(secrets, id, unix_seconds, body)}};
  request.body = std::move(body);
  return request;
}

std::string webhook_id(const store::ApprovalChange& change) { return change.request.text + "_" + std::to_string(change.number); }

std::string webhook_body(const store::ApprovalChange& change, const approvals::ApprovalRequest& request, const std::string& public_url) {
  ordered_json actions = ordered_json::array();
  for (const std::string& action : request.held.actions) {
    if (actions.size() < kMaxActions) actions.push_back(name(action));
  }
  ordered_json data{{"id", request.id.text},
                    {"state", approvals::to_text(request.state)},
                    {"database", name(request.held.database.text)},
                    {"requester", name(request.held.requester.id.text)},
                    {"actions", std::move(actions)},
                    {"rule", name(request.requirement.rule.text)},
                    {"created", utc(request.created)},
                    {"expires", utc(request.expires)}};
  if (request.execution) {
    data["execution"] = {{"outcome", request.execution->outcome}, {"rows", request.execution->rows}, {"bytes", request.execution->bytes}};
  }
  if (!public_url.empty()) data["url"] = public_url + "/api/v1/approvals/" + request.id.text;
  const ordered_json body{{"type", "approval." + change.kind}, {"timestamp", utc(change.at)}, {"data", std::move(data)}};
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::optional<seconds> retry_delay(std::uint32_t failed, std::uint16_t random) {
  if (failed == 0 || failed > kDelays.size()) return std::nullopt;
  const seconds delay = kDelays[failed - 1];
  return delay + seconds(delay.count() * random / 65536 / 5);  // up to a fifth more
}

}  // namespace sluice::channels
