#pragma once

#include <nlohmann/json_fwd.hpp>

#include "approvals/card.h"

namespace sluice::approvals {

/// The card for programs that show it, of which the command line is one.
[[nodiscard]] nlohmann::ordered_json card_json(const DecisionCard& card);
/// The card again. Throws nothing; a text that is missing shows as "?", and of a list what can be read.
[[nodiscard]] DecisionCard card_from_json(const nlohmann::json& json);

}  // namespace sluice::approvals
