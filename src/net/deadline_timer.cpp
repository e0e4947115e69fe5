#include "net/deadline_timer.h"

#include <boost/asio/steady_timer.hpp>

namespace sluice::net {

// Shared with the pending wait, which may run after the owner is gone.
struct DeadlineTimer::State {
  State(const Executor& executor, std::function<void()> on_expiry) : timer(executor), expired(std::move(on_expiry)) {}

  boost::asio::steady_timer timer;
  std::function<void()> expired;
  Deadline deadline = kNever;
  Deadline armed_for = kNever;
  bool owned = true;
};

DeadlineTimer::~DeadlineTimer() {
  if (!state_) return;
  state_->owned = false;
  state_->timer.cancel();
}

void DeadlineTimer::set(Deadline deadline, const std::function<void()>& expired) {
  if (!state_) {
    if (deadline == kNever) return;
    state_ = std::make_shared<State>(executor_, expired);
  }
  state_->deadline = deadline;
  if (deadline < state_->armed_for) arm(state_);
}

void DeadlineTimer::arm(const std::shared_ptr<State>& state) {
  state->armed_for = state->deadline;
  state->timer.expires_at(state->deadline);
  state->timer.async_wait([state](const boost::system::error_code& error) {
    if (error || !state->owned) return;
    state->armed_for = kNever;
    if (state->deadline == kNever) return;
    if (state->deadline > std::chrono::steady_clock::now()) {
      arm(state);
    } else {
      state->deadline = kNever;
      state->expired();
    }
  });
}

}  // namespace sluice::net
