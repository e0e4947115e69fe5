#pragma once

#include <string>

#include "approvals/card.h"

namespace sluice::approvals {

/// The card as plain text for a terminal. No line of it is longer than kCardColumns, so that no text from a stranger is
/// wrapped to the beginning of a line, where headings stand; the lines of the statement are numbered.
[[nodiscard]] std::string card_text(const DecisionCard& card);

inline constexpr std::size_t kCardColumns = 100;

/// "2026-01-31 12:00:00 UTC"
[[nodiscard]] std::string card_time(Timestamp at);

}  // namespace sluice::approvals
