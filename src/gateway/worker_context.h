#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/secret.h"
#include "control/approval_desk.h"
#include "control/snapshot_board.h"
#include "control/statement_recorder.h"
#include "gateway/cancel_registry.h"
#include "gateway/session_counts.h"
#include "gateway/upstream_connector.h"
#include "gateway/worker_metrics.h"
#include "gateway/worker_plans.h"
#include "net/task.h"

namespace sluice::gateway {

struct AdminSource;  // gateway/admin_source.h

/// What all sessions of all workers share. Outlives them.
struct GatewayContext {
  GatewayContext(control::SnapshotBoard& board_, control::ApprovalDesk& desk_, const Clock& clock_)
      : board(board_), desk(desk_), clock(clock_) {}

  control::SnapshotBoard& board;
  control::ApprovalDesk& desk;
  const Clock& clock;
  const AdminSource* admin = nullptr;          ///< null: no admin database
  CancelRegistry cancels;
  SessionCounts counts;
  std::atomic<std::uint64_t> memory{0};        ///< bytes that sessions have claimed, beyond small buffers
  std::uint32_t workers = 1;
  Secret mock_secret;                          ///< makes the salts of identities that do not exist
  std::atomic<std::uint32_t> sessions{0};      ///< connections of agents over all workers, those that log in included
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
  WorkerMetrics metrics;
  std::uint32_t logins = 0;  ///< connections that have not proved yet who they are
  std::function<net::Deadline()> now = std::chrono::steady_clock::now;  ///< for the time limits of sessions; tests give their own
};

}  // namespace sluice::gateway
