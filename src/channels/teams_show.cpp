#include "channels/teams_show.h"

#include <utility>

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

std::string summary_of(const approvals::DecisionCard& card) {
  const std::string what = card.action + " on " + card.database;
  return card.state == RequestState::pending ? "Approval needed: " + what : "Approval request: " + what;
}

/// Posts or edits one copy, unless it shows this already.
net::awaitable<Status> bring_up_to_date(TeamsParts& parts, const TeamsSight& sight, TeamsCopy copy, ServiceUrl service) {
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
  auto keeping = keep_copy(parts.backend, sight.request.id, std::move(copy));
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
  const std::string target = target_of(parts->teams.routes, sight->request.requirement);
  if (copies->empty() && pending && !target.empty()) {
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
    auto bringing = bring_up_to_date(*parts, *sight, std::move(copy), std::move(**service));
    SLUICE_CO_CHECK(co_await std::move(bringing));
  }
  co_return Done{};
}

}  // namespace sluice::channels
