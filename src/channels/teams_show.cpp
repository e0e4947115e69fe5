#include "channels/teams_show.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "approvals/card_text.h"
#include "base/digest.h"
#include "channels/routes.h"
#include "channels/teams_view.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

using approvals::RequestState;

constexpr const char* kCardType = "application/vnd.microsoft.card.adaptive";

/// It makes no sense to try this again.
bool is_final(const Error& error) { return error.kind == ErrorKind::bad_request || error.kind == ErrorKind::not_found; }

/// The conversations of those who may approve; of two routes to one conversation the first.
std::vector<std::string> targets_of(const TeamsParts& parts, const approvals::ApprovalRequest& request) {
  std::vector<std::string> targets;
  if (std::string target = target_of(parts.teams.routes, request.requirement); !target.empty()) targets.push_back(std::move(target));
  if (!request.escalated) return targets;
  policy::RequireApproval escalated;
  escalated.approver_groups = request.requirement.escalation_groups;
  std::string target = target_of(parts.teams.routes, escalated);
  if (!target.empty() && std::find(targets.begin(), targets.end(), target) == targets.end()) targets.push_back(std::move(target));
  return targets;
}

std::string summary_of(const approvals::DecisionCard& card) {
  const std::string what = card.action + " on " + card.database;
  return card.state == RequestState::pending ? "Approval needed: " + what : "Approval request: " + what;
}

/// Where something beside a card is posted: below it, in channels.
std::string thread_of(const TeamsCopy& copy) {
  const bool channel = copy.conversation.ends_with("@thread.tacv2") || copy.conversation.ends_with("@thread.skype");
  return channel ? copy.conversation + ";messageid=" + copy.activity : copy.conversation;
}

/// Editing a card tells nobody: whoever is to be reminded gets a message.
net::awaitable<Status> remind(TeamsParts& parts, const TeamsSight& sight, TeamsCopy copy, ServiceUrl service) {
  const std::string text = "Still nobody has decided: " + sight.card.action + " on " + sight.card.database + ". Denied unless decided by " +
                           approvals::card_time(sight.card.expires) + ". Request " + sight.request.id.text;
  auto posting = parts.connector.post(std::move(service), thread_of(copy), message_with_text(text));
  const Result<std::string> posted = co_await std::move(posting);
  if (!posted.ok() && !is_final(posted.error())) co_return posted.error();
  copy.reminded = sight.request.reminders;
  auto keeping = keep_copy(parts.backend, sight.request.id, std::move(copy));
  co_return co_await std::move(keeping);
}

/// Posts or edits one copy, unless it shows this already.
net::awaitable<Status> bring_up_to_date(TeamsParts& parts, const TeamsSight& sight, TeamsCopy& copy, ServiceUrl service) {
  CardJson activity = message_with(common_card(parts, sight, copy), summary_of(sight.card));
  const std::string shown = to_hex(sha256(to_text(activity)));
  if (copy.shown == shown) co_return Done{};
  Status done = Done{};
  if (!copy.activity.empty()) {
    auto updating = parts.connector.update(service, copy.conversation, copy.activity, activity);
    done = co_await std::move(updating);
    // Somebody has removed it. Who waits for an answer must not depend on that.
    const bool removed = !done.ok() && done.error().kind == ErrorKind::not_found && sight.request.state == RequestState::pending;
    if (removed) copy.activity.clear();
  }
  if (copy.activity.empty()) {
    auto posting = parts.connector.post(service, copy.conversation, std::move(activity));
    Result<std::string> id = co_await std::move(posting);
    done = id.ok() ? Status(Done{}) : Status(id.error());
    if (id.ok()) copy.activity = std::move(*id);
  }
  if (!done.ok() && !is_final(done.error())) co_return done;
  if (!done.ok()) control::log_warning("teams: the card of request " + sight.request.id.text + " cannot be shown: " + done.error().message);
  copy.shown = shown;
  auto keeping = keep_copy(parts.backend, sight.request.id, copy);
  co_return co_await std::move(keeping);
}

}  // namespace

CardJson message_with(CardJson card, const std::string& summary) {
  CardJson attachment{{"contentType", kCardType}, {"contentUrl", nullptr}, {"content", std::move(card)}};
  CardJson message{{"type", "message"}, {"summary", summary}};
  message["attachments"] = CardJson::array();
  message["attachments"].push_back(std::move(attachment));
  return message;
}

CardJson message_with_text(const std::string& text) { return CardJson{{"type", "message"}, {"textFormat", "plain"}, {"text", text}}; }

net::awaitable<Status> show_in_teams(std::shared_ptr<TeamsParts> parts, RequestId id) {
  auto looking = look(*parts, id);
  const Result<TeamsSight> sight = co_await std::move(looking);
  if (!sight.ok() && sight.error().kind == ErrorKind::not_found) co_return Done{};
  if (!sight.ok()) co_return sight.error();
  auto reading = copies_of(parts->backend, id);
  Result<std::vector<TeamsCopy>> copies = co_await std::move(reading);
  if (!copies.ok()) co_return std::move(copies).error();
  const bool pending = sight->request.state == RequestState::pending;
  for (const std::string& target : targets_of(*parts, sight->request)) {
    const auto there = [&](const TeamsCopy& copy) { return copy.conversation == target; };
    if (!pending || std::any_of(copies->begin(), copies->end(), there)) continue;
    // Known before it is posted: whoever clicks at once is let in, and after a crash its nonce is still good.
    copies->push_back({target, {}, make_nonce(), {}});
    auto keeping = keep_copy(parts->backend, id, copies->back());
    SLUICE_CO_CHECK(co_await std::move(keeping));
  }
  for (TeamsCopy& copy : *copies) {
    if (copy.activity.empty() && !pending) continue;  // never posted, and nothing to ask any more
    auto finding = parts->places.service_of(copy.conversation);
    Result<std::optional<ServiceUrl>> service = co_await std::move(finding);
    if (!service.ok()) co_return std::move(service).error();
    if (!*service) {
      control::log_warning("teams: request " + id.text + " waits to be shown until Teams tells of conversation " + copy.conversation);
      continue;  // note() has it shown then
    }
    auto bringing = bring_up_to_date(*parts, *sight, copy, **service);
    SLUICE_CO_CHECK(co_await std::move(bringing));
    if (!pending || copy.further || copy.activity.empty() || copy.reminded >= sight->request.reminders) continue;
    auto reminding = remind(*parts, *sight, std::move(copy), std::move(**service));
    SLUICE_CO_CHECK(co_await std::move(reminding));
  }
  co_return Done{};
}

}  // namespace sluice::channels
