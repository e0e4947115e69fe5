#pragma once

#include <string>
#include <vector>

#include "approvals/card.h"
#include "channels/teams_text.h"

namespace sluice::channels {

/// Below what Teams takes for a message (some 28 KB), with room for what goes around a card.
inline constexpr std::size_t kMaxTeamsCardBytes = 22'000;

/// For whom a card can be refreshed by itself: Teams' own limit.
inline constexpr std::size_t kMaxRefreshUsers = 60;

// What actions of our cards are called.
inline constexpr const char* kTeamsApprove = "sluice/approve";
inline constexpr const char* kTeamsDeny = "sluice/deny";
inline constexpr const char* kTeamsLink = "sluice/link";
inline constexpr const char* kTeamsRefresh = "sluice/refresh";
// The inputs for reasons.
inline constexpr const char* kTeamsApproveReason = "approve_reason";
inline constexpr const char* kTeamsDenyReason = "deny_reason";

/// Who looks at the card.
enum class TeamsViewer {
  everyone,   ///< in the conversation: whoever may decide can
  approver,   ///< may decide
  unlinked,   ///< nobody knows who this is: can only be told how to change that
  other,      ///< may not decide
  notified,   ///< where nothing can be answered: no actions but links
};

struct TeamsCardOptions {
  TeamsViewer viewer = TeamsViewer::everyone;
  std::string nonce;                       ///< comes back with every action
  std::string shown;                       ///< as shown_of(); comes back too
  std::string link;                        ///< where to open the request; empty: nowhere
  std::string notice;                      ///< for this viewer, on top
  std::vector<std::string> refresh_users;  ///< Teams' ids of people for whom the card is refreshed when they look at it
};

/// Digest of what a voter decides on: all of the card but what changes while it is decided (votes, history, state, times).
[[nodiscard]] std::string shown_of(const approvals::DecisionCard& card);

/// The card cut down to what fits into a message; what was cut is in `left_out`, so that nobody can approve it here.
[[nodiscard]] approvals::DecisionCard fit_for_teams(approvals::DecisionCard card);

/// An Adaptive Card 1.5 of a card that fits.
[[nodiscard]] CardJson teams_card(const approvals::DecisionCard& card, const TeamsCardOptions& options);

}  // namespace sluice::channels
