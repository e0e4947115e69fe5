#pragma once

#include <memory>
#include <string>

#include "channels/teams_parts.h"
#include "channels/teams_proof.h"

namespace sluice::channels {

/// What becomes of an action on one of our cards: a card or a text for the person who acted, or an error.
struct TeamsReply {
  enum class Kind { card, text, error };
  Kind kind = Kind::text;
  CardJson card = {};
  std::string text = {};
  int status = 200;  ///< of an error
};

/// Decides, links or refreshes. Who acted is the linked account's person and nobody else; a decision counts only from a click
/// (never from a refresh), once, on a card that we posted there and that still shows what is decided.
[[nodiscard]] net::awaitable<TeamsReply> act(std::shared_ptr<TeamsParts> parts, ProvenActivity proven);

/// What a person who writes to the bot is told: how to link the account, or that it is.
[[nodiscard]] net::awaitable<TeamsReply> greet(std::shared_ptr<TeamsParts> parts, ProvenActivity proven);

}  // namespace sluice::channels
