#include "channels/webhooks.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "base/digest.h"
#include "channels/outgoing.h"
#include "channels/standard_webhooks.h"
#include "control/log.h"
#include "net/url_call.h"

namespace sluice::channels {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {
constexpr std::size_t kBatch = 100;
constexpr seconds kLookAgain{5};         // at the configuration, and after trouble with the store
constexpr milliseconds kTimeout{15'000};
constexpr std::size_t kAnswerBytes = 64u << 10;
constexpr seconds kSlowDown{60};         // at the least, for a receiver that asks for it
constexpr seconds kLongestRetryAfter{24 * 3600};
constexpr int kGone = 410;

enum class Outcome { taken, failed, slow_down, gone };
struct Attempt {
  Outcome outcome = Outcome::failed;
  seconds retry_after{0};
  std::string why;
};

Attempt judge(const net::HttpResponse& response) {
  Attempt attempt;
  attempt.why = "HTTP status " + std::to_string(response.status);
  if (response.status >= 200 && response.status < 300) attempt.outcome = Outcome::taken;
  if (response.status == kGone) attempt.outcome = Outcome::gone;
  if (response.status == 429 || response.status == 502 || response.status == 503 || response.status == 504) attempt.outcome = Outcome::slow_down;
  for (const auto& [name, value] : response.fields) {
    std::int64_t count = 0;
    if (name != "retry-after" || std::from_chars(value.data(), value.data() + value.size(), count).ec != std::errc()) continue;
    attempt.retry_after = std::clamp(seconds(count), seconds(0), kLongestRetryAfter);
  }
  return attempt;
}

std::uint16_t random_number() {
  std::array<std::uint8_t, 2> bytes{};
  fill_random(bytes);
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}
}  // namespace

struct Webhooks::State {
  State(Backend the_backend, control::WebhookDesk& the_desk) : backend(std::move(the_backend)), desk(the_desk) {}

  [[nodiscard]] std::optional<config::Webhook> find(const std::string& id) const {
    for (const config::Webhook& webhook : backend.board.config()->channels.webhooks) {
      if (webhook.id == id) return webhook;
    }
    return std::nullopt;
  }
  net::awaitable<Status> take_up_changes(const config::Webhook& webhook, std::uint64_t& position, bool& more);
  net::awaitable<Attempt> attempt(const config::Webhook& webhook, const store::WebhookDelivery& delivery);
  net::awaitable<Status> settle(const config::Webhook& webhook, const store::WebhookDelivery& delivery, const Attempt& attempt);
  net::awaitable<Result<bool>> step(const config::Webhook& webhook);

  Backend backend;
  control::WebhookDesk& desk;
  std::set<std::string> running;
  std::map<std::string, std::uint64_t> waiting;
  ChannelCounts counts;
  bool stopped = false;
};

Webhooks::Webhooks(Backend backend, control::WebhookDesk& desk) : state_(std::make_shared<State>(std::move(backend), desk)) {}

void Webhooks::start() { net::spawn(state_->backend.executor, supervise(state_)); }
void Webhooks::stop() { state_->stopped = true; }

ChannelCounts Webhooks::counts() const {
  ChannelCounts counts = state_->counts;
  for (const auto& [id, waiting] : state_->waiting) counts.waiting += waiting;
  return counts;
}

// Webhooks that a reload brings are begun; those that it takes away end by themselves.
net::awaitable<void> Webhooks::supervise(std::shared_ptr<State> state) {
  while (!state->stopped) {
    const std::shared_ptr<const config::Config> config = state->backend.board.config();
    for (const config::Webhook& webhook : config->channels.webhooks) {
      if (state->running.insert(webhook.id).second) net::spawn(state->backend.executor, deliver(state, webhook.id));
    }
    co_await net::sleep_until(steady_clock::now() + kLookAgain);
  }
}

net::awaitable<void> Webhooks::deliver(std::shared_ptr<State> state, std::string id) {
  while (!state->stopped) {
    const std::optional<config::Webhook> webhook = state->find(id);
    if (!webhook) break;
    Result<bool> busy = co_await state->step(*webhook);
    if (busy.ok() && *busy) continue;
    if (!busy.ok()) {
      control::log_warning("webhook \"" + id + "\": " + busy.error().message);
      co_await net::sleep_until(steady_clock::now() + kLookAgain);
    }
  }
  state->running.erase(id);
  state->waiting.erase(id);
}

// New events first, then the one that is due; else waits a while. True: there may be more to do at once.
net::awaitable<Result<bool>> Webhooks::State::step(const config::Webhook& webhook) {
  SLUICE_CO_TRY(disabled, co_await desk.is_disabled(webhook.id, webhook.url));
  if (disabled) {
    SLUICE_CO_TRY(last, co_await backend.channels.last_change());
    std::vector<store::WebhookDelivery> none;
    SLUICE_CO_CHECK(co_await desk.add(webhook.id, std::move(none), last));
    co_await net::sleep_until(steady_clock::now() + kLookAgain);
    co_return false;
  }
  SLUICE_CO_TRY(position, co_await desk.position(webhook.id));
  bool more = false;
  SLUICE_CO_CHECK(co_await take_up_changes(webhook, position, more));
  SLUICE_CO_TRY(count, co_await desk.waiting(webhook.id));
  waiting[webhook.id] = count;
  SLUICE_CO_TRY(next, co_await desk.next(webhook.id));
  const Timestamp now = backend.clock.now();
  if (next && next->due <= now) {
    const Attempt made = co_await attempt(webhook, *next);
    SLUICE_CO_CHECK(co_await settle(webhook, *next, made));
    co_return true;
  }
  if (more) co_return true;
  auto pause = std::chrono::duration_cast<milliseconds>(kLookAgain);
  if (next) pause = std::clamp(std::chrono::duration_cast<milliseconds>(next->due - now), milliseconds(10), pause);
  co_await backend.channels.wait_for_change(position, steady_clock::now() + pause);
  co_return true;
}

net::awaitable<Status> Webhooks::State::take_up_changes(const config::Webhook& webhook, std::uint64_t& position, bool& more) {
  SLUICE_CO_TRY(changes, co_await backend.channels.changes_after(position, kBatch));
  if (changes.empty()) co_return Done{};
  more = changes.size() == kBatch;
  const std::string public_url = backend.board.config()->channels.public_url;
  std::vector<store::WebhookDelivery> deliveries;
  for (const store::ApprovalChange& change : changes) {
    position = change.number;
    if (!webhook.events.empty() && !webhook.events.contains(change.kind)) continue;
    Result<approvals::ApprovalRequest> request = co_await backend.desk.get(change.request);
    if (!request.ok() && request.error().kind == ErrorKind::not_found) continue;
    if (!request.ok()) co_return std::move(request).error();
    deliveries.push_back({change.number, webhook_id(change), webhook_body(change, *request, public_url), 0, backend.clock.now()});
  }
  SLUICE_CO_TRY(given_up, co_await desk.add(webhook.id, std::move(deliveries), position));
  if (given_up > 0) control::log_warning("webhook \"" + webhook.id + "\": " + std::to_string(given_up) + " events were given up: too many wait");
  co_return Done{};
}

net::awaitable<Attempt> Webhooks::State::attempt(const config::Webhook& webhook, const store::WebhookDelivery& delivery) {
  Attempt failed;
  Result<net::Url> url = net::parse_url(webhook.url);
  if (!url.ok()) {
    failed.why = url.error().message;
    co_return failed;
  }
  net::CallOptions options;
  options.destinations = webhook.private_destination ? net::Destinations::any : net::Destinations::public_only;
  options.timeout = kTimeout;
  options.body_limit = kAnswerBytes;
  if (url->tls) {
    auto tls = outgoing_tls(backend.board.config()->channels);
    if (!tls.ok()) {
      failed.why = tls.error().message;
      co_return failed;
    }
    options.tls = std::move(*tls);
  } else if (!webhook.private_destination) {
    failed.why = "http:// is not allowed";
    co_return failed;
  }
  const auto unix_seconds = std::chrono::duration_cast<seconds>(backend.clock.now().time_since_epoch()).count();
  net::HttpRequest request = webhook_request(webhook.secrets, delivery.event, unix_seconds, delivery.body);
  auto calling = net::call_url(std::move(*url), std::move(request), std::move(options));
  const Result<net::HttpResponse> response = co_await std::move(calling);
  if (response.ok()) co_return judge(*response);
  failed.why = response.error().message;
  co_return failed;
}

net::awaitable<Status> Webhooks::State::settle(const config::Webhook& webhook, const store::WebhookDelivery& delivery, const Attempt& attempt) {
  if (attempt.outcome == Outcome::taken) {
    ++counts.told;
    co_return co_await desk.remove(webhook.id, delivery.number);
  }
  ++counts.failed;
  const std::string what = "webhook \"" + webhook.id + "\": " + delivery.event + ": " + attempt.why;
  if (attempt.outcome == Outcome::gone) {
    control::log_warning(what + ": it is told nothing more until its url in the configuration changes");
    co_return co_await desk.disable(webhook.id, webhook.url, backend.clock.now());
  }
  const auto delay = retry_delay(delivery.attempts + 1, random_number());
  if (!delay) {
    control::log_warning(what + ": given up");
    co_return co_await desk.remove(webhook.id, delivery.number);
  }
  seconds wait = std::max(*delay, attempt.retry_after);
  if (attempt.outcome == Outcome::slow_down) wait = std::max(wait, kSlowDown);
  control::log_warning(what + ": tried again in " + std::to_string(wait.count()) + " s");
  co_return co_await desk.retry(webhook.id, delivery.number, backend.clock.now() + wait);
}

}  // namespace sluice::channels
