#include "channels/slack_socket.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/untrusted_json.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kFirstPause{1};
constexpr seconds kLongestPause{60};

std::string text_of(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The token of the connection is in this address: it goes to Slack, or to where the operator has put the API.
bool may_connect(const net::Url& url, const net::Url& api) {
  if (url.host == api.host) return url.tls == api.tls;
  return url.tls && url.host.ends_with(".slack.com");
}

}  // namespace

net::awaitable<Result<std::shared_ptr<net::WebSocket>>> SlackSocket::open() {
  json nothing = json::object();
  auto calling = api_.call("apps.connections.open", std::move(nothing), SlackApi::Token::app);
  Result<SlackAnswer> answer = co_await std::move(calling);
  if (!answer.ok()) co_return std::move(answer).error();
  if (!answer->error.empty()) co_return make_error(ErrorKind::upstream_unavailable, "Slack: apps.connections.open: " + answer->error);
  const auto slack = api_.settings();
  std::string address = text_of(answer->body, "url");
  if (!slack || !address.starts_with("ws")) co_return make_error(ErrorKind::upstream_unavailable, "Slack: no address to connect to");
  address.replace(0, 2, "http");  // "ws://" and "wss://"
  Result<net::Url> url = net::parse_url(address);
  Result<net::Url> api = net::parse_url(slack->api_url);
  if (!url.ok() || !api.ok() || !may_connect(*url, *api)) co_return make_error(ErrorKind::denied, "Slack: an address that is not Slack's");
  net::CallOptions options;
  options.destinations = net::Destinations::any;
  if (url->tls) {
    auto tls = api_.tls();
    if (!tls.ok()) co_return std::move(tls).error();
    options.tls = *tls;
  }
  net::WebSocket::Limits limits;
  auto connecting = net::WebSocket::connect(std::move(*url), std::move(options), limits);
  co_return co_await std::move(connecting);
}

net::awaitable<void> SlackSocket::run() {
  seconds pause = kFirstPause;
  const std::shared_ptr<net::Event> replace = replace_;
  while (!stopped_) {
    auto opening = open();
    Result<std::shared_ptr<net::WebSocket>> socket = co_await std::move(opening);
    if (stopped_) co_return;
    if (!socket.ok()) {
      control::log_warning("Slack: Socket Mode: " + socket.error().message);
      co_await net::sleep_until(steady_clock::now() + pause);
      pause = std::min(2 * pause, kLongestPause);
      continue;
    }
    const net::Deadline opened = steady_clock::now();
    open_.push_back(*socket);
    net::spawn(backend_.executor, serve(*socket));
    static_cast<void>(co_await replace->wait());
    // A connection that does not last must not make us ask for the next one in a hurry.
    if (steady_clock::now() - opened < seconds(10)) {
      co_await net::sleep_until(steady_clock::now() + pause);
      pause = std::min(2 * pause, kLongestPause);
    } else {
      pause = kFirstPause;
    }
  }
}

net::awaitable<void> SlackSocket::serve(std::shared_ptr<net::WebSocket> socket) {
  bool replaced = false;
  for (;;) {
    Result<std::string> text = co_await socket->receive();
    if (!text.ok() || stopped_) break;
    bool replace = false;
    take_envelope(*socket, *text, replace);
    if (replace && !replaced) {
      replaced = true;
      replace_->notify();
    }
  }
  const bool newest = !open_.empty() && open_.back() == socket;  // else there is another one already
  std::erase(open_, socket);
  if (newest && !replaced) replace_->notify();
}

void SlackSocket::take_envelope(net::WebSocket& socket, const std::string& text, bool& replace) {
  const Result<json> envelope = parse_untrusted(text);
  if (!envelope.ok()) return;
  const std::string type = text_of(*envelope, "type");
  if (type == "hello") {
    control::log_info("Slack: Socket Mode is connected");
    // The new connection stands: the others have done their work.
    for (const auto& other : std::vector(open_)) {
      if (other.get() != &socket) other->close();
    }
    return;
  }
  if (type == "disconnect") {
    replace = true;
    if (text_of(*envelope, "reason") == "link_disabled") control::log_error("Slack: Socket Mode is switched off for this app");
    return;
  }
  const std::string id = text_of(*envelope, "envelope_id");
  if (id.empty() || id.size() > 200) return;
  socket.send(json{{"envelope_id", id}}.dump());  // within three seconds, whatever it is
  const auto payload = envelope->find("payload");
  if (type != "interactive" || payload == envelope->end()) return;
  Result<SlackInteraction> interaction = interaction_from_payload(*payload);
  if (interaction.ok()) take_(std::move(*interaction));
}

void SlackSocket::stop() {
  stopped_ = true;
  for (const auto& socket : open_) socket->close();
  replace_->notify();
}

}  // namespace sluice::channels
