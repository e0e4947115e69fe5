#include "channels/channels.h"

#include <utility>
#include <vector>

#include "channels/backend.h"
#include "channels/channel.h"
#include "channels/outgoing.h"
#include "channels/slack_channel.h"
#include "channels/teams_bot.h"
#include "channels/teams_workflow.h"
#include "channels/webhooks.h"
#include "control/log.h"

namespace sluice::channels {

struct Channels::State {
  explicit State(net::Executor the_executor) : executor(std::move(the_executor)) {}

  const net::Executor executor;
  std::vector<std::shared_ptr<Channel>> channels;
  std::map<std::string, net::HttpHandler> callbacks;
};

Channels::Channels(std::shared_ptr<State> state) : state_(std::move(state)) {}
Channels::~Channels() { stop(); }

std::unique_ptr<Channels> Channels::start(control::Control& control, const Clock& clock) {
  auto state = std::make_shared<State>(control.executor());
  const Backend backend = backend_of(control, clock);
  auto webhooks = std::make_shared<Webhooks>(backend, control.webhooks());
  webhooks->start();
  state->channels.push_back(std::move(webhooks));
  const config::Channels config = control.board().config()->channels;
  if (config.slack) state->channels.push_back(start_slack(backend));
  const auto tls = outgoing_tls(config);
  if (!tls.ok()) control::log_error("channels cannot call anybody over TLS: " + tls.error().message);
  net::CallOptions calls;
  if (tls.ok()) calls.tls = *tls;
  if (config.teams) state->channels.push_back(TeamsBot::start(backend, control.approver_desk(), config, calls));
  if (config.teams_workflow) state->channels.push_back(TeamsWorkflow::start(backend, config, calls));
  for (const std::shared_ptr<Channel>& channel : state->channels) state->callbacks.merge(channel->callbacks());
  return std::unique_ptr<Channels>(new Channels(std::move(state)));
}

std::map<std::string, net::HttpHandler> Channels::callbacks() const { return state_->callbacks; }

void Channels::metrics(MetricsText& text) const {
  if (state_->channels.empty()) return;
  text.family("sluice_channel_told_total", MetricsText::Type::counter, "Approval requests whose copies on a channel were brought up to date.");
  for (const auto& channel : state_->channels) text.sample({{"channel", channel->name()}}, channel->counts().told);
  text.family("sluice_channel_failures_total", MetricsText::Type::counter, "Attempts at that which failed and are tried again.");
  for (const auto& channel : state_->channels) text.sample({{"channel", channel->name()}}, channel->counts().failed);
  text.family("sluice_channel_waiting", MetricsText::Type::gauge, "Approval requests whose copies on a channel are not up to date yet.");
  for (const auto& channel : state_->channels) text.sample({{"channel", channel->name()}}, channel->counts().waiting);
}

void Channels::stop() {
  net::post(state_->executor, [state = state_] {
    for (const std::shared_ptr<Channel>& channel : state->channels) channel->stop();
  });
}

}  // namespace sluice::channels
