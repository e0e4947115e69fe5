#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/approval_desk.h"
#include "control/snapshot_board.h"
#include "control/statement_recorder.h"
#include "net/task.h"

namespace sluice::test {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return now_; }
  Timestamp now_{std::chrono::seconds(1'750'000'000)};
};

class FakeBoard final : public control::SnapshotBoard {
 public:
  FakeBoard(std::shared_ptr<const config::Config> config, std::shared_ptr<const plan::Snapshot> snapshot);
  std::shared_ptr<const config::Config> config() const override { return config_; }
  Result<std::shared_ptr<const plan::Snapshot>> snapshot(const DatabaseAlias&) const override { return snapshot_; }
  boost::asio::awaitable<Result<std::shared_ptr<const plan::Snapshot>>> refresh(DatabaseAlias database) override;
  boost::asio::awaitable<Result<control::DatabaseUse>> open(DatabaseAlias database) override;

  std::shared_ptr<const config::Config> config_;
  std::shared_ptr<const plan::Snapshot> snapshot_;
  int refreshes_ = 0;
};

/// Decides as the transcript says.
class FakeDesk final : public control::ApprovalDesk {
 public:
  explicit FakeDesk(const net::Executor& executor) : decided_(executor) {}

  void decide(approvals::RequestState state);
  [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

  control::awaitable<Result<control::HoldStatus>> submit(approvals::HeldStatement held, policy::RequireApproval requirement) override;
  control::awaitable<Result<control::HoldStatus>> wait(RequestId id) override;
  void withdraw(RequestId id, std::string why) override;
  control::awaitable<Status> consume(RequestId id, Digest digest) override;
  control::awaitable<Result<std::vector<approvals::ApprovalRequest>>> list(bool pending_only) override;
  control::awaitable<Result<approvals::ApprovalRequest>> get(RequestId id) override;
  control::awaitable<Result<approvals::ApprovalRequest>> decide(RequestId id, auth::Identity approver, bool approve, std::string reason,
                                                               std::string channel, control::Seen seen) override;
  void executed(RequestId, approvals::Execution) override {}
  control::awaitable<Result<approvals::CardHistory>> history(approvals::ApprovalRequest) override { co_return approvals::CardHistory{}; }

 private:
  control::HoldStatus status_{RequestId{"AR0"}, approvals::RequestState::pending, Timestamp{}, {}};
  Digest digest_{};
  bool consumed_ = false;
  net::Event decided_;
  std::vector<std::string> log_;
};

/// Keeps each record as a line: "admitted 1", "completed 1 completed rows=2", "refused denied" …
class FakeRecorder final : public control::StatementRecorder {
 public:
  Result<control::FactsRef> describe(const audit::StatementFacts& facts) override;
  Status admitted(control::FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at, const RequestId& request) override;
  Status completed(control::FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at, control::Outcome outcome,
                   std::uint64_t rows, std::uint64_t bytes, std::string_view sqlstate) override;
  Status refused(control::FactsRef facts, std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database, Timestamp at,
                 ErrorKind kind, const Digest& text_digest) override;
  Status session_opened(std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database, const std::string& peer,
                        std::uint32_t upstream_process_id, Timestamp at) override;
  Status session_closed(std::uint64_t session, Timestamp at) override;
  Status login_failed(std::string_view claimed_identity, const std::string& peer, Timestamp at, ErrorKind kind) override;
  boost::asio::awaitable<Status> wait_for_room() override;

  bool broken_ = false;  ///< the log cannot be written
  std::vector<std::string> lines_;

 private:
  Status keep(std::string line);
};

}  // namespace sluice::test
