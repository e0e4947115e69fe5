#pragma once

#include "base/clock.h"
#include "control/control.h"

namespace sluice::channels {

/// What a channel needs of the rest of the program. Everything in it outlives the channel; all of it may be called from the
/// control thread, where channels live.
struct Backend {
  control::ApprovalDesk& desk;
  control::ChannelDesk& channels;
  const control::SnapshotBoard& board;
  net::Executor executor;  ///< the control thread
  const Clock& clock;
};

[[nodiscard]] inline Backend backend_of(control::Control& control, const Clock& clock) {
  return Backend{control.desk(), control.channels(), control.board(), control.executor(), clock};
}

}  // namespace sluice::channels
