#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/secret.h"
#include "control/approval_desk.h"
#include "control/snapshot_board.h"
#include "control/statement_recorder.h"
#include "gateway/cancel_registry.h"
#include "gateway/upstream_connector.h"
#include "gateway/worker_plans.h"
#include "net/task.h"

namespace sluice::gateway {

/// What all sessions of all workers share. Outlives them.
struct GatewayContext {
  GatewayContext(control::SnapshotBoard& board_, control::ApprovalDesk& desk_, const Clock& clock_)
      : board(board_), desk(desk_), clock(clock_) {}

  control::SnapshotBoard& board;
  control::ApprovalDesk& desk;
  const Clock& clock;
  CancelRegistry cancels;
  Secret mock_secret;                          ///< makes the salts of identities that do not exist
  std::atomic<std::uint32_t> sessions{0};      ///< open now, over all workers
  /// Catalog versions of single sessions (session_catalog.h): never those of the published catalogs.
  std::atomic<std::uint64_t> next_overlay_version{std::uint64_t{1} << 62};
};

/// What the sessions of one worker share; used on its thread only. Outlives them.
struct WorkerContext {
  WorkerContext(GatewayContext& gateway_, net::Executor executor_, control::StatementRecorder& recorder_,
                UpstreamConnector connector_ = UpstreamConnector())
      : gateway(gateway_), executor(std::move(executor_)), recorder(recorder_), plans(recorder_), connector(std::move(connector_)) {}

  GatewayContext& gateway;
  net::Executor executor;
  control::StatementRecorder& recorder;
  WorkerPlans plans;
  UpstreamConnector connector;
};

}  // namespace sluice::gateway
