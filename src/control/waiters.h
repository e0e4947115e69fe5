#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ids.h"
#include "net/task.h"

namespace sluice::control {

/// Coroutines of any thread that wait for news of an approval request.
class Waiters {
 public:
  /// One waiting coroutine. Lives in its frame: signs off when the coroutine ends or is destroyed.
  class Place {
   public:
    Place(Waiters& waiters, RequestId id, const net::Executor& executor);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    /// Returns when there may be news, or at the deadline. News from before the call count.
    [[nodiscard]] net::awaitable<bool> wait(net::Deadline deadline);

   private:
    Waiters& waiters_;
    RequestId id_;
    struct Seat;
    std::shared_ptr<Seat> seat_;
    friend class Waiters;
  };

  /// Wakes everybody who waits for it. Any thread.
  void notify(const RequestId& id);

 private:
  std::mutex mutex_;  // held for the bookkeeping only, never while something blocks
  std::map<RequestId, std::vector<std::shared_ptr<Place::Seat>>> seats_;
};

}  // namespace sluice::control
