#include "control/waiters.h"

#include <algorithm>
#include <utility>

namespace sluice::control {

struct Waiters::Place::Seat {
  explicit Seat(const net::Executor& on) : executor(on), event(on) {}
  net::Executor executor;
  net::Event event;  ///< touched on its own thread only
};

Waiters::Place::Place(Waiters& waiters, RequestId id, const net::Executor& executor)
    : waiters_(waiters), id_(std::move(id)), seat_(std::make_shared<Seat>(executor)) {
  const std::lock_guard lock(waiters_.mutex_);
  waiters_.seats_[id_].push_back(seat_);
}

Waiters::Place::~Place() {
  const std::lock_guard lock(waiters_.mutex_);
  const auto found = waiters_.seats_.find(id_);
  if (found == waiters_.seats_.end()) return;
  std::erase(found->second, seat_);
  if (found->second.empty()) waiters_.seats_.erase(found);
}

net::awaitable<bool> Waiters::Place::wait(net::Deadline deadline) { return seat_->event.wait(deadline); }

void Waiters::notify(const RequestId& id) {
  // Posted under the lock: a seat that is listed belongs to a live coroutine, so its executor exists.
  const std::lock_guard lock(mutex_);
  const auto found = seats_.find(id);
  if (found == seats_.end()) return;
  for (const auto& seat : found->second) {
    net::post(seat->executor, [seat] { seat->event.notify(); });
  }
}

}  // namespace sluice::control
