#include "channels/teams_bot.h"

#include <utility>

#include "channels/fetch.h"
#include "channels/teams_answer.h"
#include "channels/teams_clicks.h"
#include "channels/teams_show.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

constexpr const char* kPath = "/teams/messages";
constexpr std::chrono::seconds kLogRefusalsEvery{10};

net::HttpResponse plain(int status) {
  net::HttpResponse response;
  response.status = status;
  return response;
}

net::HttpResponse answer_of(TeamsReply reply) {
  switch (reply.kind) {
    case TeamsReply::Kind::card: return card_answer(std::move(reply.card));
    case TeamsReply::Kind::text: return message_answer(reply.text);
    case TeamsReply::Kind::error: return error_answer(reply.status, reply.text);
  }
  return plain(500);
}

/// To the person alone: nobody else in a conversation should read what somebody may not do.
net::awaitable<Status> tell_person(TeamsParts& parts, ProvenActivity proven, std::string text) {
  std::string conversation = proven.activity.conversation;
  if (!proven.activity.personal) {
    auto opening = parts.connector.personal_conversation(proven.service_url, proven.activity.tenant, proven.activity.member);
    Result<std::string> opened = co_await std::move(opening);
    if (!opened.ok()) co_return std::move(opened).error();
    conversation = std::move(*opened);
  }
  auto posting = parts.connector.post(proven.service_url, std::move(conversation), message_with_text(text));
  const Result<std::string> posted = co_await std::move(posting);
  if (!posted.ok()) co_return posted.error();
  co_return Done{};
}

net::awaitable<void> get_keys(std::shared_ptr<TeamsParts> parts) {
  auto getting = parts->keys.keys({}, KeySource::Time::clock::now());
  static_cast<void>(co_await std::move(getting));  // so that the first click need not wait for them; errors are logged there
}

}  // namespace

TeamsBot::TeamsBot(std::shared_ptr<TeamsParts> parts)
    : parts_(std::move(parts)), follower_(parts_->backend.channels, parts_->backend.executor, "teams",
                                          [shared = parts_](RequestId request) { return show_in_teams(shared, std::move(request)); }) {}

std::shared_ptr<TeamsBot> TeamsBot::start(Backend backend, control::ApproverDesk& approvers, const config::Channels& channels, net::CallOptions calls) {
  calls.destinations = channels.teams->private_addresses ? net::Destinations::any : net::Destinations::public_only;
  auto parts = std::make_shared<TeamsParts>(backend, approvers, channels, calls, fetch_with(calls));
  std::shared_ptr<TeamsBot> bot(new TeamsBot(parts));
  net::spawn(backend.executor, get_keys(parts));
  bot->follower_.start();
  return bot;
}

std::map<std::string, net::HttpHandler> TeamsBot::callbacks() {
  return {{kPath, [self = shared_from_this()](net::HttpRequest request) { return receive(self, std::move(request)); }}};
}

ChannelCounts TeamsBot::counts() const { return follower_.counts(); }

void TeamsBot::stop() { follower_.stop(); }

void TeamsBot::note_refusal(const Error& error) {
  ++refusals_;
  const auto now = std::chrono::steady_clock::now();
  if (now < last_logged_ + kLogRefusalsEvery) return;
  control::log_warning("teams: a call to " + std::string(kPath) + " is refused: " + error.message + " (" + std::to_string(refusals_) + " since the last note)");
  last_logged_ = now;
  refusals_ = 0;
}

net::awaitable<net::HttpResponse> TeamsBot::receive(std::shared_ptr<TeamsBot> self, net::HttpRequest request) {
  auto proving = prove(request, self->parts_->teams, self->parts_->keys, self->parts_->backend.clock.now());
  Result<ProvenActivity> proven = co_await std::move(proving);
  if (!proven.ok()) {
    self->note_refusal(proven.error());
    co_return plain(403);  // whatever it was
  }
  auto noting = self->parts_->places.note(*proven);
  const Result<bool> news = co_await std::move(noting);
  if (!news.ok()) control::log_warning("teams: " + news.error().message);
  if (news.ok() && *news) net::spawn(self->parts_->backend.executor, show_pending(self));
  auto answering = answer(self, std::move(*proven));
  co_return co_await std::move(answering);
}

net::awaitable<net::HttpResponse> TeamsBot::answer(std::shared_ptr<TeamsBot> self, ProvenActivity proven) {
  const TeamsActivity& activity = proven.activity;
  if (activity.type == "invoke") {
    if (activity.name != "adaptiveCard/action") co_return plain(501);
    auto acting = act(self->parts_, std::move(proven));
    TeamsReply reply = co_await std::move(acting);
    co_return answer_of(std::move(reply));
  }
  // Old clients send actions as messages, to which there is no answer but another message.
  if (activity.type == "message" && (!activity.action.verb.empty() || activity.personal)) {
    net::spawn(self->parts_->backend.executor, answer_later(self, std::move(proven)));
  }
  co_return plain(200);
}

net::awaitable<void> TeamsBot::answer_later(std::shared_ptr<TeamsBot> self, ProvenActivity proven) {
  const bool acts = !proven.activity.action.verb.empty();
  auto replying = acts ? act(self->parts_, proven) : greet(self->parts_, proven);
  TeamsReply reply = co_await std::move(replying);
  if (reply.kind == TeamsReply::Kind::card || reply.text.empty()) co_return;  // the card is edited for everybody anyway
  auto telling = tell_person(*self->parts_, std::move(proven), std::move(reply.text));
  const Status told = co_await std::move(telling);
  if (!told.ok()) control::log_warning("teams: a person cannot be told what became of an action: " + told.error().message);
}

net::awaitable<void> TeamsBot::show_pending(std::shared_ptr<TeamsBot> self) {
  auto listing = self->parts_->backend.desk.list(true);
  const auto pending = co_await std::move(listing);
  if (!pending.ok()) co_return control::log_warning("teams: " + pending.error().message);
  for (const approvals::ApprovalRequest& request : *pending) self->follower_.refresh(request.id);
}

}  // namespace sluice::channels
