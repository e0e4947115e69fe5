#pragma once

#include <optional>
#include <string>
#include <vector>

#include "channels/backend.h"

namespace sluice::channels {

/// A copy of a card in a conversation of Teams.
struct TeamsCopy {
  std::string conversation;
  std::string activity;  ///< what Teams calls it; empty: it is about to be posted, or was when the process ended
  std::string nonce;     ///< comes back with every action of the card
  std::string shown;     ///< digest of the card as it was sent last; empty: not yet
  std::uint64_t reminded = 0;  ///< how many reminders were posted beside it
  bool further = false;  ///< one that was posted twice, since the process ended before it knew what the first was called
};

/// All copies of a request's card.
[[nodiscard]] net::awaitable<Result<std::vector<TeamsCopy>>> copies_of(Backend backend, RequestId request);
[[nodiscard]] net::awaitable<Status> keep_copy(Backend backend, RequestId request, TeamsCopy copy);

/// The copy that an action came from; empty: we have posted none with this nonce in this conversation.
[[nodiscard]] std::optional<TeamsCopy> copy_with(const std::vector<TeamsCopy>& copies, const std::string& nonce, const std::string& conversation);

[[nodiscard]] std::string make_nonce();

}  // namespace sluice::channels
