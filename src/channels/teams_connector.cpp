#include "channels/teams_connector.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/untrusted_json.h"

namespace sluice::channels {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t kCallsAtOnce = 4;
constexpr int kAttempts = 4;
constexpr seconds kLongestWait{120};  // Retry-After above this is an error, and the caller comes back later
constexpr seconds kTokenReserve{300};  // a token is not used any more so long before its end
constexpr std::uint64_t kLongestToken = 24 * 3600;

std::string form(std::initializer_list<std::pair<const char*, std::string_view>> fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += (text.empty() ? "" : "&") + std::string(name) + "=" + net::percent_encode(value);
  return text;
}

seconds retry_after(const net::HttpResponse& response) {
  for (const auto& [name, value] : response.fields) {
    unsigned int number = 0;
    if (name == "retry-after" && std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc()) {
      return seconds(std::clamp(number, 1u, 3600u));
    }
  }
  return seconds(1);
}

Status judge(const net::HttpResponse& response) {
  const std::string said = "Teams answered with HTTP status " + std::to_string(response.status);
  if (response.status >= 200 && response.status < 300) return Done{};
  switch (response.status) {
    case 401: return make_error(ErrorKind::invalid_credentials, said);
    case 403: return make_error(ErrorKind::denied, said);
    case 404: case 410: return make_error(ErrorKind::not_found, said);
    case 400: case 405: case 413: case 415: case 422: return make_error(ErrorKind::bad_request, said);
    default: return make_error(ErrorKind::upstream_unavailable, said);
  }
}

/// A member of the answer; empty: there is none.
std::string member(const net::HttpResponse& response, const char* name) {
  const auto parsed = parse_untrusted(response.body);
  if (!parsed.ok() || !parsed->is_object()) return {};
  const auto found = parsed->find(name);
  return found != parsed->end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

/// Held while a call is under way.
class TeamsConnector::Turn {
 public:
  explicit Turn(TeamsConnector& owner) : owner_(owner) { ++owner_.under_way_; }
  ~Turn() {
    --owner_.under_way_;
    if (owner_.waiting_.empty()) return;
    const auto next = owner_.waiting_.front();
    owner_.waiting_.erase(owner_.waiting_.begin());
    next->notify();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  TeamsConnector& owner_;
};

TeamsConnector::TeamsConnector(const config::TeamsChannel& teams, net::CallOptions options, net::Executor executor)
    : teams_(teams), options_(std::move(options)), executor_(std::move(executor)) {}

TeamsConnector::~TeamsConnector() = default;

net::awaitable<Result<Secret>> TeamsConnector::token() {
  if (!token_.empty() && steady_clock::now() < token_ends_) co_return token_;
  SLUICE_CO_TRY(url, net::parse_url(teams_.token_url));
  net::HttpRequest request;
  request.method = "POST";
  request.fields = {{"content-type", "application/x-www-form-urlencoded"}, {"accept", "application/json"}};
  request.body = form({{"grant_type", "client_credentials"}, {"client_id", teams_.app_id}, {"client_secret", teams_.client_secret.reveal()},
                       {"scope", teams_.token_scope}});
  auto calling = net::call_url(std::move(url), std::move(request), options_);
  const Result<net::HttpResponse> response = co_await std::move(calling);
  if (!response.ok()) co_return response.error();
  if (response->status != 200) {
    const std::string said = "the login service gave the bot no token: HTTP status " + std::to_string(response->status);
    co_return make_error(response->status < 500 && response->status != 429 ? ErrorKind::invalid_credentials : ErrorKind::upstream_unavailable, said);
  }
  const auto parsed = parse_untrusted(response->body);
  const std::string text = member(*response, "access_token");
  const auto odd = [](char c) { return c <= ' ' || c == 0x7F; };
  if (!parsed.ok() || text.empty() || std::any_of(text.begin(), text.end(), odd)) {
    co_return make_error(ErrorKind::upstream_unavailable, "the login service answered without a token");
  }
  std::uint64_t life = 0;
  if (const auto found = parsed->find("expires_in"); found != parsed->end() && found->is_number_unsigned()) life = found->get<std::uint64_t>();
  token_ = Secret(text);
  token_ends_ = steady_clock::now() + seconds(std::min(life, kLongestToken)) - kTokenReserve;
  co_return token_;
}

net::awaitable<Result<net::HttpResponse>> TeamsConnector::call_once(const char* method, const std::string& where, const std::string& body) {
  SLUICE_CO_TRY(url, net::parse_url(where));
  auto getting = token();
  Result<Secret> bearer = co_await std::move(getting);
  if (!bearer.ok()) co_return std::move(bearer).error();
  net::HttpRequest request;
  request.method = method;
  request.fields = {{"content-type", "application/json"}, {"accept", "application/json"}, {"authorization", "Bearer " + std::string(bearer->reveal())}};
  request.body = body;
  auto calling = net::call_url(std::move(url), std::move(request), options_);
  co_return co_await std::move(calling);
}

net::awaitable<Result<net::HttpResponse>> TeamsConnector::call(const char* method, const ServiceUrl& service, std::vector<std::string> path, CardJson body) {
  std::string url = service.text() + "/v3/conversations";
  for (const std::string& part : path) {
    if (part.empty() || part == "." || part == ".." || part.find('/') != std::string::npos) co_return make_error(ErrorKind::bad_request, "an id of Teams is no id");
    url += "/" + net::percent_encode(part);
  }
  const std::string text = to_text(body);
  while (under_way_ >= kCallsAtOnce) {
    const auto turn = std::make_shared<net::Event>(executor_);
    waiting_.push_back(turn);
    static_cast<void>(co_await turn->wait());
  }
  const Turn turn(*this);
  for (int attempt = 1;; ++attempt) {
    if (steady_clock::now() < not_before_) co_await net::sleep_until(not_before_);
    auto calling = call_once(method, url, text);
    Result<net::HttpResponse> response = co_await std::move(calling);
    if (!response.ok()) co_return response;
    if (response->status == 401 && attempt == 1) {
      token_ = Secret();  // it may have been revoked
      continue;
    }
    if (response->status == 429) not_before_ = std::max(not_before_, steady_clock::now() + std::min(retry_after(*response), kLongestWait));
    if (response->status == 429 && attempt < kAttempts && retry_after(*response) <= kLongestWait) continue;
    SLUICE_CO_CHECK(judge(*response));
    co_return response;
  }
}

net::awaitable<Result<std::string>> TeamsConnector::post(ServiceUrl service, std::string conversation, CardJson activity) {
  auto calling = call("POST", service, {std::move(conversation), "activities"}, std::move(activity));
  const Result<net::HttpResponse> response = co_await std::move(calling);
  if (!response.ok()) co_return response.error();
  co_return member(*response, "id");
}

net::awaitable<Status> TeamsConnector::update(ServiceUrl service, std::string conversation, std::string id, CardJson activity) {
  activity["id"] = id;
  auto calling = call("PUT", service, {std::move(conversation), "activities", std::move(id)}, std::move(activity));
  const Result<net::HttpResponse> response = co_await std::move(calling);
  if (!response.ok()) co_return response.error();
  co_return Done{};
}

net::awaitable<Result<std::string>> TeamsConnector::personal_conversation(ServiceUrl service, std::string tenant, std::string member_id) {
  CardJson body{{"bot", {{"id", "28:" + teams_.app_id}}}, {"members", CardJson::array({CardJson{{"id", member_id}}})}, {"isGroup", false}};
  body["tenantId"] = tenant;
  body["channelData"]["tenant"]["id"] = tenant;
  auto calling = call("POST", service, {}, std::move(body));
  const Result<net::HttpResponse> response = co_await std::move(calling);
  if (!response.ok()) co_return response.error();
  std::string id = member(*response, "id");
  if (id.empty()) co_return make_error(ErrorKind::upstream_unavailable, "Teams answered without a conversation");
  co_return id;
}

}  // namespace sluice::channels
