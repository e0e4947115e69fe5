// The attack list of approvals, as far as the store can stop it: each with its own test.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "unit/store/approval_stage.h"

namespace sluice::store {
namespace {

using approvals::ApprovalRequest;
using approvals::at_second;
using approvals::RequestState;

class ApprovalAttacks : public ApprovalStage {};

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

TEST_F(ApprovalAttacks, AReplayedApprovalIsUsedUp) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  EXPECT_TRUE(use(request).ok());
  EXPECT_EQ(use(request).error().kind, ErrorKind::conflict);
  const ApprovalRequest again = submit(3);
  EXPECT_NE(again.id, request.id);
  EXPECT_EQ(again.state, RequestState::pending);
  EXPECT_EQ(records<audit::ApprovalConsumed>(), 1u);
}

TEST_F(ApprovalAttacks, WhateverIsSwappedIsAnotherRequest) {
  const ApprovalRequest approved = submit();
  ASSERT_TRUE(decide(approved.id, "bob").ok());
  const approvals::HeldStatement held = held_;
  const policy::RequireApproval requirement = requirement_;
  const std::vector<std::function<void()>> swaps{
      [&] { held_.statement += " "; },
      [&] { held_.parameters[0].value = "abd"; },
      [&] { held_.parameters[0].binary = true; },
      [&] { held_.parameters[0].type = 23; },
      [&] { held_.parameters[1].null = false; },
      [&] { std::swap(held_.parameters[0], held_.parameters[1]); },
      [&] { held_.parameters.pop_back(); },
      [&] { held_.requester.id.text = "bot2"; },
      [&] { held_.requester.kind = auth::IdentityKind::person; },
      [&] { held_.requester.groups.push_back(GroupId{"more"}); },
      [&] { held_.requester.owner.text = "dan"; },
      [&] { held_.requester.acts_for.text = "dan"; },
      [&] { held_.database.text = "other"; },
      [&] { held_.system_identifier = "7000000000000000002"; },
      [&] { held_.upstream_database = "other"; },
      [&] { held_.upstream_role = "postgres"; },
      [&] { std::swap(held_.search_path[0], held_.search_path[1]); },
      [&] { ++held_.versions.catalog; },
      [&] { ++held_.versions.policy; },
      [&] { held_.clear_columns.push_back("public.customers.email"); },
      [&] { requirement_.max_rows = 5; },
      [&] { requirement_.rule.text = "other"; },
      [&] { requirement_.further_rules = {RuleId{"other"}}; },
      [&] { requirement_.approver_groups = {GroupId{"leads"}}; },
      [&] { requirement_.further_approver_groups = {{GroupId{"approvers"}}}; },
      [&] { requirement_.approvals = 2; },
      [&] { requirement_.escalation_groups = {GroupId{"leads"}}; },
      [&] { requirement_.break_glass_groups = {GroupId{"leads"}}; },
  };
  for (std::size_t i = 0; i < swaps.size(); ++i) {
    held_ = held;
    requirement_ = requirement;
    swaps[i]();
    ApprovalRequest forged = approved;
    forged.digest = approvals::digest_of(held_, requirement_);
    EXPECT_EQ(use(forged).error().kind, ErrorKind::conflict) << i;
    const auto filed = try_submit(2);
    if (filed.ok()) {
      EXPECT_NE(filed->id, approved.id) << i;
      EXPECT_EQ(filed->state, RequestState::pending) << i;
    }
  }
  EXPECT_TRUE(use(approved).ok()) << "the request itself is unharmed";
}

TEST_F(ApprovalAttacks, AHundredClicksCountOnce) {
  requirement_.approvals = 2;
  const ApprovalRequest request = submit();
  EXPECT_EQ(race(100, [&](int) { return decide(request.id, "bob").ok(); }), 1);
  EXPECT_EQ(state_of(request.id), RequestState::pending) << "one person is one vote";
  EXPECT_TRUE(decide(request.id, "eve").ok());
  EXPECT_EQ(race(100, [&](int) { return use(request).ok(); }), 1);
  EXPECT_EQ(records<audit::ApprovalDecided>(), 2u);
  EXPECT_EQ(records<audit::ApprovalConsumed>(), 1u);
}

TEST_F(ApprovalAttacks, TwoGatewaysOnOneStoreFileAreOne) {
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < 4; ++i) stores.push_back(std::move(Store::open(scratch_ / "store.db")).value());
  const auto at = [&](int i) { return ApprovalStore(*stores[static_cast<std::size_t>(i) % stores.size()]); };
  EXPECT_EQ(race(12, [&](int i) { return at(i).submit(held_, requirement_, at_second(0), everybody()).ok(); }), 12);
  EXPECT_EQ(approvals_->list(true, at_second(1))->size(), 1u);
  const ApprovalRequest request = submit(1);
  EXPECT_EQ(race(12, [&](int i) {
              return at(i).apply(request.id, approvals::Decided{vote_of("bob", i % 2 == 0), who("bob")}, at_second(1), everybody()).ok();
            }), 1);
  if (state_of(request.id) == RequestState::denied) return;
  EXPECT_EQ(race(12, [&](int i) { return at(i).apply(request.id, approvals::Used{request.digest}, at_second(2), everybody()).ok(); }), 1);
  EXPECT_EQ(records<audit::ApprovalConsumed>(), 1u);
}

TEST_F(ApprovalAttacks, AnApproverWhoWasRevokedBetweenVoteAndRunDoesNotCount) {
  for (const char* how : {"removed", "out of the group", "an agent now"}) {
    const ApprovalRequest request = submit();
    ASSERT_TRUE(decide(request.id, "bob").ok()) << how;
    if (std::string(how) == "removed") remove("bob");
    if (std::string(how) == "out of the group") add("bob", {"engineers"});
    if (std::string(how) == "an agent now") people_.at(IdentityId{"bob"}).identity.kind = auth::IdentityKind::agent;
    EXPECT_EQ(use(request).error().kind, ErrorKind::approval_pending) << how;
    EXPECT_EQ(state_of(request.id), RequestState::pending) << how;
    open();
    EXPECT_TRUE(get(request.id).votes.at(0).lapsed) << how;
    add("bob", {"approvers"});
    EXPECT_EQ(use(request).error().kind, ErrorKind::conflict) << "what has lapsed does not come back";
    EXPECT_EQ(decide(request.id, "bob").error().kind, ErrorKind::conflict) << how;
    EXPECT_TRUE(decide(request.id, "eve").ok()) << how;
    EXPECT_TRUE(use(request).ok()) << how;
  }
  EXPECT_EQ(records<audit::ApprovalReopened>(), 3u);
  EXPECT_EQ(records<audit::ApprovalConsumed>(), 3u);
}

TEST_F(ApprovalAttacks, ARevokedFirstApproverDoesNotCountForTheSecondVote) {
  requirement_.approvals = 2;
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  remove("bob");
  ASSERT_TRUE(decide(request.id, "eve").ok());
  EXPECT_EQ(state_of(request.id), RequestState::pending);
  add("pam", {"approvers"});
  EXPECT_EQ(decide(request.id, "pam")->state, RequestState::approved);
}

TEST_F(ApprovalAttacks, ALapsedApprovalWhoseTimeIsOverExpires) {
  requirement_.expires_after = std::chrono::seconds(10);
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob", true, 9).ok());
  remove("bob");
  EXPECT_EQ(use(request, 20).error().kind, ErrorKind::approval_expired);
  EXPECT_EQ(state_of(request.id, 20), RequestState::expired);
}

TEST_F(ApprovalAttacks, ARestartBetweenApprovalAndRunLosesAndDoublesNothing) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  open();
  EXPECT_EQ(submit(2).state, RequestState::approved);
  EXPECT_TRUE(use(request).ok());
  open();
  EXPECT_EQ(use(request).error().kind, ErrorKind::conflict);
}

TEST_F(ApprovalAttacks, AClockThatJumpsApprovesAndRevivesNothing) {
  const ApprovalRequest pending = submit();
  EXPECT_FALSE(decide(pending.id, "bob", true, 100'000).ok()) << "forward: silence is a denial";
  EXPECT_EQ(state_of(pending.id, 1), RequestState::expired) << "and stays one when the clock is put right";
  const ApprovalRequest second = submit(1);
  ASSERT_TRUE(decide(second.id, "bob", true, 10).ok());
  EXPECT_EQ(use(second, 10'000).error().kind, ErrorKind::conflict) << "forward: the approval has lapsed";
  EXPECT_EQ(use(second, 11).error().kind, ErrorKind::conflict);
  const ApprovalRequest third = submit(20'000);
  ASSERT_TRUE(decide(third.id, "bob", true, 20'010).ok());
  EXPECT_EQ(use(third, 19'000).error().kind, ErrorKind::conflict) << "back: nobody knows how long ago that was";
  const ApprovalRequest fourth = submit(30'000);
  ASSERT_TRUE(decide(fourth.id, "bob", true, 30'010).ok());
  EXPECT_TRUE(use(fourth, 30'008).ok()) << "a clock that is adjusted by seconds does no harm";
}

TEST_F(ApprovalAttacks, AStoreThatCannotBeWrittenApprovesNothing) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  run("PRAGMA query_only = ON");  // as on a disk that is mounted read-only
  EXPECT_EQ(use(request).error().kind, ErrorKind::store_unavailable);
  EXPECT_EQ(decide(request.id, "eve").error().kind, ErrorKind::store_unavailable);
  held_.statement = "another";
  EXPECT_EQ(try_submit().error().kind, ErrorKind::store_unavailable);
  run("PRAGMA query_only = OFF");
  EXPECT_EQ(state_of(request.id), RequestState::approved);
  EXPECT_EQ(records<audit::ApprovalConsumed>(), 0u);
  EXPECT_TRUE(use(request).ok());
}

TEST_F(ApprovalAttacks, AFullDiskApprovesNothing) {
  const ApprovalRequest request = submit();
  run("PRAGMA max_page_count = 1");  // SQLite takes the present size then: no page more
  ErrorKind last = ErrorKind::internal;
  for (int i = 0; i < 1000 && last != ErrorKind::store_unavailable; ++i) {
    held_.statement = std::string(5000, 'x') + std::to_string(i);
    const auto filed = try_submit();
    if (!filed.ok()) last = filed.error().kind;
  }
  ASSERT_EQ(last, ErrorKind::store_unavailable);
  const auto voted = decide(request.id, "bob");
  if (!voted.ok()) {
    EXPECT_EQ(voted.error().kind, ErrorKind::store_unavailable);
    EXPECT_EQ(state_of(request.id), RequestState::pending);
  }
  run("PRAGMA max_page_count = 1000000");
  if (!voted.ok()) {
    ASSERT_TRUE(decide(request.id, "bob").ok());
  }
  EXPECT_TRUE(use(request).ok());
}

TEST_F(ApprovalAttacks, AStoreThatIsGoneApprovesNothing) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  run("ALTER TABLE audit_outbox RENAME TO gone");  // no record can be written
  EXPECT_EQ(use(request).error().kind, ErrorKind::store_unavailable);
  run("ALTER TABLE gone RENAME TO audit_outbox");
  EXPECT_EQ(state_of(request.id), RequestState::approved);
}

// Each write of each operation fails once: the operation must fail whole.
TEST_F(ApprovalAttacks, AnOperationThatFailsAtAnyWriteChangesNothing) {
  requirement_.remind_every = std::chrono::seconds(10);
  requirement_.standing = true;
  requirement_.break_glass_groups = {GroupId{"on-call"}};
  held_.shape = "copy";
  ApprovalRequest request;
  ApprovalRequest by_standing;
  struct Operation {
    std::string name;
    std::vector<std::string> writes;
    std::function<bool()> run;
  };
  const std::string filed = "INSERT ON approval_requests";
  const std::string changed = "UPDATE ON approval_requests";
  const std::string told = "INSERT ON approval_changes";
  const std::string recorded = "INSERT ON audit_outbox";
  const auto ended = [](std::int64_t second) { return approvals::Execution{"completed", 3, 3, std::chrono::microseconds(1), at_second(second)}; };
  const std::vector<Operation> operations{
      {"submit", {filed, told, recorded}, [&] {
         auto made = try_submit(5);
         if (made.ok()) request = *made;
         return made.ok();
       }},
      {"remind", {changed, told, recorded}, [&] { return approvals_->remind_due(at_second(16)).ok(); }},
      {"vote", {changed, "INSERT ON approval_votes", told, recorded}, [&] { return decide(request.id, "bob", true, 16).ok(); }},
      {"stand", {"INSERT ON standing_approvals", recorded}, [&] {
         const approvals::StandingWish wish{5, 100, std::chrono::hours(1)};
         return approvers_->make_standing(request.id, wish, vote_of("bob"), who("bob"), everybody(), at_second(16)).ok();
       }},
      {"use", {changed, told, recorded}, [&] { return use(request, 17).ok(); }},
      {"executed", {changed, told}, [&] { return approvals_->executed(request.id, ended(18)).ok(); }},
      {"lend", {"INSERT ON delegations", recorded}, [&] {
         auto made = approvals::make_delegation(who("bob"), who("mia"), {}, at_second(18), at_second(20), at_second(18));
         return approvers_->lend(std::move(made).value(), at_second(18)).ok();
       }},
      {"submit by standing", {filed, changed, told, recorded}, [&] {
         auto made = try_submit(19);
         if (made.ok()) by_standing = *made;
         return made.ok();
       }},
      {"use by standing", {"UPDATE ON standing_approvals", changed, told, recorded}, [&] { return use(by_standing, 19).ok(); }},
      {"executed by standing", {"UPDATE ON standing_approvals", changed, told}, [&] { return approvals_->executed(by_standing.id, ended(20)).ok(); }},
      {"broken glass", {}, [&] {
         held_.statement = "another";
         held_.shape = "other";
         auto made = try_submit(21);
         if (made.ok()) by_standing = *made;
         return made.ok() && break_glass(by_standing.id, "gil", 22).ok();
       }},
      {"review", {changed, told, recorded}, [&] { return review(by_standing.id, "eve", 23).ok(); }},
  };
  const auto content = [&] {
    return store_->use([](const Database& database) {
      std::string all;
      for (const char* sql : {"SELECT group_concat(id || state || waits || changed || reminders || standing || coalesce(execution, '') || "
                              "coalesce(review, '')) FROM approval_requests",
                              "SELECT group_concat(request || position || lapsed) FROM approval_votes", "SELECT count(*) FROM approval_changes",
                              "SELECT count(*) FROM audit_outbox", "SELECT count(*) FROM delegations",
                              "SELECT group_concat(id || ' ' || uses_left || ' ' || rows_left) FROM standing_approvals"}) {
        auto query = std::move(database.prepare(sql)).value();
        EXPECT_TRUE(*query.step());
        all += query.text(0) + "\n";
      }
      return all;
    });
  };
  for (const Operation& operation : operations) {
    for (const std::string& write : operation.writes) {
      const std::string before = content();
      run("CREATE TRIGGER fails AFTER " + write + " BEGIN SELECT RAISE(ABORT, 'disk'); END");
      EXPECT_FALSE(operation.run()) << operation.name << " " << write;
      run("DROP TRIGGER fails");
      EXPECT_EQ(content(), before) << operation.name << " " << write;
    }
    EXPECT_TRUE(operation.run()) << operation.name;
  }
  EXPECT_EQ(by_standing.id, get(by_standing.id, 24).id);
  EXPECT_EQ(approvers_->standing(false, at_second(24))->at(0).rows_left, 97u) << "of a run only its rows are taken off";
}

// A gateway is killed while it files, decides and uses: no approval without its records, none used twice.
TEST_F(ApprovalAttacks, KillingTheGatewayAtAnyPointLeavesRequestAndRecordsInStep) {
  approvals_.reset();
  approvers_.reset();
  store_.reset();
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto opened = Store::open(scratch_ / "store.db");
      if (!opened.ok()) _exit(1);
      ApprovalStore approvals(**opened);
      for (int i = 0;; ++i) {
        held_.statement = "statement " + std::to_string(round) + " " + std::to_string(i);
        auto filed = approvals.submit(held_, requirement_, at_second(0), everybody());
        if (!filed.ok()) _exit(2);
        static_cast<void>(approvals.apply(filed->id, approvals::Decided{vote_of("bob"), who("bob")}, at_second(1), everybody()));
        static_cast<void>(approvals.apply(filed->id, approvals::Used{filed->digest}, at_second(2), everybody()));
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(40 + 13 * round));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  }
  open();
  std::map<RequestId, std::vector<std::string>> told;
  for (std::uint64_t after = 0;;) {
    const auto outbox = AuditStore(*store_).outbox(after);
    ASSERT_TRUE(outbox.ok());
    if (outbox->empty()) break;
    for (const audit::Record& record : *outbox) {
      after = record.source.number;
      if (const auto* event = std::get_if<audit::ApprovalRequested>(&record.event)) told[event->request].emplace_back("filed");
      if (const auto* event = std::get_if<audit::ApprovalDecided>(&record.event)) told[event->request].emplace_back("approved");
      if (const auto* event = std::get_if<audit::ApprovalConsumed>(&record.event)) told[event->request].emplace_back("consumed");
    }
  }
  ASSERT_FALSE(told.empty());
  const std::map<RequestState, std::vector<std::string>> expected{{RequestState::pending, {"filed"}},
                                                                  {RequestState::approved, {"filed", "approved"}},
                                                                  {RequestState::consumed, {"filed", "approved", "consumed"}}};
  for (const auto& [id, kinds] : told) EXPECT_EQ(kinds, expected.at(state_of(id))) << id.text;
  const std::size_t rows = store_->use([](const Database& database) {
    auto query = std::move(database.prepare("SELECT count(*) FROM approval_requests")).value();
    EXPECT_TRUE(*query.step());
    return static_cast<std::size_t>(query.number(0));
  });
  EXPECT_EQ(rows, told.size());
}

}  // namespace
}  // namespace sluice::store
