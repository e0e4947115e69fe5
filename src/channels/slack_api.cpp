#include "channels/slack_api.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "base/untrusted_json.h"
#include "channels/outgoing.h"

namespace sluice::channels {

using nlohmann::json;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr seconds kBetweenMessages{1};
constexpr seconds kUsualPause{30};
constexpr std::int64_t kLongestPause = 600;
constexpr std::size_t kMostPlaces = 10'000;

void forget_past(std::map<std::string, net::Deadline>& times, net::Deadline now) {
  if (times.size() > kMostPlaces) std::erase_if(times, [now](const auto& entry) { return entry.second < now; });
}

}  // namespace

std::shared_ptr<const config::SlackChannel> SlackApi::settings() const {
  const std::shared_ptr<const config::Config> config = backend_.board.config();
  if (!config->channels.slack) return nullptr;
  return {config, &*config->channels.slack};
}

Result<std::shared_ptr<net::TlsClientContext>> SlackApi::tls() {
  const std::uint64_t generation = backend_.board.generation();
  if (!tls_ || generation != tls_generation_) {
    SLUICE_TRY(made, outgoing_tls(backend_.board.config()->channels));
    tls_ = std::move(made);
    tls_generation_ = generation;
  }
  return tls_;
}

void SlackApi::note_pause(const std::string& method, const net::HttpResponse& response) {
  std::int64_t wait = kUsualPause.count();
  for (const net::HttpField& field : response.fields) {
    if (field.first == "retry-after") std::from_chars(field.second.data(), field.second.data() + field.second.size(), wait);
  }
  paused_[method] = steady_clock::now() + seconds(std::clamp<std::int64_t>(wait, 1, kLongestPause));
}

net::awaitable<Result<SlackAnswer>> SlackApi::call(std::string method, json arguments, Token token) {
  const auto slack = settings();
  if (!slack) co_return make_error(ErrorKind::configuration, "Slack is not configured any more");
  if (const auto paused = paused_.find(method); paused != paused_.end()) {
    if (paused->second > steady_clock::now()) co_return make_error(ErrorKind::timed_out, "Slack asks to wait before the next " + method);
    paused_.erase(paused);
  }
  Result<net::Url> url = net::parse_url(slack->api_url + "/" + method);
  if (!url.ok()) co_return std::move(url).error();
  net::CallOptions options;
  options.destinations = net::Destinations::any;  // the operator named it
  if (url->tls) {
    Result<std::shared_ptr<net::TlsClientContext>> secured = tls();
    if (!secured.ok()) co_return std::move(secured).error();
    options.tls = *secured;
  }
  net::HttpRequest request;
  request.method = "POST";
  const Secret& secret = token == Token::bot ? slack->bot_token : slack->app_token;
  request.fields = {{"authorization", "Bearer " + std::string(secret.reveal())}, {"content-type", "application/json; charset=utf-8"}, {"accept", "application/json"}};
  request.body = arguments.dump(-1, ' ', false, json::error_handler_t::replace);
  auto calling = net::call_url(std::move(*url), std::move(request), std::move(options));
  Result<net::HttpResponse> response = co_await std::move(calling);
  if (!response.ok()) co_return std::move(response).error();
  if (response->status == 429) {
    note_pause(method, *response);
    co_return make_error(ErrorKind::timed_out, "Slack asks to wait before the next " + method);
  }
  Result<json> body = parse_untrusted(response->body);
  if (response->status != 200 || !body.ok() || !body->is_object()) {
    co_return make_error(ErrorKind::upstream_unavailable, "Slack answered " + method + " with status " + std::to_string(response->status));
  }
  SlackAnswer answer;
  const auto ok = body->find("ok");
  if (ok == body->end() || !ok->is_boolean() || !ok->get<bool>()) {
    const auto error = body->find("error");
    answer.error = error != body->end() && error->is_string() ? error->get<std::string>().substr(0, 100) : "unknown_error";
    if (answer.error == "ratelimited" || answer.error == "rate_limited") {
      note_pause(method, *response);
      co_return make_error(ErrorKind::timed_out, "Slack asks to wait before the next " + method);
    }
  }
  answer.body = std::move(*body);
  co_return answer;
}

net::awaitable<void> SlackApi::turn(std::string place) {
  const net::Deadline now = steady_clock::now();
  forget_past(next_turn_, now);
  net::Deadline& next = next_turn_[place];
  const net::Deadline mine = std::max(next, now);
  next = mine + kBetweenMessages;
  co_await net::sleep_until(mine);
}

}  // namespace sluice::channels
