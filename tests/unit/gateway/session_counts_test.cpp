#include "gateway/session_counts.h"

#include <gtest/gtest.h>

namespace sluice::gateway {
namespace {

using Entry = SessionCounts::Entry;
const IdentityId kBot{"bot"};
const IdentityId kOther{"other"};

TEST(SessionCounts, AdmitUpToTheLimitOfAnIdentityAndUpToTheTotal) {
  SessionCounts counts;
  EXPECT_EQ(counts.enter(kBot, 3, 2), Entry::admitted);
  EXPECT_EQ(counts.enter(kBot, 3, 2), Entry::admitted);
  EXPECT_EQ(counts.enter(kBot, 3, 2), Entry::too_many_of_identity);
  EXPECT_EQ(counts.enter(kOther, 3, 2), Entry::admitted);
  EXPECT_EQ(counts.enter(kOther, 3, 2), Entry::too_many);
  EXPECT_EQ(counts.total(), 3u);
}

TEST(SessionCounts, MakeRoomWhenASessionLeaves) {
  SessionCounts counts;
  EXPECT_EQ(counts.enter(kBot, 1, 1), Entry::admitted);
  counts.leave(kBot);
  EXPECT_EQ(counts.total(), 0u);
  EXPECT_EQ(counts.enter(kOther, 1, 1), Entry::admitted);
}

TEST(SessionCounts, ZeroIsNoLimit) {
  SessionCounts counts;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(counts.enter(kBot, 0, 0), Entry::admitted);
}

}  // namespace
}  // namespace sluice::gateway
