#pragma once

#include <memory>

#include "channels/backend.h"
#include "channels/channel.h"
#include "channels/follower.h"
#include "config/channels.h"
#include "net/url_call.h"

namespace sluice::channels {

/// Tells a Workflows (Power Automate) webhook of every request that waits. Nobody can answer there.
class TeamsWorkflow final : public Channel {
 public:
  /// `channels.teams_workflow` must be there.
  [[nodiscard]] static std::shared_ptr<TeamsWorkflow> start(Backend backend, const config::Channels& channels, net::CallOptions calls);

  [[nodiscard]] std::string name() const override { return "teams_workflow"; }
  [[nodiscard]] std::map<std::string, net::HttpHandler> callbacks() override { return {}; }
  [[nodiscard]] ChannelCounts counts() const override { return follower_.counts(); }
  void stop() override { follower_.stop(); }

 private:
  struct Parts;
  explicit TeamsWorkflow(std::shared_ptr<Parts> parts);
  static net::awaitable<Status> tell(std::shared_ptr<Parts> parts, RequestId request);

  std::shared_ptr<Parts> parts_;
  Follower follower_;
};

}  // namespace sluice::channels
