#include "store/channel_store.h"

#include <gtest/gtest.h>

#include "store/approval_store.h"
#include "support/scratch_directory.h"
#include "unit/approvals/held.h"

namespace sluice::store {
namespace {

using approvals::at_second;

class ChannelStoreTest : public testing::Test {
 protected:
  std::string code_for(const std::string& account, std::int64_t second = 0) {
    return std::move(channels_.make_link_code("slack", account, at_second(second))).value();
  }
  std::optional<IdentityId> person(const std::string& account) { return *channels_.person_of("slack", account); }
  std::vector<std::string> kinds_after(std::uint64_t number) {
    std::vector<std::string> kinds;
    const auto changes = channels_.changes_after(number, 100);
    for (const ApprovalChange& change : *changes) kinds.push_back(change.kind);
    return kinds;
  }

  test::ScratchDirectory scratch_;
  std::unique_ptr<Store> store_ = std::move(Store::open(scratch_ / "store.db")).value();
  ApprovalStore approvals_{*store_};
  ChannelStore channels_{*store_};
};

TEST_F(ChannelStoreTest, ACodeBindsItsAccountOnceAndInTime) {
  const std::string code = code_for("T1/U1");
  EXPECT_FALSE(person("T1/U1"));
  EXPECT_EQ(channels_.confirm_link(code + "X", IdentityId{"bob"}, at_second(1)).error().kind, ErrorKind::not_found);
  const auto linked = channels_.confirm_link(code, IdentityId{"bob"}, at_second(1));
  ASSERT_TRUE(linked.ok());
  EXPECT_EQ(linked->account, "T1/U1");
  EXPECT_EQ(person("T1/U1"), IdentityId{"bob"});
  EXPECT_FALSE(channels_.confirm_link(code, IdentityId{"mallory"}, at_second(2)).ok());
  EXPECT_EQ(person("T1/U1"), IdentityId{"bob"});
  const std::string late = code_for("T1/U2");
  EXPECT_FALSE(channels_.confirm_link(late, IdentityId{"bob"}, at_second(601)).ok());
  const std::string first = code_for("T1/U3");
  const std::string second = code_for("T1/U3");
  EXPECT_FALSE(channels_.confirm_link(first, IdentityId{"bob"}, at_second(1)).ok());
  EXPECT_TRUE(channels_.confirm_link(second, IdentityId{"bob"}, at_second(1)).ok());
}

TEST_F(ChannelStoreTest, OnlyThePersonTakesAnAccountBack) {
  ASSERT_TRUE(channels_.confirm_link(code_for("T1/U1"), IdentityId{"bob"}, at_second(1)).ok());
  EXPECT_FALSE(channels_.unlink("slack", "T1/U1", IdentityId{"carol"}, at_second(2)).ok());
  EXPECT_EQ(channels_.accounts_of(IdentityId{"bob"})->size(), 1u);
  EXPECT_TRUE(channels_.unlink("slack", "T1/U1", IdentityId{"bob"}, at_second(2)).ok());
  EXPECT_FALSE(person("T1/U1"));
}

TEST_F(ChannelStoreTest, ACallbackIsSeenFirstOnlyOnce) {
  EXPECT_TRUE(*channels_.first_sight("slack", "v0=abc", at_second(0)));
  EXPECT_FALSE(*channels_.first_sight("slack", "v0=abc", at_second(3000)));
  EXPECT_TRUE(*channels_.first_sight("teams", "v0=abc", at_second(0)));
}

TEST_F(ChannelStoreTest, EveryChangeOfARequestIsToldInOrder) {
  const auto request = approvals_.submit(approvals::sample_held(), approvals::sample_requirement(), at_second(0));
  ASSERT_TRUE(request.ok());
  ASSERT_TRUE(approvals_.apply(request->id, approvals::Decided{{IdentityId{"bob"}, true, "", {}, "cli"}, approvals::person("bob")}, at_second(1)).ok());
  ASSERT_TRUE(approvals_.apply(request->id, approvals::Used{request->digest}, at_second(2), approvals::sample_people().directory).ok());
  const approvals::Execution ran{"completed", 37, 4100, std::chrono::milliseconds(120), at_second(3)};
  ASSERT_TRUE(approvals_.executed(request->id, ran).ok());
  EXPECT_FALSE(approvals_.executed(request->id, ran).ok());
  EXPECT_EQ(kinds_after(0), (std::vector<std::string>{"filed", "approved", "consumed", "executed"}));
  EXPECT_EQ(kinds_after(2), (std::vector<std::string>{"consumed", "executed"}));
  EXPECT_EQ(approvals_.get(request->id, at_second(4))->execution->rows, 37u);
}

TEST_F(ChannelStoreTest, ANewChannelBeginsWithWhatIsOpen) {
  EXPECT_EQ(*channels_.position("slack"), 0u);
  const auto old = approvals_.submit(approvals::sample_held(), approvals::sample_requirement(), at_second(0));
  ASSERT_TRUE(approvals_.apply(old->id, approvals::Withdrawn{"left"}, at_second(1)).ok());
  EXPECT_EQ(*channels_.position("slack"), 2u);
  ASSERT_TRUE(approvals_.submit(approvals::sample_held(), approvals::sample_requirement(), at_second(2)).ok());
  EXPECT_EQ(*channels_.position("slack"), 2u);
  ASSERT_TRUE(channels_.advance("slack", 3).ok());
  ASSERT_TRUE(channels_.advance("slack", 1).ok());
  EXPECT_EQ(*channels_.position("slack"), 3u);
}

TEST_F(ChannelStoreTest, ACopyOfACardIsReplacedInItsPlace) {
  const RequestId request{"AR01234567890123456789ABCDEF"};
  ASSERT_TRUE(channels_.keep("slack", {request, "C1", "{\"ts\":\"1\"}", "a"}).ok());
  ASSERT_TRUE(channels_.keep("slack", {request, "C1", "{\"ts\":\"2\"}", "b"}).ok());
  const auto messages = channels_.messages("slack", request);
  ASSERT_EQ(messages->size(), 1u);
  EXPECT_EQ(messages->front().reference, "{\"ts\":\"2\"}");
}

TEST_F(ChannelStoreTest, HistoryTellsOfTheSameShapeAndOfDenials) {
  approvals::HeldStatement held = approvals::sample_held();
  held.shape = "s1";
  const auto first = approvals_.submit(held, approvals::sample_requirement(), at_second(0));
  ASSERT_TRUE(approvals_.apply(first->id, approvals::Decided{{IdentityId{"bob"}, false, "no", {}, "cli"}, approvals::person("bob")}, at_second(1)).ok());
  held.statement += " ";
  const auto second = approvals_.submit(held, approvals::sample_requirement(), at_second(2));
  const auto history = approvals_.history(*second, at_second(3));
  ASSERT_TRUE(history.ok() && history->last_decision);
  EXPECT_EQ(history->last_decision->approver, IdentityId{"bob"});
  EXPECT_EQ(history->denials_last_hour, 1u);
  EXPECT_EQ(approvals_.history(*second, at_second(7200))->denials_last_hour, 0u);
}

}  // namespace
}  // namespace sluice::store
