#pragma once

#include <memory>

#include "channels/backend.h"
#include "channels/channel.h"

namespace sluice::channels {

/// Approvals in Slack, as the configuration has them: cards in channels, decisions by click. docs/slack.md
[[nodiscard]] std::shared_ptr<Channel> start_slack(Backend backend);

}  // namespace sluice::channels
