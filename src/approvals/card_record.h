#pragma once

#include <string>
#include <string_view>

#include "approvals/card.h"
#include "base/result.h"

namespace sluice::approvals {

/// All of a card, as evidence keeps it: the decoded card has the same digest. bad_request if it is not such a text.
[[nodiscard]] std::string encode_card(const DecisionCard& card);
[[nodiscard]] Result<DecisionCard> decode_card(std::string_view text);

}  // namespace sluice::approvals
