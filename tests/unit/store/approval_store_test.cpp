#include "store/approval_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "approvals/card_record.h"
#include "store/approval_rows.h"
#include "store/audit_store.h"
#include "support/scratch_directory.h"
#include "unit/approvals/held.h"

namespace sluice::store {
namespace {

using approvals::ApprovalRequest;
using approvals::at_second;
using approvals::RequestState;

class ApprovalStoreTest : public testing::Test {
 protected:
  ApprovalStoreTest() { open(); }
  void open() {
    approvals_.reset();
    store_.reset();
    store_ = std::move(Store::open(scratch_ / "store.db")).value();
    approvals_.emplace(*store_);
  }
  ApprovalRequest submit(std::int64_t second = 0, policy::HoldMode mode = policy::HoldMode::error) {
    policy::RequireApproval requirement = approvals::sample_requirement();
    requirement.mode = mode;
    return std::move(approvals_->submit(approvals::sample_held(), requirement, at_second(second), everybody_)).value();
  }
  Result<ApprovalRequest> vote(const RequestId& id, const std::string& who, bool approve, std::int64_t second = 1) {
    return approvals_->apply(id, approvals::Decided{{IdentityId{who}, approve, "because", {}, "cli"}, approvals::person(who)},
                             at_second(second), everybody_);
  }
  Result<ApprovalRequest> use(const ApprovalRequest& request, std::int64_t second = 2) {
    return approvals_->apply(request.id, approvals::Used{request.digest}, at_second(second), everybody_);
  }
  RequestState state_of(const RequestId& id, std::int64_t second = 2) { return approvals_->get(id, at_second(second))->state; }
  std::vector<std::string> events() {
    std::vector<std::string> names;
    const auto records = AuditStore(*store_).outbox(0);
    for (const audit::Record& record : *records) {
      if (std::holds_alternative<audit::ApprovalRequested>(record.event)) names.emplace_back("requested");
      if (const auto* decided = std::get_if<audit::ApprovalDecided>(&record.event)) names.push_back(decided->state);
      if (std::holds_alternative<audit::ApprovalExpired>(record.event)) names.emplace_back("expired");
      if (std::holds_alternative<audit::ApprovalWithdrawn>(record.event)) names.emplace_back("withdrawn");
      if (std::holds_alternative<audit::ApprovalConsumed>(record.event)) names.emplace_back("consumed");
    }
    return names;
  }
  using Names = std::vector<std::string>;

  test::ScratchDirectory scratch_;
  Directory everybody_ = approvals::sample_people().directory;
  std::unique_ptr<Store> store_;
  std::optional<ApprovalStore> approvals_;
};

TEST_F(ApprovalStoreTest, ARequestSurvivesARestartWhole) {
  const ApprovalRequest filed = submit();
  ASSERT_TRUE(vote(filed.id, "bob", true).ok());
  open();
  const auto found = approvals_->get(filed.id, at_second(2));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->state, RequestState::approved);
  EXPECT_EQ(found->digest, filed.digest);
  EXPECT_EQ(found->held.parameters, filed.held.parameters);
  EXPECT_EQ(found->requirement, filed.requirement);
  ASSERT_EQ(found->votes.size(), 1u);
  EXPECT_EQ(found->votes[0].reason, "because");
  EXPECT_EQ(found->valid_until, at_second(51));
}

TEST_F(ApprovalStoreTest, TheSameStatementIsTheSameRequestWhileItIsOpen) {
  const ApprovalRequest first = submit();
  EXPECT_EQ(submit(1).id, first.id);
  ASSERT_TRUE(vote(first.id, "bob", true).ok());
  const ApprovalRequest approved = submit(2);
  EXPECT_EQ(approved.id, first.id);
  EXPECT_EQ(approved.state, RequestState::approved);
  ASSERT_TRUE(use(first).ok());
  EXPECT_NE(submit(3).id, first.id);
}

TEST_F(ApprovalStoreTest, ADenialHoldsForAMinute) {
  const ApprovalRequest first = submit();
  ASSERT_TRUE(vote(first.id, "bob", false, 1).ok());
  EXPECT_EQ(submit(60).id, first.id);
  EXPECT_EQ(submit(60).state, RequestState::denied);
  EXPECT_NE(submit(61).id, first.id);
}

TEST_F(ApprovalStoreTest, AnExpiredRequestIsFiledAnew) {
  const ApprovalRequest first = submit();
  const ApprovalRequest second = submit(100);
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(state_of(first.id, 100), RequestState::expired);
  EXPECT_EQ(events(), (Names{"requested", "expired", "requested"}));
}

TEST_F(ApprovalStoreTest, AnApprovalIsUsedOnceForItsStatementOnly) {
  const ApprovalRequest request = submit();
  EXPECT_EQ(use(request).error().kind, ErrorKind::conflict);
  ASSERT_TRUE(vote(request.id, "bob", true).ok());
  ApprovalRequest other = request;
  other.digest = sha256("other");
  EXPECT_EQ(use(other).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(use(request).ok());
  EXPECT_EQ(use(request).error().kind, ErrorKind::conflict);
  EXPECT_EQ(events(), (Names{"requested", "approved", "consumed"}));
}

TEST_F(ApprovalStoreTest, AnApprovalThatLapsedCannotBeUsedAndIsRecordedSo) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(vote(request.id, "bob", true, 1).ok());
  EXPECT_EQ(use(request, 51).error().kind, ErrorKind::conflict);
  EXPECT_EQ(events(), (Names{"requested", "approved", "expired"}));
}

TEST_F(ApprovalStoreTest, TimeEndsWhatNobodyDecidedOrUsed) {
  const ApprovalRequest request = submit();
  EXPECT_TRUE(approvals_->expire_due(at_second(99))->empty());
  EXPECT_EQ(*approvals_->expire_due(at_second(100)), (std::vector{request.id}));
  EXPECT_TRUE(approvals_->expire_due(at_second(101))->empty());
  EXPECT_FALSE(vote(request.id, "bob", true, 99).ok()) << "a clock that went back revives nothing";
}

TEST_F(ApprovalStoreTest, ARequestEndsWithTheSessionsThatWaitedForItButNotWithARestart) {
  const ApprovalRequest rerun = submit();
  approvals::HeldStatement other = approvals::sample_held();
  other.statement = "DROP TABLE customers";
  policy::RequireApproval waits = approvals::sample_requirement();
  waits.mode = policy::HoldMode::wait;
  const auto waiting = approvals_->submit(other, waits, at_second(0));
  ASSERT_TRUE(waiting.ok());
  EXPECT_TRUE(approvals_->withdraw_if_waiting(rerun.id, "left", at_second(1)).ok());
  EXPECT_EQ(state_of(rerun.id), RequestState::pending) << "the agent was told to come back";
  open();
  ASSERT_TRUE(approvals_->detach_all().ok());
  EXPECT_TRUE(approvals_->withdraw_if_waiting(waiting->id, "left", at_second(1)).ok());
  EXPECT_EQ(state_of(waiting->id), RequestState::pending) << "the session that waited is gone, and may come back";
  EXPECT_EQ(approvals_->submit(other, waits, at_second(1))->id, waiting->id);
  EXPECT_TRUE(approvals_->withdraw_if_waiting(waiting->id, "left", at_second(1)).ok());
  EXPECT_EQ(state_of(waiting->id), RequestState::withdrawn);
  EXPECT_FALSE(vote(waiting->id, "bob", true).ok());
}

TEST_F(ApprovalStoreTest, AStatementThatWasExchangedInTheStoreIsNotApproved) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(vote(request.id, "bob", true).ok());
  store_->use([](const Database& database) {
    EXPECT_TRUE(database.execute("UPDATE approval_requests SET document = replace(document, 'email', 'phone')").ok());
    return 0;
  });
  EXPECT_EQ(approvals_->get(request.id, at_second(2)).error().kind, ErrorKind::store_unavailable);
  EXPECT_FALSE(use(request).ok());
}

TEST_F(ApprovalStoreTest, UnknownRequestsAreNotFound) {
  EXPECT_EQ(approvals_->get(RequestId{"AR"}, at_second(0)).error().kind, ErrorKind::not_found);
  EXPECT_EQ(vote(RequestId{"' OR 1=1 --"}, "bob", true).error().kind, ErrorKind::not_found);
}

TEST_F(ApprovalStoreTest, ListsWhatIsPendingOldestFirst) {
  const ApprovalRequest first = submit();
  approvals::HeldStatement held = approvals::sample_held();
  held.statement = "other";
  const auto second = approvals_->submit(held, approvals::sample_requirement(), at_second(1));
  EXPECT_EQ(approvals_->list(true, at_second(2))->size(), 2u);
  EXPECT_EQ(approvals_->list(true, at_second(2))->front().id, first.id);
  ASSERT_TRUE(vote(first.id, "bob", false).ok());
  EXPECT_EQ(approvals_->list(true, at_second(2))->front().id, second->id);
  EXPECT_EQ(approvals_->list(false, at_second(2))->front().id, second->id);
  EXPECT_TRUE(approvals_->list(true, at_second(1000))->empty());
}

/// Calls `attempt(i)` from many threads at once; how many succeeded.
int race(int attempts, const std::function<bool(int)>& attempt) {
  std::atomic<int> successes{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < attempts; ++i) {
    threads.emplace_back([&, i] {
      while (!go.load()) std::this_thread::yield();
      if (attempt(i)) ++successes;
    });
  }
  go = true;
  for (std::thread& thread : threads) thread.join();
  return successes;
}

TEST_F(ApprovalStoreTest, OfManyDecisionsAtOnceExactlyOneCounts) {
  const ApprovalRequest request = submit();
  EXPECT_EQ(race(100, [&](int i) { return vote(request.id, "p" + std::to_string(i), i % 2 == 0).ok(); }), 1);
  EXPECT_EQ(events().size(), 2u);
}

TEST_F(ApprovalStoreTest, OfManyUsesAtOnceExactlyOneSucceeds) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(vote(request.id, "bob", true).ok());
  EXPECT_EQ(race(100, [&](int) { return use(request).ok(); }), 1);
  EXPECT_EQ(events(), (Names{"requested", "approved", "consumed"}));
}

TEST_F(ApprovalStoreTest, TwoProcessesThatUseTheSameApprovalCannotBothSucceed) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(vote(request.id, "bob", true).ok());
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < 8; ++i) stores.push_back(std::move(Store::open(scratch_ / "store.db")).value());
  EXPECT_EQ(race(8,
                 [&](int i) {
                   return ApprovalStore(*stores[static_cast<std::size_t>(i)])
                       .apply(request.id, approvals::Used{request.digest}, at_second(2), everybody_)
                       .ok();
                 }),
            1);
}

TEST_F(ApprovalStoreTest, ManyIdenticalRequestsAtOnceAreOne) {
  EXPECT_EQ(race(50, [&](int) { return approvals_->submit(approvals::sample_held(), approvals::sample_requirement(), at_second(0)).ok(); }), 50);
  EXPECT_EQ(events(), (Names{"requested"}));
}

TEST_F(ApprovalStoreTest, FindsInPagesThatCrossTheBatchesOfTheStore) {
  std::vector<std::string> filed;
  for (int i = 0; i < 130; ++i) {
    approvals::HeldStatement held = approvals::sample_held();
    held.statement += " -- " + std::to_string(i);
    const auto request = approvals_->submit(std::move(held), approvals::sample_requirement(), at_second(0));
    ASSERT_TRUE(request.ok());
    filed.push_back(request->id.text);
  }
  std::sort(filed.rbegin(), filed.rend());
  std::vector<std::string> found;
  approvals::ApprovalQuery query;
  query.limit = 70;  // the store looks at 50 at a time
  query.state = RequestState::pending;
  query.requester = "bot";
  query.database = "shop";
  for (int pages = 0; pages < 20; ++pages) {
    const auto page = approvals_->find(query, at_second(1));
    ASSERT_TRUE(page.ok()) << page.error().message;
    for (const ApprovalRequest& request : page->requests) found.push_back(request.id.text);
    query.before = page->next;
    if (page->next.empty()) break;
  }
  EXPECT_EQ(found, filed);
  for (const auto& [field, value] : {std::pair{&query.database, "other"}, std::pair{&query.requester, "nobody"}, std::pair{&query.action, "ddl2"}}) {
    approvals::ApprovalQuery other;
    (field == &query.database ? other.database : field == &query.requester ? other.requester : other.action) = value;
    const auto page = approvals_->find(other, at_second(1));
    ASSERT_TRUE(page.ok()) << page.error().message;
    EXPECT_TRUE(page->requests.empty()) << value;
    EXPECT_TRUE(page->next.empty());
  }
}

TEST_F(ApprovalStoreTest, KeepsTheCardThatAVoterSaw) {
  const ApprovalRequest request = submit();
  const approvals::DecisionCard card = approvals::make_card(request, {}, {});
  const auto kept = approvals_->keep_card(request.id, card);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*kept, to_hex(approvals::digest_of(card)));
  const auto text = approvals_->card(request.id, *kept);
  ASSERT_TRUE(text.ok());
  const auto decoded = approvals::decode_card(*text);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(approvals::digest_of(*decoded), approvals::digest_of(card));
  EXPECT_FALSE(approvals_->card(request.id, std::string(64, '0')).ok());
}

}  // namespace
}  // namespace sluice::store
