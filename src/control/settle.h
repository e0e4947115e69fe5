#pragma once

#include "net/task.h"

namespace sluice::control {

/// Waits until a thread that gets no new work has done all it has, handing results over to who awaits them
/// included. Blocks; not from the thread itself.
void settle(const net::Executor& executor);

}  // namespace sluice::control
