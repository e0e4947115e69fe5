#pragma once

#include <memory>

#include "channels/backend.h"
#include "channels/channel.h"
#include "control/webhook_desk.h"

namespace sluice::channels {

/// Signed outgoing webhooks, docs/webhooks.md. Each has its own coroutine and its own rows in the store, so that a receiver that
/// is dead, slow or lies disturbs nobody else. The configuration is looked at before every attempt: a reload takes effect.
class Webhooks final : public Channel {
 public:
  /// `desk` must outlive it and its coroutines.
  Webhooks(Backend backend, control::WebhookDesk& desk);
  /// Begins to deliver. Any thread, once.
  void start();

  [[nodiscard]] std::string name() const override { return "webhooks"; }
  [[nodiscard]] std::map<std::string, net::HttpHandler> callbacks() override { return {}; }
  [[nodiscard]] ChannelCounts counts() const override;
  void stop() override;

 private:
  struct State;
  static net::awaitable<void> supervise(std::shared_ptr<State> state);
  static net::awaitable<void> deliver(std::shared_ptr<State> state, std::string id);

  std::shared_ptr<State> state_;  // shared with the coroutines, which may outlive this object
};

}  // namespace sluice::channels
