#include "channels/slack_channel.h"

#include <chrono>
#include <utility>

#include "channels/follower.h"
#include "channels/slack_clicks.h"
#include "channels/slack_signature.h"
#include "channels/slack_socket.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

constexpr const char* kPath = "/slack/interactive";
constexpr std::size_t kMostClicks = 500;  // that are dealt with at a time

class SlackChat final : public Channel, public std::enable_shared_from_this<SlackChat> {
 public:
  explicit SlackChat(Backend backend)
      : backend_(backend),
        follower_(backend.channels, backend.executor, "slack", [this](RequestId request) { return outbox_.refresh(std::move(request)); }),
        socket_(backend, api_, [this](SlackInteraction click) { static_cast<void>(take(std::move(click))); }) {}

  void start(bool with_socket) {
    net::spawn(backend_.executor, run(shared_from_this(), with_socket));
  }

  std::string name() const override { return "slack"; }
  std::map<std::string, net::HttpHandler> callbacks() override {
    return {{kPath, [self = shared_from_this()](net::HttpRequest request) { return answer(self, std::move(request)); }}};
  }
  ChannelCounts counts() const override { return follower_.counts(); }
  void stop() override {
    follower_.stop();
    socket_.stop();
  }

 private:
  // The follower's and the socket's coroutines refer to this object: it lives as long as the control thread, which owns this frame.
  static net::awaitable<void> run(std::shared_ptr<SlackChat> self, bool with_socket) {
    self->follower_.start();
    if (with_socket) {
      auto connected = self->socket_.run();
      co_await std::move(connected);
    }
    net::Event never(self->backend_.executor);
    static_cast<void>(co_await never.wait());
  }

  static net::awaitable<void> handle(std::shared_ptr<SlackChat> self, SlackInteraction click) {
    auto handling = self->clicks_.handle(std::move(click));
    co_await std::move(handling);
    --self->busy_;
  }

  // 200 if it is ours; what becomes of it comes later: Slack waits three seconds for the answer, and a decision may take longer.
  int take(SlackInteraction click) {
    const auto slack = api_.settings();
    if (!slack) return 404;
    const Status ours = check_origin(click, *slack);
    if (!ours.ok()) {
      refuse(ours.error().message);
      return 403;
    }
    if (busy_ >= kMostClicks) return 503;
    ++busy_;
    net::spawn(backend_.executor, handle(shared_from_this(), std::move(click)));
    return 200;
  }

  // Once in ten seconds: whoever sends us rubbish must not fill the log.
  void refuse(const std::string& why) {
    const auto now = std::chrono::steady_clock::now();
    if (now < log_again_) return;
    log_again_ = now + std::chrono::seconds(10);
    control::log_warning("Slack: a callback was refused: " + why);
  }

  static net::awaitable<net::HttpResponse> answer(std::shared_ptr<SlackChat> self, net::HttpRequest request) {
    net::HttpResponse response;
    response.content_type = "text/plain; charset=utf-8";
    const auto slack = self->api_.settings();
    const Status signed_by_slack = check_slack_signature(request, slack ? slack->signing_secrets : std::vector<Secret>(), self->backend_.clock.now());
    if (!signed_by_slack.ok()) {
      self->refuse(signed_by_slack.error().message);
      response.status = 401;
      co_return response;
    }
    Result<SlackInteraction> click = interaction_from_form(request.body);
    response.status = click.ok() ? self->take(std::move(*click)) : 400;
    co_return response;
  }

  const Backend backend_;
  SlackApi api_{backend_};
  SlackPeople people_{backend_, api_};
  SlackOutbox outbox_{backend_, api_, people_};
  SlackClicks clicks_{backend_, api_, people_, outbox_, [this](const RequestId& request) { follower_.refresh(request); }};
  Follower follower_;
  SlackSocket socket_;
  std::size_t busy_ = 0;
  net::Deadline log_again_{};
};

}  // namespace

std::shared_ptr<Channel> start_slack(Backend backend) {
  const auto config = backend.board.config();
  auto chat = std::make_shared<SlackChat>(backend);
  chat->start(config->channels.slack && !config->channels.slack->app_token.empty());
  return chat;
}

}  // namespace sluice::channels
