#include "channels/slack_clicks.h"

#include <utility>

#include "approvals/lifecycle.h"
#include "channels/slack_card.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

using approvals::ApprovalRequest;
using approvals::RequestState;
using nlohmann::json;

constexpr const char* kChannel = "slack";

Error too_late(const ApprovalRequest& request) {
  return make_error(ErrorKind::conflict, "it is too late: the request is " + std::string(approvals::to_text(request.state)));
}

// What the person reads. Errors of the lifecycle say what is missing and not who could; those of the machinery are none of their business.
std::string told(const Error& error) {
  switch (error.kind) {
    case ErrorKind::denied:
    case ErrorKind::conflict:
    case ErrorKind::bad_request:
    case ErrorKind::not_found:
    case ErrorKind::approval_expired: return "Nothing was decided: " + error.message + (error.hint.empty() ? "" : ". " + error.hint);
    default: return "Nothing was decided: Sluice cannot check your decision at the moment. Try again, or use another channel.";
  }
}

}  // namespace

net::awaitable<void> SlackClicks::handle(SlackInteraction click) {
  if (click.action == SlackAction::none) co_return;
  auto seeing = backend_.channels.first_sight(kChannel, click.sight);
  Result<bool> first = co_await std::move(seeing);
  if (first.ok() && !*first) co_return;
  Status done = Done{};
  if (first.ok()) {
    auto deciding = decide(click);
    done = co_await std::move(deciding);
  } else {
    done = first.error();
  }
  if (done.ok()) co_return;
  control::log_info("Slack: a click on request " + click.request.text + " was refused: " + std::string(to_text(done.error().kind)));
  auto telling = tell(click, told(done.error()));
  co_await std::move(telling);
}

net::awaitable<Result<auth::Identity>> SlackClicks::person(SlackInteraction click) {
  auto asking = people_.person(click.user, click.user_team);
  Result<std::optional<auth::Identity>> known = co_await std::move(asking);
  if (!known.ok()) co_return std::move(known).error();
  if (*known) co_return std::move(**known);
  // Only an account that may act at all is worth a code.
  auto checking = people_.check(click.user, click.user_team);
  const Status may_act = co_await std::move(checking);
  if (!may_act.ok()) co_return may_act.error();
  auto coding = backend_.channels.make_link_code(kChannel, click.account());
  Result<std::string> code = co_await std::move(coding);
  if (!code.ok()) co_return std::move(code).error();
  co_return make_error(ErrorKind::denied, "this Slack account is not linked to a person in Sluice",
                       "To link it, run `sluice approvals link " + *code + "` with your own token within ten minutes, and click again. "
                       "Do so only if you have just clicked, and give the code to nobody");
}

net::awaitable<Status> SlackClicks::decide(SlackInteraction click) {
  auto owning = outbox_.owns(click);
  Result<bool> ours = co_await std::move(owning);
  if (!ours.ok()) co_return std::move(ours).error();
  if (!*ours) co_return make_error(ErrorKind::not_found, "this is no card of an open request");
  auto getting = backend_.desk.get(click.request);
  Result<ApprovalRequest> request = co_await std::move(getting);
  if (!request.ok()) co_return std::move(request).error();
  if (request->state != RequestState::pending) {
    refresh_(click.request);  // the card is behind: it should not have had buttons
    co_return too_late(*request);
  }
  auto asking = person(click);
  Result<auth::Identity> who = co_await std::move(asking);
  if (!who.ok()) co_return std::move(who).error();

  const bool approve = click.action == SlackAction::approve;
  auto making = outbox_.card(*request);
  Result<approvals::DecisionCard> card = co_await std::move(making);
  if (!card.ok()) co_return std::move(card).error();
  if (approve && !card->complete()) {
    co_return make_error(ErrorKind::denied, "this card does not show all of the request", "Look at it with `sluice approvals show`, and approve it there");
  }
  const bool reason_required = approve && request->requirement.reason_required;
  if (!click.form && (!approve || reason_required)) {
    auto opening = ask_reason(click, reason_required);
    co_return co_await std::move(opening);
  }
  auto checking = people_.check(click.user, click.user_team);
  Status may_act = co_await std::move(checking);
  if (!may_act.ok()) co_return may_act;
  control::Seen seen;
  seen.card = std::move(*card);
  // The vote is by that card, so nobody else's may have come between.
  seen.check = [votes = request->votes.size()](const ApprovalRequest& now) -> Status {
    if (now.state != RequestState::pending || now.votes.size() == votes) return Done{};  // if it is too late the desk says so
    return make_error(ErrorKind::conflict, "somebody else has voted at the same moment", "Look at the card and click again");
  };
  auto deciding = backend_.desk.decide(click.request, std::move(*who), approve, click.reason, kChannel, std::move(seen));
  Result<ApprovalRequest> decided = co_await std::move(deciding);
  if (!decided.ok()) co_return std::move(decided).error();
  co_return Done{};
}

net::awaitable<Status> SlackClicks::ask_reason(SlackInteraction click, bool required) {
  json arguments{{"trigger_id", click.trigger}, {"view", slack_reason_form(click.action == SlackAction::approve, required, form_metadata(click))}};
  auto calling = api_.call("views.open", std::move(arguments));
  Result<SlackAnswer> answer = co_await std::move(calling);
  if (!answer.ok()) co_return std::move(answer).error();
  if (!answer->error.empty()) {
    control::log_warning("Slack: views.open: " + answer->error);
    co_return make_error(ErrorKind::upstream_unavailable, "the form could not be opened");
  }
  co_return Done{};
}

net::awaitable<void> SlackClicks::tell(SlackInteraction click, std::string text) {
  json arguments{{"channel", click.channel}, {"user", click.user}, {"text", slack_escaped(text)}};
  auto calling = api_.call("chat.postEphemeral", std::move(arguments));
  const Result<SlackAnswer> answer = co_await std::move(calling);
  if (!answer.ok()) control::log_warning("Slack: " + answer.error().message);
  if (answer.ok() && !answer->error.empty()) control::log_warning("Slack: chat.postEphemeral: " + answer->error);
}

}  // namespace sluice::channels
