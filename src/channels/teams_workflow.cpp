#include "channels/teams_workflow.h"

#include <utility>

#include "approvals/card.h"
#include "channels/routes.h"
#include "channels/teams_card.h"
#include "channels/teams_show.h"
#include "control/log.h"

namespace sluice::channels {
namespace {
constexpr const char* kChannel = "teams_workflow";
constexpr const char* kTarget = "webhook";
}  // namespace

struct TeamsWorkflow::Parts {
  Backend backend;
  config::Channels config;
  net::CallOptions calls;
};

TeamsWorkflow::TeamsWorkflow(std::shared_ptr<Parts> parts)
    : parts_(std::move(parts)), follower_(parts_->backend.channels, parts_->backend.executor, kChannel,
                                          [shared = parts_](RequestId request) { return tell(shared, std::move(request)); }) {}

std::shared_ptr<TeamsWorkflow> TeamsWorkflow::start(Backend backend, const config::Channels& channels, net::CallOptions calls) {
  calls.destinations = channels.teams_workflow->private_addresses ? net::Destinations::any : net::Destinations::public_only;
  std::shared_ptr<TeamsWorkflow> made(new TeamsWorkflow(std::make_shared<Parts>(Parts{backend, channels, std::move(calls)})));
  made->follower_.start();
  return made;
}

net::awaitable<Status> TeamsWorkflow::tell(std::shared_ptr<Parts> parts, RequestId id) {
  auto reading = parts->backend.desk.get(id);
  const Result<approvals::ApprovalRequest> request = co_await std::move(reading);
  if (!request.ok() && request.error().kind == ErrorKind::not_found) co_return Done{};
  if (!request.ok()) co_return request.error();
  auto looking = parts->backend.channels.messages(kChannel, id);
  const auto told = co_await std::move(looking);
  if (!told.ok()) co_return told.error();
  if (!told->empty() || request->state != approvals::RequestState::pending) co_return Done{};
  approvals::CardLimits limits;
  // Whoever the flow shows it to: no values of tagged columns, whatever the bot may show.
  const approvals::DecisionCard card = fit_for_teams(approvals::make_card(*request, {}, limits));
  TeamsCardOptions options;
  options.viewer = TeamsViewer::notified;
  options.link = link_to(parts->config, id);
  SLUICE_CO_TRY(url, net::parse_url(parts->config.teams_workflow->url.reveal()));
  net::HttpRequest post;
  post.method = "POST";
  post.fields = {{"content-type", "application/json"}};
  post.body = to_text(message_with(teams_card(card, options), "Approval needed: " + card.action + " on " + card.database));
  auto calling = net::call_url(std::move(url), std::move(post), parts->calls);
  const Result<net::HttpResponse> response = co_await std::move(calling);
  if (!response.ok()) co_return response.error();
  const bool taken = response->status >= 200 && response->status < 300;
  const bool never = response->status == 400 || response->status == 413;
  if (!taken && !never) co_return make_error(ErrorKind::upstream_unavailable, "the webhook answered with HTTP status " + std::to_string(response->status));
  if (never) control::log_warning("teams_workflow: request " + id.text + " is not taken: HTTP status " + std::to_string(response->status));
  store::ChannelMessage message{id, kTarget, {}, "told"};
  auto keeping = parts->backend.channels.keep(kChannel, std::move(message));
  co_return co_await std::move(keeping);
}

}  // namespace sluice::channels
