#pragma once

#include <functional>
#include <memory>

#include "channels/slack_api.h"
#include "channels/slack_interaction.h"
#include "net/websocket.h"

namespace sluice::channels {

/// Socket Mode: interactions come over a WebSocket that we open, so that no way leads in. There is nothing signed: TLS and the
/// app-level token are the proof. Lives on the control thread.
class SlackSocket {
 public:
  using Take = std::function<void(SlackInteraction)>;

  SlackSocket(Backend backend, SlackApi& api, Take take) : backend_(backend), api_(api), take_(std::move(take)) {}

  /// Keeps a connection open until stop(), for which the object must live; a new one stands before the old one ends.
  [[nodiscard]] net::awaitable<void> run();
  void stop();

 private:
  [[nodiscard]] net::awaitable<Result<std::shared_ptr<net::WebSocket>>> open();
  [[nodiscard]] net::awaitable<void> serve(std::shared_ptr<net::WebSocket> socket);
  void take_envelope(net::WebSocket& socket, const std::string& text, bool& replace);

  const Backend backend_;
  SlackApi& api_;
  const Take take_;
  std::shared_ptr<net::Event> replace_ = std::make_shared<net::Event>(backend_.executor);  ///< the present connection ends or is about to
  std::vector<std::shared_ptr<net::WebSocket>> open_;
  bool stopped_ = false;
};

}  // namespace sluice::channels
