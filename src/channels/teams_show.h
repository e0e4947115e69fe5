#pragma once

#include <memory>

#include "channels/teams_parts.h"

namespace sluice::channels {

/// Brings every copy of a request's card in Teams up to date, and posts the first one. What Teams will never take is logged and
/// no error; an error is worth another try.
[[nodiscard]] net::awaitable<Status> show_in_teams(std::shared_ptr<TeamsParts> parts, RequestId request);

/// Around a card, for posting: {"type": "message", …}.
[[nodiscard]] CardJson message_with(CardJson card, const std::string& summary);
[[nodiscard]] CardJson message_with_text(const std::string& text);

}  // namespace sluice::channels
