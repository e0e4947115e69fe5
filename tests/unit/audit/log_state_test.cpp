#include "audit/log_state.h"

#include <gtest/gtest.h>

#include "unit/audit/records.h"

namespace sluice::audit {
namespace {

Record record(std::uint64_t number, Event event) { return {0, sample_time(), {"j", number}, std::move(event)}; }

TEST(LogState, KnowsWhatIsOpenAndWhatItHas) {
  LogState state;
  state.apply(record(1, StatementAdmitted{1, 1, 5, {}}));
  state.apply(record(2, StatementAdmitted{2, 1, 5, {}}));
  state.apply(record(3, StatementCompleted{1, 1, 5, Outcome::completed, 0, 0, 0, {}}));
  const JournalState& journal = state.journal("j");
  EXPECT_TRUE(journal.has(3));
  EXPECT_FALSE(journal.has(4));
  EXPECT_FALSE(journal.has(0));
  ASSERT_EQ(journal.open().size(), 1u);
  EXPECT_EQ(journal.open()[0], (OpenStatement{"j", 2, 1, 5, sample_time()}));
}

TEST(LogState, ACheckpointHoldsAllOfIt) {
  LogState state;
  state.apply(record(7, StatementAdmitted{1, 1, 5, {}}));
  const Checkpoint checkpoint = state.checkpoint(sha256("x"));
  LogState again;
  again.apply({1, sample_time(), {}, checkpoint});
  EXPECT_EQ(again.checkpoint(sha256("x")), checkpoint);
}

TEST(LogState, KnowsWhetherTheGatewayStopped) {
  LogState state;
  EXPECT_TRUE(state.stopped());
  state.apply(record(1, SessionClosed{1}));
  EXPECT_FALSE(state.stopped());
  state.apply({0, sample_time(), {}, GatewayStopped{}});
  EXPECT_TRUE(state.stopped());
}

}  // namespace
}  // namespace sluice::audit
