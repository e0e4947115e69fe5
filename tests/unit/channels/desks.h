#pragma once

#include <atomic>

#include "channels/backend.h"
#include "control/directory_of.h"
#include "control/settle.h"
#include "control/stored_approval_desk.h"
#include "control/stored_channel_desk.h"
#include "net/worker_thread.h"
#include "support/scratch_directory.h"
#include "support/test_loop.h"
#include "unit/approvals/held.h"

namespace sluice::channels {

class MovableClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return approvals::at_second(second_.load()); }
  void set(std::int64_t second) { second_ = second; }

 private:
  std::atomic<std::int64_t> second_{0};
};

/// A configuration that a test may change.
class FakeBoard : public control::SnapshotBoard {
 public:
  [[nodiscard]] std::shared_ptr<const config::Config> config() const override { return std::make_shared<config::Config>(now); }
  [[nodiscard]] Result<std::shared_ptr<const plan::Snapshot>> snapshot(const DatabaseAlias&) const override {
    return make_error(ErrorKind::unknown_database, "none");
  }
  [[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<const plan::Snapshot>>> refresh(DatabaseAlias) override {
    co_return make_error(ErrorKind::unknown_database, "none");
  }
  [[nodiscard]] boost::asio::awaitable<Result<control::DatabaseUse>> open(DatabaseAlias) override {
    co_return make_error(ErrorKind::unknown_database, "none");
  }

  config::Config now;
};

/// The two desks over a store of their own, and what channels need besides.
class DesksTest : public testing::Test {
 protected:
  DesksTest() {
    desk_.on_change([this] { channel_desk_.notify(); });
  }
  ~DesksTest() override {
    control::settle(thread_.executor());
    thread_.stop();
    thread_.join();
  }

  Backend backend() { return {desk_, channel_desk_, board_, loop_.executor(), clock_}; }
  control::HoldStatus submit(const std::string& statement, policy::RequireApproval requirement = approvals::sample_requirement()) {
    approvals::HeldStatement held = approvals::sample_held();
    held.statement = statement;
    return std::move(loop_.result_of(desk_.submit(std::move(held), std::move(requirement)))).value();
  }
  auto decide(const RequestId& id, const std::string& who, bool approve, const std::string& reason = {}) {
    return loop_.result_of(desk_.decide(id, approvals::person(who), approve, reason, "cli"));
  }
  /// Runs the loop until `condition` holds; fails the test after some seconds.
  void run_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) loop_.run(net::sleep_until(std::chrono::steady_clock::now() + std::chrono::milliseconds(1)));
    EXPECT_TRUE(condition());
  }

  test::ScratchDirectory scratch_;
  std::unique_ptr<store::Store> store_ = std::move(store::Store::open(scratch_ / "store.db")).value();
  MovableClock clock_;
  FakeBoard board_;
  net::WorkerThread thread_{"store"};
  /// Everybody of approvals::sample_people() and of the configuration.
  [[nodiscard]] store::Directory everybody() const {
    auto directory = std::make_shared<approvals::Directory>(control::directory_of(board_.now));
    const approvals::People samples = approvals::sample_people();
    for (const auto& [id, person] : *samples.directory) directory->emplace(id, person);
    return directory;
  }
  control::StoredApprovalDesk desk_{*store_, thread_.executor(), clock_, {[this] { return everybody(); }, [] {}}};
  control::StoredChannelDesk channel_desk_{*store_, thread_.executor(), clock_, [] {}};
  test::TestLoop loop_;
};

}  // namespace sluice::channels
