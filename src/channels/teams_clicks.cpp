#include "channels/teams_clicks.h"

#include <algorithm>
#include <utility>

#include "channels/person.h"
#include "channels/routes.h"
#include "channels/teams_view.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

constexpr const char* kChannel = "teams";

TeamsReply failed(int status, const char* message) { return {TeamsReply::Kind::error, {}, message, status}; }
TeamsReply failed(const Error& error) {
  control::log_warning("teams: " + error.message);
  return failed(500, "Sluice cannot do this at the moment. Nothing was decided.");
}
TeamsReply say(std::string text) { return {TeamsReply::Kind::text, {}, std::move(text), 200}; }
TeamsReply show(CardJson card) { return {TeamsReply::Kind::card, std::move(card), {}, 200}; }

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

/// Whom the tenant's directory knows by this object id.
std::string account_of(const TeamsActivity& activity) { return activity.tenant + "/" + activity.person; }

bool is_object_id(const std::string& text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string::npos;
}

net::awaitable<TeamsReply> offer_code(TeamsParts& parts, std::string account) {
  auto making = parts.backend.channels.make_link_code(kChannel, std::move(account));
  const Result<std::string> code = co_await std::move(making);
  if (!code.ok()) co_return failed(code.error());
  co_return say("Sluice does not know who you are. Within ten minutes, run this with your own token, and then click again: sluice approvals link " + *code);
}

/// A process that ended while it posted does not know what Teams calls the card, and posts it again: a click tells of the first.
net::awaitable<void> note_clicked_copy(TeamsParts& parts, const TeamsAction& action, const std::vector<TeamsCopy>& copies, TeamsCopy copy,
                                       std::string clicked) {
  constexpr std::size_t kMostCopies = 8;
  const bool known = std::any_of(copies.begin(), copies.end(), [&](const TeamsCopy& each) { return each.activity == clicked; });
  if (clicked.empty() || known || copies.size() >= kMostCopies) co_return;
  copy.further = true;  // beside the one that is known: that may be about to be posted again at this moment
  copy.activity = std::move(clicked);
  copy.shown.clear();
  auto keeping = keep_copy(parts.backend, action.request, std::move(copy));
  const Status kept = co_await std::move(keeping);
  if (!kept.ok()) control::log_warning("teams: " + kept.error().message);
}

net::awaitable<TeamsReply> decide(TeamsParts& parts, TeamsAction action, TeamsCopy copy, auth::Identity person) {
  auto looking = look(parts, action.request);
  Result<TeamsSight> sight = co_await std::move(looking);
  if (!sight.ok()) co_return failed(sight.error());
  const bool approve = action.verb == kTeamsApprove;
  if (action.shown != shown_of(sight->card)) {
    co_return show(personal_card(parts, *sight, copy, person, "This card was out of date and nothing was decided. Read it again."));
  }
  if (approve && !sight->card.complete()) {
    co_return say("This request cannot be approved in Teams, since its card does not show everything. Use: sluice approvals show " + action.request.text);
  }
  if (approve && sight->card.reason_required && is_blank(action.reason)) co_return say("This rule asks for a reason. Nothing was decided.");
  control::Seen seen;
  seen.card = sight->card;
  seen.check = [limits = limits_of(parts.teams.disclosure), shown = action.shown](const approvals::ApprovalRequest& request) -> Status {
    if (shown == shown_of(fit_for_teams(approvals::make_card(request, {}, limits)))) return Done{};
    return make_error(ErrorKind::conflict, "the card is out of date");
  };
  auto deciding = parts.backend.desk.decide(action.request, person, approve, action.reason, kChannel, std::move(seen));
  Result<approvals::ApprovalRequest> decided = co_await std::move(deciding);
  if (!decided.ok() && decided.error().kind != ErrorKind::conflict) {
    const ErrorKind kind = decided.error().kind;
    const bool persons = kind == ErrorKind::denied || kind == ErrorKind::bad_request || kind == ErrorKind::not_found;
    co_return persons ? say(sentence_of(decided.error()) + " Nothing was decided.") : failed(decided.error());
  }
  const std::string notice = decided.ok() ? (approve ? "You have approved this." : "You have denied this.")
                                          : "Your click changed nothing: " + decided.error().message + ".";
  auto looking_again = look(parts, action.request);
  Result<TeamsSight> now = co_await std::move(looking_again);
  if (!now.ok()) co_return say(notice);
  co_return show(personal_card(parts, *now, copy, person, notice));
}

}  // namespace

net::awaitable<TeamsReply> act(std::shared_ptr<TeamsParts> parts, ProvenActivity proven) {
  const TeamsActivity& activity = proven.activity;
  const TeamsAction& action = activity.action;
  if (action.verb.empty()) co_return failed(400, "This is no action of Sluice's cards.");
  if (!is_object_id(activity.person) || activity.conversation.empty() || activity.id.empty()) co_return failed(400, "It is not known who acted, or where.");
  const bool refresh = action.verb == kTeamsRefresh;
  if (!refresh && !action.manual) co_return failed(400, "Only a person can decide.");
  auto reading = copies_of(parts->backend, action.request);
  const Result<std::vector<TeamsCopy>> copies = co_await std::move(reading);
  if (!copies.ok()) co_return failed(copies.error());
  const std::optional<TeamsCopy> copy = copy_with(*copies, action.nonce, activity.conversation);
  if (!copy) co_return failed(404, "Sluice has not posted this card here.");
  if (!refresh) {
    auto seeing = parts->backend.channels.first_sight(kChannel, activity.conversation + " " + activity.id);
    const Result<bool> first = co_await std::move(seeing);
    if (!first.ok()) co_return failed(first.error());
    if (!*first) co_return failed(400, "This click was received before.");
  }
  auto noting = note_clicked_copy(*parts, action, *copies, *copy, activity.reply_to);
  co_await std::move(noting);

  const std::string account = account_of(activity);
  auto asking = person_behind(parts->backend, kChannel, account);
  Result<std::optional<auth::Identity>> person = co_await std::move(asking);
  if (!person.ok()) co_return failed(person.error());
  if (*person) {
    auto remembering = parts->places.note_person(account, activity.member);
    static_cast<void>(co_await std::move(remembering));  // only makes cards refresh themselves
  } else if (!refresh) {
    auto offering = offer_code(*parts, account);
    co_return co_await std::move(offering);
  }
  if (refresh || action.verb == kTeamsLink) {
    auto looking = look(*parts, action.request);
    const Result<TeamsSight> sight = co_await std::move(looking);
    if (!sight.ok()) co_return failed(sight.error());
    co_return show(personal_card(*parts, *sight, *copy, *person, {}));
  }
  auto deciding = decide(*parts, action, *copy, std::move(**person));
  co_return co_await std::move(deciding);
}

net::awaitable<TeamsReply> greet(std::shared_ptr<TeamsParts> parts, ProvenActivity proven) {
  const TeamsActivity& activity = proven.activity;
  if (!is_object_id(activity.person) || activity.id.empty()) co_return failed(400, "It is not known who wrote.");
  auto seeing = parts->backend.channels.first_sight(kChannel, activity.conversation + " " + activity.id);
  const Result<bool> first = co_await std::move(seeing);
  if (!first.ok()) co_return failed(first.error());
  if (!*first) co_return failed(400, "This message was received before.");
  const std::string account = account_of(activity);
  auto asking = person_behind(parts->backend, kChannel, account);
  Result<std::optional<auth::Identity>> person = co_await std::move(asking);
  if (!person.ok()) co_return failed(person.error());
  if (*person) co_return say("Your account is linked. Requests that you may decide on are posted as cards.");
  auto offering = offer_code(*parts, account);
  co_return co_await std::move(offering);
}

}  // namespace sluice::channels
