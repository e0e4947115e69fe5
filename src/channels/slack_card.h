#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "approvals/card.h"
#include "config/channels.h"

namespace sluice::channels {

/// What the buttons of a card do.
struct SlackButtons {
  std::string value;    ///< button_value(); empty: no buttons that decide
  std::string open_url; ///< where all of it can be seen; empty: nowhere
};

/// The card as Block Kit: {"text": …, "blocks": […]}. What strangers wrote stands in elements that Slack does not parse (plain
/// text, and rich text in the style of code); all else are our own words.
[[nodiscard]] nlohmann::json slack_message(const approvals::DecisionCard& card, const SlackButtons& buttons);
/// For a card that Slack does not take: what is to be decided and where, without the rest and without approval.
[[nodiscard]] nlohmann::json slack_short_message(const approvals::DecisionCard& card, const SlackButtons& buttons);
/// The form that asks for a reason: a view for views.open.
[[nodiscard]] nlohmann::json slack_reason_form(bool approve, bool required, const std::string& metadata);

/// `&`, `<` and `>` as Slack wants them in texts with markup.
[[nodiscard]] std::string slack_escaped(std::string_view text);

}  // namespace sluice::channels
