#include "control/settle.h"

#include <future>

namespace sluice::control {

void settle(const net::Executor& executor) {
  // Handing a result over takes a few steps, each of which may queue the next.
  for (int step = 0; step < 8; ++step) {
    std::promise<void> reached;
    net::post(executor, [&reached] { reached.set_value(); });
    reached.get_future().wait();
  }
}

}  // namespace sluice::control
