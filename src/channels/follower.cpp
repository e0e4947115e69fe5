#include "channels/follower.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "control/log.h"

namespace sluice::channels {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t kBatch = 200;
constexpr std::size_t kMostAtOnce = 2000;  // refreshes under way; more changes are read when some of them have ended
constexpr seconds kLookAgain{30};
constexpr seconds kFirstPause{1};
constexpr seconds kLongestPause{60};
constexpr seconds kBetweenWarnings{10};

}  // namespace

struct Follower::State {
  // A request whose copies are not known to be up to date.
  struct Stale {
    std::uint64_t first = 0;  // the oldest change that is not dealt with; 0: none, it was asked for
    bool again = false;       // something changed since the refresh began
    std::uint64_t next = 0;   // the oldest of these changes
  };

  State(control::ChannelDesk& the_desk, net::Executor the_executor, std::string the_channel, Refresh the_refresh)
      : desk(the_desk), executor(std::move(the_executor)), channel(std::move(the_channel)), refresh(std::move(the_refresh)), room(executor) {}

  // All changes up to here are dealt with.
  [[nodiscard]] std::uint64_t done() const {
    std::uint64_t number = read;
    for (const auto& [request, stale] : requests) {
      if (stale.first > 0) number = std::min(number, stale.first - 1);
    }
    return number;
  }

  control::ChannelDesk& desk;
  const net::Executor executor;
  const std::string channel;
  const Refresh refresh;
  net::Event room;  // a refresh has ended
  std::map<RequestId, Stale> requests;
  std::uint64_t read = 0;   // changes up to here were read
  std::uint64_t noted = 0;  // the position in the store
  bool noting = false;
  bool stopped = false;
  net::Deadline log_again{};
  ChannelCounts counts;
};

Follower::Follower(control::ChannelDesk& desk, net::Executor executor, std::string channel, Refresh refresh)
    : state_(std::make_shared<State>(desk, std::move(executor), std::move(channel), std::move(refresh))) {}

Follower::~Follower() = default;

void Follower::start() { net::spawn(state_->executor, follow(state_)); }

void Follower::stop() {
  state_->stopped = true;
  state_->room.notify();
}

void Follower::refresh(const RequestId& request) { touch(state_, request, 0); }

ChannelCounts Follower::counts() const {
  ChannelCounts counts = state_->counts;
  counts.waiting = state_->requests.size();
  return counts;
}

void Follower::touch(const std::shared_ptr<State>& state, const RequestId& request, std::uint64_t change) {
  if (state->stopped) return;
  const auto [found, is_new] = state->requests.try_emplace(request, State::Stale{change, false, 0});
  if (is_new) return net::spawn(state->executor, keep_up(state, request));
  State::Stale& stale = found->second;
  stale.again = true;
  if (stale.next == 0) stale.next = change;
}

net::awaitable<void> Follower::follow(std::shared_ptr<State> state) {
  for (;;) {
    Result<std::uint64_t> position = co_await state->desk.position(state->channel);
    if (state->stopped) co_return;
    if (position.ok()) {
      state->read = state->noted = *position;
      break;
    }
    control::log_error(state->channel + ": " + position.error().message);
    co_await net::sleep_until(steady_clock::now() + kLookAgain);
  }
  while (!state->stopped) {
    if (state->requests.size() >= kMostAtOnce) {
      static_cast<void>(co_await state->room.wait());
      continue;
    }
    Result<std::vector<store::ApprovalChange>> changes = co_await state->desk.changes_after(state->read, kBatch);
    if (state->stopped) co_return;
    if (!changes.ok()) {
      control::log_error(state->channel + ": " + changes.error().message);
      co_await net::sleep_until(steady_clock::now() + kLookAgain);
      continue;
    }
    for (const store::ApprovalChange& change : *changes) {
      state->read = change.number;
      touch(state, change.request, change.number);
    }
    if (changes->empty()) co_await state->desk.wait_for_change(state->read, steady_clock::now() + kLookAgain);
  }
}

net::awaitable<void> Follower::keep_up(std::shared_ptr<State> state, RequestId request) {
  seconds pause = kFirstPause;
  while (!state->stopped) {
    State::Stale& stale = state->requests.at(request);
    stale.again = false;
    stale.next = 0;
    const Status refreshed = co_await state->refresh(request);
    State::Stale& now = state->requests.at(request);  // nobody else removes it
    if (!refreshed.ok()) {
      ++state->counts.failed;
      if (steady_clock::now() >= state->log_again) {  // an outage must not fill the log
        state->log_again = steady_clock::now() + kBetweenWarnings;
        control::log_warning(state->channel + ": request " + request.text + " cannot be shown: " + refreshed.error().message);
      }
      co_await net::sleep_until(steady_clock::now() + pause);
      pause = std::min(2 * pause, kLongestPause);
      continue;
    }
    ++state->counts.told;
    pause = kFirstPause;
    if (!now.again) {
      state->requests.erase(request);
      break;
    }
    now.first = now.next;
  }
  state->room.notify();
  co_await note_position(state);
}

net::awaitable<void> Follower::note_position(std::shared_ptr<State> state) {
  if (state->noting) co_return;  // whoever does it looks once more when it is done
  state->noting = true;
  while (!state->stopped && state->done() > state->noted) {
    const std::uint64_t number = state->done();
    const Status noted = co_await state->desk.advance(state->channel, number);
    if (!noted.ok()) {
      control::log_error(state->channel + ": " + noted.error().message);
      break;
    }
    state->noted = number;
  }
  state->noting = false;
}

}  // namespace sluice::channels
