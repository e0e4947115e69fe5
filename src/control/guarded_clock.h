#pragma once

#include <chrono>
#include <functional>
#include <mutex>

#include "base/clock.h"

namespace sluice::control {

/// A wall clock that never goes back. While the clock beneath stands behind, its time goes on a hundredth slower than it should,
/// so that a clock that was set back cannot make an approval last, and the two meet again. Any thread.
class GuardedClock final : public Clock {
 public:
  using Steady = std::function<std::chrono::steady_clock::time_point()>;
  explicit GuardedClock(const Clock& wall, Steady steady = [] { return std::chrono::steady_clock::now(); }) : wall_(wall), steady_(std::move(steady)) {}

  [[nodiscard]] Timestamp now() const override {
    const std::lock_guard lock(mutex_);
    const auto steady = steady_();
    const Timestamp wall = wall_.now();
    if (!told_) {
      last_ = wall;
    } else {
      const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(steady - last_steady_);
      last_ = std::max(wall, last_ + passed * 99 / 100);
    }
    told_ = true;
    last_steady_ = steady;
    return last_;
  }

 private:
  const Clock& wall_;
  Steady steady_;
  mutable std::mutex mutex_;  // the store thread, and who asks for the time on others
  mutable bool told_ = false;
  mutable Timestamp last_{};
  mutable std::chrono::steady_clock::time_point last_steady_{};
};

}  // namespace sluice::control
