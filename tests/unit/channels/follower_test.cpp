#include "channels/follower.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/channels/desks.h"

namespace sluice::channels {
namespace {

class FollowerTest : public DesksTest {
 protected:
  std::unique_ptr<Follower> follow() {
    auto follower = std::make_unique<Follower>(channel_desk_, loop_.executor(), "chat", [this](RequestId id) { return refresh(this, std::move(id)); });
    follower->start();
    return follower;
  }
  static net::awaitable<Status> refresh(FollowerTest* test, RequestId id) {
    ++test->running_;
    test->most_ = std::max(test->most_, test->running_);
    co_await net::sleep_until(std::chrono::steady_clock::now() + std::chrono::milliseconds(2));
    --test->running_;
    test->seen_.push_back(id.text);
    if (test->broken_.contains(id.text)) co_return make_error(ErrorKind::upstream_unavailable, "down");
    co_return Done{};
  }
  std::size_t times(const RequestId& id) const { return static_cast<std::size_t>(std::count(seen_.begin(), seen_.end(), id.text)); }
  std::uint64_t position() { return loop_.result_of(channel_desk_.position("chat")).value(); }
  std::uint64_t last() { return loop_.result_of(channel_desk_.last_change()).value(); }

  std::vector<std::string> seen_;
  std::set<std::string> broken_;
  int running_ = 0;
  int most_ = 0;
};

TEST_F(FollowerTest, BeginsWithWhatIsOpenAndHearsOfEveryChange) {
  const RequestId first = submit("SELECT 1").id;
  const auto follower = follow();
  run_until([&] { return times(first) == 1; });
  const RequestId second = submit("SELECT 2").id;
  run_until([&] { return times(second) == 1; });
  ASSERT_TRUE(decide(first, "bob", true).ok());
  run_until([&] { return times(first) == 2 && position() == last(); });
  EXPECT_EQ(follower->counts().waiting, 0u);
  EXPECT_EQ(follower->counts().told, 3u);
  follower->stop();
}

TEST_F(FollowerTest, AFailureHoldsUpNobodyElseAndIsTriedAgainAlsoByTheNextLife) {
  const RequestId bad = submit("SELECT 1").id;
  broken_ = {bad.text};
  auto follower = follow();
  const RequestId good = submit("SELECT 2").id;
  run_until([&] { return times(bad) >= 1 && times(good) == 1; });
  EXPECT_EQ(follower->counts().waiting, 1u);
  EXPECT_LT(position(), last());
  follower->stop();
  follower.reset();

  broken_.clear();
  seen_.clear();
  follower = follow();
  run_until([&] { return times(bad) == 1 && position() == last(); });
  follower->stop();
}

TEST_F(FollowerTest, NeverTwoAtATimeForOneRequestButAfterTheLastChange) {
  const RequestId id = submit("SELECT 1").id;
  const auto follower = follow();
  run_until([&] { return running_ == 1; });
  for (int i = 0; i < 10; ++i) follower->refresh(id);
  run_until([&] { return times(id) == 2 && running_ == 0; });
  EXPECT_EQ(most_, 1);
  EXPECT_EQ(times(id), 2u);
  follower->stop();
}

}  // namespace
}  // namespace sluice::channels
