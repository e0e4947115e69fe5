#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "control/api_desk.h"
#include "control/approval_desk.h"
#include "control/approver_desk.h"
#include "control/channel_desk.h"
#include "control/snapshot_board.h"
#include "control/statement_recorder.h"
#include "net/task.h"
#include "control/webhook_desk.h"
#include "usage/usage_report.h"

namespace sluice::control {

/// What became of a reload.
struct ReloadOutcome {
  bool published = false;                  ///< false: the file has mistakes and nothing changed
  std::uint64_t policy_version = 0;        ///< in effect now
  std::vector<config::Finding> findings;   ///< mistakes and doubts, in the order of the file
  std::vector<std::string> needs_restart;  ///< settings that differ but only a restart changes: "listen", "store" …
};

/// Whether the gateway can do its work, for health checks.
struct ControlHealth {
  bool audit_writable = false;
  bool draining = false;                         ///< shutting down: nobody new is let in
  std::uint64_t audit_records = 0;               ///< sequence of the last record in the log
  double journal_fill = 0;                       ///< of the fullest journal, from 0 to 1
  std::vector<DatabaseAlias> databases_down;     ///< whose catalog has not been read yet, or whose role is refused
  std::size_t role_findings = 0;                 ///< privileges that upstream roles have and should not
};

/// Everything there is once per process: configuration, snapshots, the approval desk, the audit log and
/// the store, with the threads that own them. Awaitables resume on the caller's executor.
class Control {
 public:
  /// Reads the configuration, opens store and audit log (recovering what an earlier process left), and
  /// tries for a few seconds to read each catalog. Fails with configuration, store_unavailable or
  /// audit_unavailable; an upstream that is down is no failure. `clock` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Control>> start(std::string config_path, const Clock& clock);
  ~Control();  ///< stop()
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  [[nodiscard]] ApprovalDesk& desk();
  [[nodiscard]] ApproverDesk& approver_desk();
  [[nodiscard]] ChannelDesk& channels();
  [[nodiscard]] ApiDesk& api();
  [[nodiscard]] WebhookDesk& webhooks();
  [[nodiscard]] SnapshotBoard& board();
  /// A journal for one worker thread, which must have ended before stop(). Whatever is recorded after stop()
  /// is lost: the log has ended all statements by then.
  [[nodiscard]] Result<std::unique_ptr<StatementRecorder>> make_recorder(std::uint32_t worker);

  [[nodiscard]] awaitable<Result<usage::UsageReport>> usage(usage::UsageQuery query);
  [[nodiscard]] awaitable<Result<ReloadOutcome>> reload();
  [[nodiscard]] awaitable<ControlHealth> health();

  /// From now on health() says that the gateway drains. Any thread.
  void start_draining() noexcept;

  /// The control thread: for the admin listener and signals.
  [[nodiscard]] net::Executor executor() const;

  /// Writes everything out and ends the threads. Call it after the workers' threads have ended but before their
  /// executors are destroyed: answers that are under way still go there.
  void stop();

 private:
  struct State;
  explicit Control(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::control
