#pragma once

#include <functional>
#include <memory>

#include "net/task.h"

namespace sluice::net {

/// Calls a function when a deadline has passed. Moving the deadline later, or away, touches no timer: the
/// one that runs already looks at the deadline when it fires.
class DeadlineTimer {
 public:
  explicit DeadlineTimer(const Executor& executor) : executor_(executor) {}
  ~DeadlineTimer();
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

  /// `expired` stays the same for all calls; it is called on the executor, never from here.
  void set(Deadline deadline, const std::function<void()>& expired);

 private:
  struct State;
  static void arm(const std::shared_ptr<State>& state);

  Executor executor_;
  std::shared_ptr<State> state_;  // none until a deadline is set
};

}  // namespace sluice::net
