// Every state that a request can get into within some events, against a model that knows nothing of the code.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <iostream>
#include <set>

#include "approvals/lifecycle.h"
#include "unit/approvals/held.h"

namespace sluice::approvals {
namespace {

// alice owns the requester, carol is acted for, robot is an agent: all three are in the approver group. mia is in no group, and
// bob has lent her his right. dan is let in by the escalation, gil may break the glass.
enum Who { bob, eve, dan, mia, alice, carol, robot, gil };
constexpr const char* kNames[] = {"bob", "eve", "dan", "mia", "alice", "carol", "robot", "gil"};

enum class What { approve, deny, glass, review, use, use_other, withdraw, bob_leaves, bob_returns, take_back, later, set_back, tick };
struct Step {
  What what;
  Who who = bob;
};
constexpr Step kSteps[] = {{What::approve, bob},   {What::approve, eve}, {What::approve, dan}, {What::approve, mia}, {What::approve, alice},
                           {What::approve, carol}, {What::approve, robot}, {What::approve, gil}, {What::deny, bob},   {What::deny, alice},
                           {What::glass, gil},     {What::glass, bob},   {What::review, eve},  {What::review, gil},  {What::review, alice},
                           {What::use},            {What::use_other},    {What::withdraw},     {What::bob_leaves},   {What::bob_returns},
                           {What::take_back},      {What::later},        {What::set_back},     {What::tick}};

constexpr int kExpires = 100;
constexpr int kValid = 50;
constexpr int kEscalates = 60;

struct ModelVote {
  Who who;
  int lender;  // -1: nobody
  bool approve;
  bool glass;
  bool lapsed;
  int at;
};

/// Times in seconds. States as in the documentation's picture.
struct Model {
  std::size_t needed = 1;
  RequestState state = RequestState::pending;
  int now = 0;
  int valid_until = -1;
  std::vector<ModelVote> votes;
  bool bob_is_member = true;
  bool lent = true;
  bool escalated = false;
  bool reviewed = false;

  RequestState seen() const {
    if (state != RequestState::pending && state != RequestState::approved) return state;
    const int stamp = votes.empty() ? 0 : std::max(0, votes.back().at);
    if (now + 60 < stamp) return RequestState::expired;
    return now >= (state == RequestState::pending ? kExpires : valid_until) ? RequestState::expired : state;
  }
  bool may(Who who) const {
    return who == eve || (who == bob && bob_is_member) || (who == dan && escalated) || (who == mia && lent && bob_is_member);
  }
  bool spoke(Who who) const {
    return std::any_of(votes.begin(), votes.end(), [&](const ModelVote& vote) { return vote.who == who || vote.lender == who; });
  }
  bool enough(bool all_but_last) {
    std::size_t people = 0;
    bool glass = false;
    for (std::size_t i = 0; i < votes.size(); ++i) {
      ModelVote& vote = votes[i];
      if (!vote.approve) continue;
      const bool fresh = all_but_last && i + 1 == votes.size();
      if (!fresh && !(vote.glass ? vote.who == gil : may(vote.who))) vote.lapsed = true;
      if (vote.lapsed) continue;
      if (vote.glass) {
        glass = true;
        break;
      }
      ++people;
    }
    return glass || people >= needed;
  }
  bool vote(Who who, bool approve, bool glass) {
    if (glass ? who != gil : !may(who)) return false;
    if (seen() != RequestState::pending) return false;
    if (glass) {
      for (const ModelVote& vote : votes) {
        if (vote.glass && vote.who == who) return false;
      }
    } else if (spoke(who) || (who == mia && spoke(bob))) {
      return false;
    }
    votes.push_back({who, who == mia && !glass ? int{bob} : -1, approve, glass, false, now});
    if (!approve) {
      state = RequestState::denied;
    } else if (enough(true)) {
      state = RequestState::approved;
      valid_until = now + kValid;
    }
    return true;
  }
  bool glass_broken() const {
    return std::any_of(votes.begin(), votes.end(), [](const ModelVote& vote) { return vote.glass; });
  }
  /// False: refused, and nothing has changed.
  bool step(const Step& step) {
    switch (step.what) {
      case What::approve: return vote(step.who, true, false);
      case What::deny: return vote(step.who, false, false);
      case What::glass: return vote(step.who, true, true);
      case What::review:
        // Who broke it is gil, and the owner is involved.
        if (step.who != eve || !glass_broken() || reviewed) return false;
        state = seen();
        reviewed = true;
        return true;
      case What::use_other: return false;
      case What::use:
        if (seen() != RequestState::approved) return false;
        if (enough(false)) {
          state = RequestState::consumed;
        } else {
          state = RequestState::pending;
          valid_until = -1;
          state = seen();
        }
        return true;
      case What::withdraw:
        if (seen() != RequestState::pending && seen() != RequestState::approved) return false;
        state = RequestState::withdrawn;
        return true;
      case What::bob_leaves: bob_is_member = false; return true;
      case What::bob_returns: bob_is_member = true; return true;
      case What::take_back: lent = false; return true;
      case What::later: now += 45; return true;
      case What::set_back: now -= 90; return true;
      case What::tick:
        if (seen() == RequestState::pending && now >= kEscalates) escalated = true;
        return true;
    }
    return false;
  }
  std::string text() const {
    std::string key = std::to_string(static_cast<int>(state)) + "/" + std::to_string(now) + "/" + std::to_string(valid_until);
    for (const bool flag : {bob_is_member, lent, escalated, reviewed}) key += flag ? '1' : '0';
    for (const ModelVote& vote : votes) {
      key += "|" + std::to_string(vote.who) + (vote.approve ? "+" : "-") + (vote.glass ? "g" : "") + (vote.lapsed ? "x" : "") + std::to_string(vote.at);
    }
    return key;
  }
};

auth::Identity identity_of(Who who, bool bob_is_member) {
  auth::Identity identity = person(kNames[who]);
  if (who == robot) identity.kind = auth::IdentityKind::agent;
  if (who == mia || (who == bob && !bob_is_member)) identity.groups = {};
  if (who == dan) identity.groups = {GroupId{"leads"}};
  if (who == gil) identity.groups = {GroupId{"on-call"}};
  return identity;
}

People people_of(const Model& model) {
  std::vector<auth::Identity> identities;
  for (const Who who : {bob, eve, dan, mia, alice, carol, robot, gil}) identities.push_back(identity_of(who, model.bob_is_member));
  People people = approvals::people_of(identities);
  Delegation lent;
  lent.lender.text = "bob";
  lent.delegate.text = "mia";
  lent.groups = {GroupId{"approvers"}};
  lent.starts = at_second(-1000);
  lent.ends = at_second(1000);
  if (model.lent) people.delegations = {lent};
  return people;
}

/// The same step of the real thing; nothing: refused.
std::optional<ApprovalRequest> step_of(const ApprovalRequest& request, const Model& before, const Step& step) {
  const Timestamp now = at_second(before.now);
  const auto decided = [&](bool approve, bool glass) {
    Vote vote{IdentityId{kNames[step.who]}, approve, "because", {}, "cli"};
    vote.break_glass = glass;
    return Decided{vote, identity_of(step.who, before.bob_is_member)};
  };
  std::optional<Event> event;
  switch (step.what) {
    case What::approve: event = decided(true, false); break;
    case What::deny: event = decided(false, false); break;
    case What::glass: event = decided(true, true); break;
    case What::review:
      event = Reviewed{{IdentityId{kNames[step.who]}, true, "looked at it", {}, "cli"}, identity_of(step.who, before.bob_is_member)};
      break;
    case What::use: event = Used{request.digest}; break;
    case What::use_other: event = Used{sha256("another statement")}; break;
    case What::withdraw: event = Withdrawn{"left"}; break;
    case What::tick: return after_due(request, now);
    case What::bob_leaves:
    case What::bob_returns:
    case What::take_back:
    case What::later:
    case What::set_back: return request;
  }
  auto after = apply(request, *event, now, people_of(before));
  if (!after.ok()) return std::nullopt;
  return *after;
}

/// What must hold whatever the model says.
void check_laws(const ApprovalRequest& before, const ApprovalRequest& after, const Step& step, const Model& model) {
  std::multiset<IdentityId> counted;
  bool glass = false;
  for (const Vote& vote : after.votes) {
    for (const char* never : {"alice", "carol", "robot", "bot"}) ASSERT_NE(vote.approver.text, never);
    if (vote.break_glass) {
      ASSERT_EQ(vote.approver.text, "gil");
      glass = glass || !vote.lapsed;
      continue;
    }
    ASSERT_EQ(counted.count(vote.approver), 0u);
    counted.insert(vote.approver);
    if (vote.on_behalf_of.empty()) continue;
    ASSERT_EQ(counted.count(vote.on_behalf_of), 0u);
    counted.insert(vote.on_behalf_of);
  }
  if (before.state != after.state) {
    ASSERT_TRUE(is_open(before.state)) << "nothing follows an end";
    if (after.state == RequestState::approved) {
      ASSERT_TRUE(step.what == What::approve || step.what == What::glass) << "silence and time approve nothing";
    }
  }
  if (after.state == RequestState::consumed && before.state != RequestState::consumed) {
    ASSERT_EQ(step.what, What::use);
    ASSERT_EQ(before.state, RequestState::approved);
    std::size_t entitled = 0;
    for (const Vote& vote : after.votes) {
      if (vote.lapsed || vote.break_glass || !vote.approve) continue;
      const bool right = vote.approver.text == "eve" || vote.approver.text == "dan" || (vote.approver.text == "bob" && model.bob_is_member) ||
                         (vote.approver.text == "mia" && model.bob_is_member && model.lent);
      if (right) ++entitled;
    }
    ASSERT_TRUE(glass || entitled >= after.requirement.approvals);
    ASSERT_LT(at_second(model.now), *before.valid_until);
  }
}

class LifecycleModel : public testing::TestWithParam<std::uint32_t> {};

TEST_P(LifecycleModel, EveryReachableStateIsAsTheModelSays) {
  constexpr int kDepth = 7;
  ApprovalRequest request = sample_request();
  request.requirement.approvals = GetParam();
  request.requirement.escalate_after = std::chrono::seconds(kEscalates);
  request.requirement.escalation_groups = {GroupId{"leads"}};
  request.requirement.break_glass_groups = {GroupId{"on-call"}};
  request.digest = digest_of(request.held, request.requirement);
  struct Node {
    ApprovalRequest request;
    Model model;
    int depth;
    std::string path;
  };
  Model first;
  first.needed = GetParam();
  std::deque<Node> todo{{request, first, 0, ""}};
  std::set<std::string> known{first.text()};
  std::size_t steps = 0;
  std::set<RequestState> states;
  while (!todo.empty()) {
    const Node node = std::move(todo.front());
    todo.pop_front();
    for (std::size_t i = 0; i < std::size(kSteps); ++i) {
      ++steps;
      Model expected = node.model;
      const bool accepted = expected.step(kSteps[i]);
      const auto after = step_of(node.request, node.model, kSteps[i]);
      const std::string path = node.path + " " + std::to_string(i);
      ASSERT_EQ(after.has_value(), accepted) << path;
      if (!after) continue;
      ASSERT_EQ(after->state, expected.state) << path;
      ASSERT_EQ(state_at(*after, at_second(expected.now)), expected.seen()) << path;
      ASSERT_EQ(after->votes.size(), expected.votes.size()) << path;
      for (std::size_t v = 0; v < expected.votes.size(); ++v) ASSERT_EQ(after->votes[v].lapsed, expected.votes[v].lapsed) << path;
      ASSERT_EQ(after->escalated.has_value(), expected.escalated) << path;
      ASSERT_EQ(awaits_review(*after), expected.glass_broken() && !expected.reviewed) << path;
      ASSERT_NO_FATAL_FAILURE(check_laws(node.request, *after, kSteps[i], node.model)) << path;
      states.insert(after->state);
      if (expected.now > 150 || expected.now < -100 || node.depth + 1 >= kDepth || !known.insert(expected.text()).second) continue;
      todo.push_back({*after, expected, node.depth + 1, path});
    }
  }
  EXPECT_EQ(states.size(), 6u);
  RecordProperty("states", static_cast<int>(known.size()));
  RecordProperty("steps", static_cast<int>(steps));
  std::cout << known.size() << " states, " << steps << " steps\n";
}

INSTANTIATE_TEST_SUITE_P(Needed, LifecycleModel, testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace sluice::approvals
