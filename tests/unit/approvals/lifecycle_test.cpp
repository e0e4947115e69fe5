#include "approvals/lifecycle.h"

#include <gtest/gtest.h>

#include "unit/approvals/held.h"

namespace sluice::approvals {
namespace {

constexpr RequestState kStates[] = {RequestState::pending, RequestState::approved,  RequestState::denied,
                                    RequestState::expired, RequestState::withdrawn, RequestState::consumed};

Decided vote(const std::string& who, bool approve) { return {{IdentityId{who}, approve, "", {}, "cli"}, person(who)}; }

ApprovalRequest in_state(RequestState state) {
  ApprovalRequest request = sample_request();
  request.state = state;
  if (state == RequestState::approved) {
    request.valid_until = at_second(60);
    request.votes = {{IdentityId{"eve"}, true, "", at_second(1), "cli"}};
  }
  return request;
}

TEST(Lifecycle, OnlyTheseTransitionsAreLegal) {
  const Digest bound = sample_request().digest;
  const People people = sample_people();
  const Event events[] = {vote("bob", true), vote("bob", false), Withdrawn{"left"}, Used{bound}, Used{sha256("other")}};
  for (const RequestState state : kStates) {
    for (std::size_t event = 0; event < std::size(events); ++event) {
      const auto after = apply(in_state(state), events[event], at_second(10), people);
      std::optional<RequestState> expected;
      if (state == RequestState::pending && event == 0) expected = RequestState::approved;
      if (state == RequestState::pending && event == 1) expected = RequestState::denied;
      if (state == RequestState::pending && event == 2) expected = RequestState::withdrawn;
      if (state == RequestState::approved && event == 2) expected = RequestState::withdrawn;
      if (state == RequestState::approved && event == 3) expected = RequestState::consumed;
      EXPECT_EQ(after.ok(), expected.has_value()) << to_text(state) << " " << event;
      if (after.ok() && expected) {
        EXPECT_EQ(after->state, *expected);
      }
      if (!after.ok()) {
        EXPECT_EQ(after.error().kind, ErrorKind::conflict);
      }
    }
  }
}

TEST(Lifecycle, SilenceIsADenialAndAnApprovalLapses) {
  EXPECT_EQ(state_at(in_state(RequestState::pending), at_second(99)), RequestState::pending);
  EXPECT_EQ(state_at(in_state(RequestState::pending), at_second(100)), RequestState::expired);
  EXPECT_EQ(state_at(in_state(RequestState::approved), at_second(59)), RequestState::approved);
  EXPECT_EQ(state_at(in_state(RequestState::approved), at_second(60)), RequestState::expired);
  ApprovalRequest endless = in_state(RequestState::approved);
  endless.valid_until.reset();
  EXPECT_EQ(state_at(endless, at_second(0)), RequestState::expired);
  for (const RequestState state : {RequestState::denied, RequestState::expired, RequestState::withdrawn, RequestState::consumed}) {
    EXPECT_EQ(state_at(in_state(state), at_second(1'000'000)), state);
  }
}

TEST(Lifecycle, NothingHappensToARequestWhoseTimeIsOver) {
  EXPECT_FALSE(apply(in_state(RequestState::pending), vote("bob", true), at_second(100)).ok());
  EXPECT_FALSE(apply(in_state(RequestState::approved), Used{sample_request().digest}, at_second(60)).ok());
}

TEST(Lifecycle, AnApprovalIsGoodForItsTimeFromTheDecisionOn) {
  const auto approved = apply(sample_request(), vote("bob", true), at_second(30));
  ASSERT_TRUE(approved.ok());
  EXPECT_EQ(approved->valid_until, at_second(80));
  EXPECT_EQ(approved->votes.at(0).at, at_second(30));
}

TEST(Lifecycle, SeveralDistinctPeopleAreNeededWhereTheRuleSaysSo) {
  ApprovalRequest request = sample_request();
  request.requirement.approvals = 2;
  const People people = sample_people();
  const auto first = apply(request, vote("bob", true), at_second(1), people);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->state, RequestState::pending);
  EXPECT_EQ(apply(*first, vote("bob", true), at_second(2), people).error().kind, ErrorKind::conflict);
  EXPECT_EQ(apply(*first, vote("eve", true), at_second(2), people)->state, RequestState::approved);
  EXPECT_EQ(apply(*first, vote("eve", false), at_second(2), people)->state, RequestState::denied);
}

TEST(Lifecycle, WhoAsksOrOwnsOrIsActedForCannotDecide) {
  for (const char* involved : {"bot", "alice", "carol"}) {
    for (const bool approve : {true, false}) {
      const auto after = apply(sample_request(), vote(involved, approve), at_second(1));
      ASSERT_FALSE(after.ok()) << involved;
      EXPECT_EQ(after.error().kind, ErrorKind::denied);
    }
  }
}

TEST(Lifecycle, OnlyAPersonOfAnApproverGroupCanDecide) {
  auth::Identity agent = person("robot");
  agent.kind = auth::IdentityKind::agent;
  EXPECT_FALSE(may_decide(sample_request(), agent).ok());
  auth::Identity stranger = person("bob");
  stranger.groups = {GroupId{"engineers"}};
  EXPECT_FALSE(may_decide(sample_request(), stranger).ok());
  auth::Identity nameless = person("");
  EXPECT_FALSE(may_decide(sample_request(), nameless).ok());
  EXPECT_TRUE(may_decide(sample_request(), person("bob")).ok());
}

TEST(Lifecycle, WithoutApproverGroupsNobodyCanDecide) {
  ApprovalRequest request = sample_request();
  request.requirement.approver_groups.clear();
  EXPECT_FALSE(may_decide(request, person("bob")).ok());
  request.requirement.approvals = 0;
  EXPECT_FALSE(apply(request, Used{request.digest}, at_second(1)).ok());
}

TEST(Lifecycle, WhoMayNotDecideLearnsNothingOfTheState) {
  const auto open = apply(in_state(RequestState::pending), vote("alice", true), at_second(1));
  const auto closed = apply(in_state(RequestState::consumed), vote("alice", true), at_second(1));
  EXPECT_EQ(open.error(), closed.error());
}

}  // namespace
}  // namespace sluice::approvals
