#pragma once

#include <memory>

#include "approvals/people.h"
#include "config/config.h"
#include "control/snapshot_board.h"

namespace sluice::control {

[[nodiscard]] approvals::Directory directory_of(const config::Config& config);

/// The directory of the configuration that is published at the moment, made anew only when that has changed. One thread.
class ConfiguredPeople {
 public:
  explicit ConfiguredPeople(const SnapshotBoard& board) : board_(board) {}
  [[nodiscard]] std::shared_ptr<const approvals::Directory> now();

 private:
  const SnapshotBoard& board_;
  std::shared_ptr<const config::Config> of_;
  std::shared_ptr<const approvals::Directory> directory_;
};

}  // namespace sluice::control
