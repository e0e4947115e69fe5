// What approvers do besides voting, over a real store.
#include "unit/store/approval_stage.h"

namespace sluice::store {
namespace {

using approvals::ApprovalRequest;
using approvals::at_second;
using approvals::RequestState;
using Names = std::vector<std::string>;

class Approvers : public ApprovalStage {
 protected:
  Result<approvals::Delegation> lend(const std::string& from, const std::string& to, std::int64_t starts = 0, std::int64_t ends = 1000) {
    auto made = approvals::make_delegation(who(from), who(to), {}, at_second(starts), at_second(ends), at_second(0));
    if (!made.ok()) return made;
    return approvers_->lend(std::move(made).value(), at_second(0));
  }
  Result<approvals::StandingApproval> stand(const RequestId& from, const std::string& person, approvals::StandingWish wish = {2, 100, std::chrono::hours(1)},
                                            std::int64_t second = 2) {
    return approvers_->make_standing(from, wish, vote_of(person), who(person), everybody(), at_second(second));
  }
  void may_stand() {
    requirement_.standing = true;
    held_.shape = "COPY (SELECT email FROM customers) TO STDOUT";
  }
};

TEST_F(Approvers, ANobodyThatMayApproveIsToldAtOnce) {
  requirement_.approver_groups = {GroupId{"ghosts"}};
  EXPECT_EQ(try_submit().error().kind, ErrorKind::approval_denied);
  EXPECT_TRUE(approvals_->list(false, at_second(0))->empty());
  requirement_ = approvals::sample_requirement();
  requirement_.approvals = 3;
  EXPECT_FALSE(try_submit().ok()) << "alice owns the requester";
  add("pam", {"approvers"}, false);
  EXPECT_FALSE(try_submit().ok()) << "pam has nothing to decide with";
  run("INSERT INTO channel_accounts VALUES ('slack', 'T1/U1', 'pam', 0)");
  EXPECT_TRUE(try_submit().ok());
  requirement_.approver_groups = {GroupId{"ghosts"}};
  requirement_.break_glass_groups = {GroupId{"on-call"}};
  EXPECT_TRUE(try_submit().ok()) << "somebody may break the glass";
}

TEST_F(Approvers, RemindersAndEscalationHappenOnceEach) {
  requirement_.remind_every = std::chrono::seconds(20);
  requirement_.escalate_after = std::chrono::seconds(30);
  requirement_.escalation_groups = {GroupId{"leads"}};
  const ApprovalRequest request = submit();
  EXPECT_FALSE(decide(request.id, "dan", true, 5).ok());
  EXPECT_EQ(*approvals_->remind_due(at_second(19)), 0u);
  EXPECT_EQ(*approvals_->remind_due(at_second(20)), 1u);
  EXPECT_EQ(*approvals_->remind_due(at_second(21)), 0u);
  open();
  EXPECT_EQ(*approvals_->remind_due(at_second(22)), 0u) << "also after a restart";
  EXPECT_EQ(*approvals_->remind_due(at_second(65)), 1u) << "two that were missed are one";
  EXPECT_EQ(changes(), (Names{"filed", "reminded", "escalated", "reminded"}));
  EXPECT_EQ(get(request.id).reminders, 3u);
  EXPECT_EQ(records<audit::ApprovalReminded>(), 2u);
  EXPECT_EQ(records<audit::ApprovalEscalated>(), 1u);
  EXPECT_EQ(decide(request.id, "dan", true, 66)->state, RequestState::approved);
  EXPECT_EQ(*approvals_->remind_due(at_second(90)), 0u);
  EXPECT_TRUE(use(request, 67).ok());
}

TEST_F(Approvers, AReasonIsNeededWhereTheRuleSaysSo) {
  requirement_.reason_required = true;
  const ApprovalRequest request = submit();
  const approvals::Decided bare{vote_of("bob", true, ""), who("bob")};
  EXPECT_EQ(approvals_->apply(request.id, bare, at_second(1), everybody()).error().kind, ErrorKind::bad_request);
  EXPECT_TRUE(decide(request.id, "bob").ok());
}

TEST_F(Approvers, ALentRightIsTheLendersAndNoMore) {
  requirement_.approvals = 2;
  const ApprovalRequest request = submit();
  EXPECT_EQ(decide(request.id, "mia").error().kind, ErrorKind::denied);
  const auto lent = lend("bob", "mia");
  ASSERT_TRUE(lent.ok());
  ASSERT_TRUE(lend("mia", "dan").error().kind == ErrorKind::bad_request) << "mia has no groups of her own: nothing to lend on";
  const auto voted = decide(request.id, "mia");
  ASSERT_TRUE(voted.ok());
  EXPECT_EQ(voted->votes[0].on_behalf_of.text, "bob");
  EXPECT_EQ(decide(request.id, "bob").error().kind, ErrorKind::conflict) << "bob has been counted";
  EXPECT_EQ(decide(request.id, "eve")->state, RequestState::approved);
  ASSERT_TRUE(approvers_->revoke(lent->id, IdentityId{"bob"}, at_second(1)).ok());
  EXPECT_EQ(use(request).error().kind, ErrorKind::approval_pending) << "what was taken back takes its votes along";
  EXPECT_EQ(records<audit::RightDelegated>(), 1u);
  EXPECT_EQ(records<audit::DelegationRevoked>(), 1u);
}

TEST_F(Approvers, ALentRightNeverServesTheRequestersSide) {
  const ApprovalRequest request = submit();
  ASSERT_TRUE(lend("alice", "mia").ok());
  EXPECT_EQ(decide(request.id, "mia").error().kind, ErrorKind::denied) << "alice owns the agent";
  ASSERT_TRUE(lend("bob", "alice").ok());
  EXPECT_EQ(decide(request.id, "alice").error().kind, ErrorKind::denied);
  ASSERT_TRUE(lend("bob", "mia", 50, 60).ok());
  EXPECT_EQ(decide(request.id, "mia", true, 49).error().kind, ErrorKind::denied) << "not yet";
  EXPECT_EQ(decide(request.id, "mia", true, 60).error().kind, ErrorKind::denied) << "not any more";
  EXPECT_TRUE(decide(request.id, "mia", true, 59).ok());
  EXPECT_TRUE(use(request, 70).ok()) << "it was lent for deciding, and the decision was in time";
  EXPECT_FALSE(lend("bob", "eve", 0, 31 * 24 * 3600).ok()) << "too long";
  EXPECT_FALSE(lend("bob", "bob").ok());
  EXPECT_EQ(approvers_->revoke(approvers_->delegations(IdentityId{"mia"})->front().id, IdentityId{"eve"}, at_second(1)).error().kind, ErrorKind::not_found);
}

TEST_F(Approvers, ABrokenGlassMustBeReviewedByAnother) {
  requirement_.approvals = 2;
  requirement_.break_glass_groups = {GroupId{"on-call"}};
  const ApprovalRequest request = submit();
  EXPECT_EQ(break_glass(request.id, "bob").error().kind, ErrorKind::denied);
  EXPECT_EQ(break_glass(request.id, "alice").error().kind, ErrorKind::denied) << "on call, but the owner";
  EXPECT_EQ(break_glass(request.id, "gil")->state, RequestState::approved);
  EXPECT_TRUE(use(request).ok());
  ASSERT_EQ(approvals_->to_review()->size(), 1u);
  open();
  ASSERT_EQ(approvals_->to_review()->size(), 1u);
  EXPECT_EQ(review(request.id, "gil").error().kind, ErrorKind::denied);
  EXPECT_EQ(review(request.id, "alice").error().kind, ErrorKind::denied);
  held_.statement = "another";
  constexpr std::int64_t kDay = 24 * 3600;
  EXPECT_TRUE(break_glass(submit(100).id, "gil", 101).ok()) << "an emergency takes more than one statement";
  held_.statement = "a third";
  const ApprovalRequest late = submit(kDay + 200);
  EXPECT_EQ(break_glass(late.id, "gil", kDay + 201).error().kind, ErrorKind::denied) << "but reviews do not wait for ever";
  const auto unreviewed = approvals_->to_review();
  for (const ApprovalRequest& broken : *unreviewed) EXPECT_TRUE(review(broken.id, "eve", kDay + 202).ok());
  EXPECT_EQ(review(request.id, "bob", kDay + 203).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(approvals_->to_review()->empty());
  EXPECT_TRUE(break_glass(late.id, "gil", kDay + 204).ok());
  EXPECT_EQ(records<audit::ApprovalReviewed>(), 2u);
}

TEST_F(Approvers, AStandingApprovalLetsItsShapeThroughWhileItLasts) {
  may_stand();
  const ApprovalRequest request = submit();
  EXPECT_EQ(stand(request.id, "bob").error().kind, ErrorKind::conflict) << "not approved yet";
  ASSERT_TRUE(decide(request.id, "bob").ok());
  EXPECT_EQ(stand(request.id, "alice").error().kind, ErrorKind::denied);
  EXPECT_EQ(stand(request.id, "bob", {101, 10, std::chrono::hours(1)}).error().kind, ErrorKind::bad_request) << "above the rule's limit";
  const auto standing = stand(request.id, "bob");
  ASSERT_TRUE(standing.ok());
  ASSERT_TRUE(use(request).ok());
  for (int i = 0; i < 2; ++i) {
    held_.statement = "literal " + std::to_string(i);
    const ApprovalRequest by_it = submit(3 + i);
    ASSERT_EQ(by_it.state, RequestState::approved);
    EXPECT_EQ(by_it.standing, standing->id);
    EXPECT_EQ(approvals::row_ceiling(by_it), i == 0 ? 100u : 60u);
    ASSERT_TRUE(use(by_it, 3 + i).ok());
    EXPECT_EQ(use(by_it, 3 + i).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(approvals_->executed(by_it.id, {"completed", 40, 1, std::chrono::microseconds(1), at_second(4)}).ok());
  }
  held_.statement = "literal 3";
  EXPECT_EQ(submit(6).state, RequestState::pending) << "its uses are used up";
  EXPECT_EQ(records<audit::ApprovalByStanding>(), 2u);
  EXPECT_TRUE(approvers_->standing(true, at_second(6))->empty());
  EXPECT_EQ(approvers_->standing(false, at_second(6))->front().uses, 2u);
}

TEST_F(Approvers, AStandingApprovalCoversNothingElse) {
  may_stand();
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  ASSERT_TRUE(stand(request.id, "bob", {50, 1000, std::chrono::hours(1)}).ok());
  const approvals::HeldStatement held = held_;
  const policy::RequireApproval requirement = requirement_;
  const std::vector<std::function<void()>> others{
      [&] { held_.shape = "other"; },
      [&] { held_.requester.id.text = "bot2"; },
      [&] { held_.requester.acts_for.text = "dan"; },
      [&] { held_.upstream_role = "postgres"; },
      [&] { held_.system_identifier = "other"; },
      [&] { held_.search_path = {"evil"}; },
      [&] { ++held_.versions.catalog; },
      [&] { held_.columns.push_back({"public.customers.ssn", {"pii"}, "output", false}); },
      [&] { held_.columns[0].masked = false; },
      [&] { held_.actions.push_back("ddl"); },
      [&] { held_.clear_columns = {"public.customers.email"}; },
      [&] { held_.parameters[0].type = 17; },
      [&] { requirement_.rule.text = "other"; },
      [&] { requirement_.approvals = 2; },
      [&] { requirement_.standing = false; },
  };
  for (std::size_t i = 0; i < others.size(); ++i) {
    held_ = held;
    requirement_ = requirement;
    held_.statement = "variant " + std::to_string(i);
    others[i]();
    EXPECT_EQ(submit(3).state, RequestState::pending) << i;
  }
}

TEST_F(Approvers, AStandingApprovalEndsWithTheRightOfWhoAgreedAndByRevocation) {
  may_stand();
  requirement_.approvals = 2;
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  ASSERT_TRUE(decide(request.id, "eve").ok());
  const auto standing = stand(request.id, "bob", {50, 1000, std::chrono::hours(1)});
  ASSERT_TRUE(standing.ok());
  ASSERT_TRUE(use(request).ok());
  held_.statement = "one";
  EXPECT_EQ(submit(3).state, RequestState::pending) << "two must agree, as the rule says";
  EXPECT_EQ(approvers_->agree(standing->id, vote_of("bob"), who("bob"), everybody(), at_second(3)).error().kind, ErrorKind::conflict);
  ASSERT_TRUE(approvers_->agree(standing->id, vote_of("eve"), who("eve"), everybody(), at_second(3)).ok());
  EXPECT_EQ(submit(4).state, RequestState::approved) << "also what was pending";
  remove("eve");
  add("pam", {"approvers"});
  EXPECT_EQ(use(submit(5), 5).error().kind, ErrorKind::approval_pending);
  add("eve", {"approvers"});
  const ApprovalRequest two = submit(6);
  EXPECT_EQ(two.state, RequestState::approved);
  EXPECT_EQ(approvers_->revoke_standing(standing->id, who("mia"), "no", everybody(), at_second(6)).error().kind, ErrorKind::denied);
  ASSERT_TRUE(approvers_->revoke_standing(standing->id, who("alice"), "enough", everybody(), at_second(6)).ok());
  EXPECT_EQ(use(two, 7).error().kind, ErrorKind::approval_pending) << "between approval and run";
  EXPECT_EQ(submit(8).state, RequestState::pending);
}

TEST_F(Approvers, ThereIsNoStandingApprovalForWhatLiteralsMakeDangerous) {
  may_stand();
  const approvals::HeldStatement held = held_;
  const std::vector<std::function<void()>> dangers{
      [&] { held_.actions = {"ddl"}; },         [&] { held_.actions = {"role_change"}; }, [&] { held_.actions = {"secret_rotation"}; },
      [&] { held_.actions = {"server_file"}; }, [&] { held_.actions = {"code"}; },        [&] { held_.clear_columns = {"public.customers.email"}; },
      [&] { held_.shape.clear(); },             [&] { held_.columns = {{"public.customers.email", {"pii"}, "predicate", false}}; },
  };
  for (std::size_t i = 0; i < dangers.size(); ++i) {
    held_ = held;
    held_.statement = "danger " + std::to_string(i);
    dangers[i]();
    const ApprovalRequest request = submit();
    ASSERT_TRUE(decide(request.id, "bob").ok());
    EXPECT_EQ(stand(request.id, "bob").error().kind, ErrorKind::bad_request) << i;
  }
}

TEST_F(Approvers, TwoRunsOfAStandingApprovalShareItsRows) {
  may_stand();
  requirement_.max_rows = 60;
  const ApprovalRequest request = submit();
  ASSERT_TRUE(decide(request.id, "bob").ok());
  ASSERT_TRUE(stand(request.id, "bob", {5, 100, std::chrono::hours(1)}).ok());
  held_.statement = "one";
  const ApprovalRequest one = submit(3);
  held_.statement = "two";
  const ApprovalRequest two = submit(3);
  EXPECT_EQ(approvals::row_ceiling(one), 60u);
  EXPECT_TRUE(use(one, 4).ok());
  EXPECT_EQ(use(two, 4).error().kind, ErrorKind::approval_pending) << "40 rows are left, and it was promised 60";
  EXPECT_EQ(approvals::row_ceiling(submit(5)), 40u);
}

}  // namespace
}  // namespace sluice::store
