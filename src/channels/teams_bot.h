#pragma once

#include <memory>

#include "channels/backend.h"
#include "channels/channel.h"
#include "channels/follower.h"
#include "channels/teams_parts.h"
#include "channels/teams_proof.h"

namespace sluice::channels {

/// Approvals in Microsoft Teams: a bot that posts decision cards, keeps them up to date, and takes decisions from them.
class TeamsBot final : public Channel, public std::enable_shared_from_this<TeamsBot> {
 public:
  /// `channels.teams` must be there. `calls`: how to reach Microsoft's services. Follows the approvals from now on.
  [[nodiscard]] static std::shared_ptr<TeamsBot> start(Backend backend, control::ApproverDesk& approvers, const config::Channels& channels,
                                                       net::CallOptions calls);

  [[nodiscard]] std::string name() const override { return "teams"; }
  [[nodiscard]] std::map<std::string, net::HttpHandler> callbacks() override;
  [[nodiscard]] ChannelCounts counts() const override;
  void stop() override;

 private:
  explicit TeamsBot(std::shared_ptr<TeamsParts> parts);
  static net::awaitable<net::HttpResponse> receive(std::shared_ptr<TeamsBot> self, net::HttpRequest request);
  static net::awaitable<net::HttpResponse> answer(std::shared_ptr<TeamsBot> self, ProvenActivity proven);
  static net::awaitable<void> answer_later(std::shared_ptr<TeamsBot> self, ProvenActivity proven);
  static net::awaitable<void> show_pending(std::shared_ptr<TeamsBot> self);
  void note_refusal(const Error& error);

  std::shared_ptr<TeamsParts> parts_;  // shared with coroutines, which may outlive this object
  Follower follower_;
  std::uint64_t refusals_ = 0;  // since the last that was logged
  std::chrono::steady_clock::time_point last_logged_{};
};

}  // namespace sluice::channels
