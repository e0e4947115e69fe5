#pragma once

#include <optional>
#include <string>

#include "approvals/card.h"
#include "auth/identity.h"
#include "channels/teams_card.h"
#include "channels/teams_copies.h"
#include "channels/teams_parts.h"

namespace sluice::channels {

/// A request as this channel shows it.
struct TeamsSight {
  approvals::ApprovalRequest request;
  approvals::DecisionCard card;            ///< fits
  approvals::People people;                ///< who they are and what they have lent each other, now
  std::vector<std::string> refresh_users;  ///< accounts of those who may decide now
};

/// not_found: no such request.
[[nodiscard]] net::awaitable<Result<TeamsSight>> look(TeamsParts& parts, RequestId request);

/// The card for everybody in the conversation.
[[nodiscard]] CardJson common_card(const TeamsParts& parts, const TeamsSight& sight, const TeamsCopy& copy);
/// The card for one person; nobody: for somebody whose account is not linked. `notice` goes on top.
[[nodiscard]] CardJson personal_card(const TeamsParts& parts, const TeamsSight& sight, const TeamsCopy& copy, const std::optional<auth::Identity>& person,
                                     std::string notice);

/// "First letter in upper case, and a full stop."
[[nodiscard]] std::string sentence_of(const Error& error);

}  // namespace sluice::channels
