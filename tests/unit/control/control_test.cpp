#include "control/control.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/audit_files.h"
#include "support/scratch_directory.h"
#include "support/test_loop.h"

namespace sluice::control {
namespace {

class SystemClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};
const SystemClock kClock;

/// A configuration whose one upstream is down: a directory without a socket.
void write_config(const test::ScratchDirectory& scratch, const std::string& rules) {
  std::ofstream file(scratch / "sluice.yaml", std::ios::trunc);
  file << "listen:\n  - {address: 127.0.0.1, port: 6432}\n"
       << "store: {path: state/store.db}\naudit: {directory: state/audit}\n"
       << "databases:\n  shop: {host: " << scratch.path() << ", port: 5432, database: shop, user: nobody, tls: disable}\n"
       << "identities:\n  - {id: dana, kind: person, groups: [dbas]}\n"
       << rules;
}
constexpr const char* kGoodRules = "rules:\n  - {id: dbas-do-all, effect: allow, groups: [dbas]}\n";
constexpr const char* kOtherRules = "rules:\n  - {id: dbas-do-all, effect: allow, groups: [dbas], actions: [select]}\n";
constexpr const char* kBadRules = "rules:\n  - {id: dbas-do-all, effect: perhaps}\n";

TEST(Control, StartsWhileAnUpstreamIsDownAndSaysSo) {
  const test::ScratchDirectory scratch;
  write_config(scratch, kGoodRules);
  test::TestLoop loop;  // outlives the control thread, which answers into it
  auto control = Control::start(scratch / "sluice.yaml", kClock);
  ASSERT_TRUE(control.ok()) << control.error().message;
  const DatabaseAlias shop{"shop"};
  EXPECT_EQ((*control)->board().snapshot(shop).error().kind, ErrorKind::upstream_unavailable);
  EXPECT_EQ((*control)->board().snapshot(DatabaseAlias{"other"}).error().kind, ErrorKind::unknown_database);
  EXPECT_EQ(loop.result_of((*control)->board().refresh(shop)).error().kind, ErrorKind::upstream_unavailable);
  EXPECT_EQ(loop.result_of((*control)->board().refresh(DatabaseAlias{"other"})).error().kind, ErrorKind::unknown_database);
  const ControlHealth health = loop.result_of((*control)->health());
  EXPECT_TRUE(health.audit_writable);
  EXPECT_EQ(health.databases_down, (std::vector{shop}));
  EXPECT_TRUE(loop.result_of((*control)->usage({}))->lines.empty());
  (*control)->stop();
  const auto verification = store::verify_directory(scratch / "state/audit", std::nullopt);
  ASSERT_TRUE(verification.ok());
  EXPECT_FALSE(verification->fault);
}

TEST(Control, AMistakeInTheFileKeepsTheOldConfigurationAndAChangeTakesEffectAtOnce) {
  const test::ScratchDirectory scratch;
  write_config(scratch, kGoodRules);
  test::TestLoop loop;  // outlives the control thread, which answers into it
  auto control = Control::start(scratch / "sluice.yaml", kClock);
  ASSERT_TRUE(control.ok()) << control.error().message;
  SnapshotBoard& board = (*control)->board();
  const auto before = board.config();
  const std::uint64_t generation = board.generation();

  write_config(scratch, kBadRules);
  const auto refused = loop.result_of((*control)->reload());
  ASSERT_TRUE(refused.ok());
  EXPECT_FALSE(refused->published);
  EXPECT_FALSE(refused->findings.empty());
  EXPECT_EQ(board.config(), before);
  EXPECT_EQ(board.generation(), generation);

  write_config(scratch, kOtherRules);
  const auto published = loop.result_of((*control)->reload());
  ASSERT_TRUE(published.ok());
  EXPECT_TRUE(published->published);
  EXPECT_EQ(published->policy_version, before->policy.version + 1);
  EXPECT_GT(board.generation(), generation);
  EXPECT_EQ(board.config()->policy.version, published->policy_version);
  EXPECT_TRUE(published->needs_restart.empty());
}

TEST(Control, TheSameFileHasTheSameVersionAfterARestart) {
  const test::ScratchDirectory scratch;
  for (int round = 0; round < 2; ++round) {
    write_config(scratch, kGoodRules);
    const auto control = Control::start(scratch / "sluice.yaml", kClock);
    ASSERT_TRUE(control.ok()) << control.error().message;
    EXPECT_EQ((*control)->board().config()->policy.version, 1u);
  }
}

TEST(Control, TwoGatewaysNeverShareAnAuditLog) {
  const test::ScratchDirectory scratch;
  write_config(scratch, kGoodRules);
  const auto first = Control::start(scratch / "sluice.yaml", kClock);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Control::start(scratch / "sluice.yaml", kClock).error().kind, ErrorKind::audit_unavailable);
}

TEST(Control, DoesNotStartWithAMistake) {
  const test::ScratchDirectory scratch;
  write_config(scratch, kBadRules);
  EXPECT_EQ(Control::start(scratch / "sluice.yaml", kClock).error().kind, ErrorKind::configuration);
  EXPECT_EQ(Control::start(scratch / "missing.yaml", kClock).error().kind, ErrorKind::configuration);
}

}  // namespace
}  // namespace sluice::control
