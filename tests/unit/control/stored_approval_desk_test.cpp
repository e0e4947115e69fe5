#include "control/stored_approval_desk.h"

#include <gtest/gtest.h>

#include <atomic>

#include "control/settle.h"
#include "net/worker_thread.h"
#include "support/scratch_directory.h"
#include "support/test_loop.h"
#include "unit/approvals/held.h"

namespace sluice::control {
namespace {

using approvals::RequestState;

class MovableClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return approvals::at_second(second_.load()); }
  void set(std::int64_t second) { second_ = second; }

 private:
  std::atomic<std::int64_t> second_{0};
};

class StoredApprovalDeskTest : public testing::Test {
 protected:
  HoldStatus submit() {
    return std::move(loop_.result_of(desk_.submit(approvals::sample_held(), approvals::sample_requirement()))).value();
  }
  HoldStatus submit_and_wait() {
    policy::RequireApproval requirement = approvals::sample_requirement();
    requirement.mode = policy::HoldMode::wait;
    return std::move(loop_.result_of(desk_.submit(approvals::sample_held(), std::move(requirement)))).value();
  }
  auto decide(const RequestId& id, const std::string& who, bool approve, std::string reason = {}) {
    return loop_.result_of(desk_.decide(id, approvals::person(who), approve, std::move(reason), "cli"));
  }
  Digest digest() const { return approvals::digest_of(approvals::sample_held(), approvals::sample_requirement()); }

  static net::awaitable<void> wait_for(StoredApprovalDesk* desk, RequestId id, std::vector<RequestState>* seen) {
    const auto status = co_await desk->wait(std::move(id));
    seen->push_back(status->state);
  }
  /// Runs the loop until so many waiters have returned.
  void run_until(const std::vector<RequestState>& seen, std::size_t count) {
    for (int i = 0; i < 2000 && seen.size() < count; ++i) loop_.run(net::sleep_until(std::chrono::steady_clock::now() + std::chrono::milliseconds(1)));
    EXPECT_EQ(seen.size(), count);
  }

  test::ScratchDirectory scratch_;
  std::unique_ptr<store::Store> store_ = std::move(store::Store::open(scratch_ / "store.db")).value();
  MovableClock clock_;
  std::atomic<int> records_{0};
  test::TestLoop loop_;
  net::WorkerThread thread_{"store"};
  store::Directory everybody_ = approvals::sample_people().directory;
  StoredApprovalDesk desk_{*store_, thread_.executor(), clock_, {[this] { return everybody_; }, [this] { ++records_; }}};

  void TearDown() override {
    settle(thread_.executor());
    thread_.stop();
    thread_.join();
  }
};

TEST_F(StoredApprovalDeskTest, AWaiterHearsOfTheDecision) {
  const HoldStatus held = submit();
  EXPECT_EQ(held.state, RequestState::pending);
  std::vector<RequestState> seen;
  net::spawn(loop_.executor(), wait_for(&desk_, held.id, &seen));
  net::spawn(loop_.executor(), wait_for(&desk_, held.id, &seen));
  ASSERT_TRUE(decide(held.id, "bob", true).ok());
  run_until(seen, 2);
  EXPECT_EQ(seen, (std::vector{RequestState::approved, RequestState::approved}));
  EXPECT_TRUE(loop_.result_of(desk_.consume(held.id, digest())).ok());
  EXPECT_EQ(loop_.result_of(desk_.consume(held.id, digest())).error().kind, ErrorKind::conflict);
  EXPECT_GE(records_.load(), 3);
}

TEST_F(StoredApprovalDeskTest, AWaiterHearsOfExpiry) {
  const HoldStatus held = submit();
  std::vector<RequestState> seen;
  net::spawn(loop_.executor(), wait_for(&desk_, held.id, &seen));
  clock_.set(100);
  loop_.run(desk_.expire_due());
  run_until(seen, 1);
  EXPECT_EQ(seen[0], RequestState::expired);
  EXPECT_FALSE(decide(held.id, "bob", true).ok());
}

TEST_F(StoredApprovalDeskTest, AWithdrawnRequestCannotBeApproved) {
  const HoldStatus held = submit_and_wait();
  std::vector<RequestState> seen;
  net::spawn(loop_.executor(), wait_for(&desk_, held.id, &seen));
  desk_.withdraw(held.id, "the agent left");
  run_until(seen, 1);
  EXPECT_EQ(seen[0], RequestState::withdrawn);
  EXPECT_EQ(decide(held.id, "bob", true).error().kind, ErrorKind::conflict);
  EXPECT_NE(submit().id, held.id);
}

TEST_F(StoredApprovalDeskTest, ARequestLivesWhileASessionWaitsForIt) {
  const HoldStatus held = submit_and_wait();
  EXPECT_EQ(submit_and_wait().id, held.id);
  std::vector<RequestState> seen;
  net::spawn(loop_.executor(), wait_for(&desk_, held.id, &seen));
  desk_.withdraw(held.id, "the first session left");
  settle(thread_.executor());
  EXPECT_EQ(loop_.result_of(desk_.get(held.id))->state, RequestState::pending);
  desk_.withdraw(held.id, "the second session left");
  run_until(seen, 1);
  EXPECT_EQ(seen[0], RequestState::withdrawn);
}

TEST_F(StoredApprovalDeskTest, WhoLeavesDoesNotTakeTheApprovalFromWhoStays) {
  const HoldStatus held = submit_and_wait();
  EXPECT_EQ(submit_and_wait().id, held.id);
  ASSERT_TRUE(decide(held.id, "bob", true).ok());
  desk_.withdraw(held.id, "left before it heard of the decision");
  EXPECT_TRUE(loop_.result_of(desk_.consume(held.id, digest())).ok());
}

TEST_F(StoredApprovalDeskTest, TheFirstDecisionWinsAndItsReasonIsCleaned) {
  const HoldStatus held = submit();
  const auto denied = decide(held.id, "bob", false, "not\nnow\xe2\x80\xae");
  ASSERT_TRUE(denied.ok());
  EXPECT_EQ(denied->votes.at(0).reason, "not now");
  EXPECT_EQ(decide(held.id, "eve", true).error().kind, ErrorKind::conflict);
  EXPECT_EQ(submit().reason, "not now");
  EXPECT_EQ(decide(held.id, "eve", true, "\xff").error().kind, ErrorKind::bad_request);
}

TEST_F(StoredApprovalDeskTest, TheOwnerCannotDecide) {
  EXPECT_EQ(decide(submit().id, "alice", true).error().kind, ErrorKind::denied);
}

TEST_F(StoredApprovalDeskTest, AWaiterThatIsGoneIsNotWoken) {
  const HoldStatus held = submit();
  std::vector<RequestState> seen;
  auto other = std::make_unique<test::TestLoop>();
  net::spawn(other->executor(), wait_for(&desk_, held.id, &seen));
  // Once this later question is answered the waiter's own was, and it sleeps.
  EXPECT_TRUE(other->result_of(desk_.get(held.id)).ok());
  other->run_ready();
  settle(thread_.executor());
  other.reset();
  EXPECT_TRUE(decide(held.id, "bob", true).ok());
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace sluice::control
