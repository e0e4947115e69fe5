#include "channels/teams_view.h"

#include <algorithm>
#include <utility>

#include "approvals/lifecycle.h"
#include "channels/routes.h"

namespace sluice::channels {
namespace {

using approvals::RequestState;

bool has_voted(const approvals::ApprovalRequest& request, const IdentityId& person) {
  return std::any_of(request.votes.begin(), request.votes.end(), [&](const approvals::Vote& vote) { return vote.approver == person; });
}

Status may_decide(const TeamsParts& parts, const TeamsSight& sight, const auth::Identity& person) {
  return approvals::may_decide(sight.request, person, parts.backend.clock.now(), sight.people);
}

std::vector<IdentityId> who_may_decide(const TeamsParts& parts, const TeamsSight& sight) {
  std::vector<IdentityId> people;
  for (const auto& [id, entry] : parts.backend.board.config()->identities) {
    if (people.size() < kMaxRefreshUsers && may_decide(parts, sight, entry.identity).ok()) people.push_back(id);
  }
  return people;
}

TeamsCardOptions options_of(const TeamsParts& parts, const TeamsSight& sight, const TeamsCopy& copy) {
  TeamsCardOptions options;
  options.nonce = copy.nonce;
  options.shown = shown_of(sight.card);
  options.link = link_to(parts.config, sight.request.id);
  options.refresh_users = sight.refresh_users;
  return options;
}

}  // namespace

net::awaitable<Result<TeamsSight>> look(TeamsParts& parts, RequestId id) {
  auto reading = parts.backend.desk.get(std::move(id));
  Result<approvals::ApprovalRequest> request = co_await std::move(reading);
  if (!request.ok()) co_return std::move(request).error();
  auto asking = parts.backend.desk.history(*request);
  const Result<approvals::CardHistory> history = co_await std::move(asking);
  if (!history.ok()) co_return history.error();
  auto knowing = parts.approvers.people();
  Result<approvals::People> people = co_await std::move(knowing);
  if (!people.ok()) co_return std::move(people).error();
  TeamsSight sight;
  sight.people = std::move(*people);
  sight.card = fit_for_teams(approvals::make_card(*request, *history, limits_of(parts.teams.disclosure)));
  sight.request = std::move(*request);
  if (sight.request.state == RequestState::pending) {
    auto finding = parts.places.members_of(who_may_decide(parts, sight));
    Result<std::vector<std::string>> members = co_await std::move(finding);
    if (!members.ok()) co_return std::move(members).error();
    sight.refresh_users = std::move(*members);
    if (sight.refresh_users.size() > kMaxRefreshUsers) sight.refresh_users.resize(kMaxRefreshUsers);
  }
  co_return sight;
}

CardJson common_card(const TeamsParts& parts, const TeamsSight& sight, const TeamsCopy& copy) {
  return teams_card(sight.card, options_of(parts, sight, copy));
}

CardJson personal_card(const TeamsParts& parts, const TeamsSight& sight, const TeamsCopy& copy, const std::optional<auth::Identity>& person,
                       std::string notice) {
  TeamsCardOptions options = options_of(parts, sight, copy);
  options.notice = std::move(notice);
  if (!person) {
    options.viewer = TeamsViewer::unlinked;
  } else if (const Status may = may_decide(parts, sight, *person); !may.ok()) {
    options.viewer = TeamsViewer::other;
    if (options.notice.empty() && sight.request.state == RequestState::pending) options.notice = sentence_of(may.error());
  } else if (has_voted(sight.request, person->id)) {
    options.viewer = TeamsViewer::other;
    if (options.notice.empty() && sight.request.state == RequestState::pending) options.notice = "You have decided. Others have not yet.";
  } else {
    options.viewer = TeamsViewer::approver;
  }
  return teams_card(sight.card, options);
}

std::string sentence_of(const Error& error) {
  std::string text = error.message;
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  text += ".";
  return error.hint.empty() ? text : text + " " + error.hint;
}

}  // namespace sluice::channels
