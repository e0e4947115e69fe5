#include "gateway/host_health.h"

#include <gtest/gtest.h>

namespace sluice::gateway {
namespace {

using std::chrono::milliseconds;

const config::UpstreamHost kDb{"db", 5432};
const HostHealth::Time kStart = HostHealth::Time{} + std::chrono::hours(1);

TEST(HostHealth, AServerThatIsWellMayBeTriedByEverybody) {
  HostHealth health;
  EXPECT_TRUE(health.may_try(kDb, kStart));
  EXPECT_TRUE(health.may_try(kDb, kStart));
}

TEST(HostHealth, AServerThatFailedIsLeftAloneForAWhileThenTriedByOne) {
  HostHealth health;
  health.failed(kDb, kStart);
  EXPECT_FALSE(health.may_try(kDb, kStart + HostHealth::kFirstPause - milliseconds(1)));
  EXPECT_TRUE(health.may_try(kDb, kStart + HostHealth::kFirstPause));
  EXPECT_FALSE(health.may_try(kDb, kStart + HostHealth::kFirstPause)) << "somebody is at it";
  EXPECT_TRUE(health.may_try({"db", 5433}, kStart)) << "another server";
}

TEST(HostHealth, PausesDoubleUpToALimitAndEndWithSuccess) {
  HostHealth health;
  HostHealth::Time now = kStart;
  milliseconds pause = HostHealth::kFirstPause;
  for (int failures = 0; failures < 10; ++failures) {
    health.failed(kDb, now);
    EXPECT_FALSE(health.may_try(kDb, now + pause - milliseconds(1))) << failures;
    now += pause;
    EXPECT_TRUE(health.may_try(kDb, now)) << failures;
    pause = std::min(pause * 2, HostHealth::kLastPause);
  }
  health.succeeded(kDb);
  EXPECT_TRUE(health.may_try(kDb, now));
  EXPECT_TRUE(health.may_try(kDb, now));
}

TEST(HostHealth, OfManyFailuresAtOnceOneCounts) {
  HostHealth health;
  for (int i = 0; i < 100; ++i) health.failed(kDb, kStart);
  EXPECT_TRUE(health.may_try(kDb, kStart + HostHealth::kFirstPause));
}

TEST(HostHealth, ATryThatIsNeverHeardOfAgainBlocksNobodyForEver) {
  HostHealth health;
  health.failed(kDb, kStart);
  ASSERT_TRUE(health.may_try(kDb, kStart + HostHealth::kFirstPause));
  EXPECT_TRUE(health.may_try(kDb, kStart + std::chrono::minutes(1)));
}

TEST(HostHealth, AReloadForgets) {
  HostHealth health;
  health.failed(kDb, kStart);
  health.forget();
  EXPECT_TRUE(health.may_try(kDb, kStart));
}

}  // namespace
}  // namespace sluice::gateway
