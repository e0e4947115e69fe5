#pragma once

#include <functional>
#include <utility>

#include "channels/slack_outbox.h"

namespace sluice::channels {

/// What becomes of clicks and forms. Lives on the control thread.
class SlackClicks {
 public:
  /// `refresh` sees to it that a request's cards are looked at again.
  SlackClicks(Backend backend, SlackApi& api, SlackPeople& people, SlackOutbox& outbox, std::function<void(RequestId)> refresh)
      : backend_(backend), api_(api), people_(people), outbox_(outbox), refresh_(std::move(refresh)) {}

  /// Deals with an interaction whose origin was checked: at most once for each, however often Slack sends it. Tells the person, and
  /// nobody else, what is missing; a decision is told by the card itself.
  [[nodiscard]] net::awaitable<void> handle(SlackInteraction click);

 private:
  [[nodiscard]] net::awaitable<Status> decide(SlackInteraction click);
  [[nodiscard]] net::awaitable<Result<auth::Identity>> person(SlackInteraction click);
  [[nodiscard]] net::awaitable<Status> ask_reason(SlackInteraction click, bool required);
  [[nodiscard]] net::awaitable<void> tell(SlackInteraction click, std::string text);

  const Backend backend_;
  SlackApi& api_;
  SlackPeople& people_;
  SlackOutbox& outbox_;
  const std::function<void(RequestId)> refresh_;
};

}  // namespace sluice::channels
