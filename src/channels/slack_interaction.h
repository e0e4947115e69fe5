#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "config/channels.h"

namespace sluice::channels {

enum class SlackAction { none, approve, deny };

/// A click or a filled-in form, as Slack tells it. All of it is what a stranger may have made up, but for what Slack itself vouches
/// for: app, team, user and the place.
struct SlackInteraction {
  std::string app;
  std::string team;          ///< the workspace it happened in; empty: not named
  std::string user;
  std::string user_team;     ///< the user's own workspace
  std::string channel;       ///< where the card is
  std::string message;       ///< ts of the card
  std::string trigger;       ///< opens a form within three seconds
  SlackAction action = SlackAction::none;
  bool form = false;         ///< a form with a reason, else a button
  RequestId request;
  std::string nonce;         ///< of the card
  std::string reason;
  std::string sight;         ///< the same only for copies of the same event

  /// "T123/U456", by which the store knows the account.
  [[nodiscard]] std::string account() const { return user_team + "/" + user; }
};

/// The interaction in a payload. bad_request: it is none, or not one of ours; `none` as action: nothing to do.
[[nodiscard]] Result<SlackInteraction> interaction_from_payload(const nlohmann::json& payload);
/// The same from the body of a callback: "payload=" and URL-encoded JSON.
[[nodiscard]] Result<SlackInteraction> interaction_from_form(std::string_view body);

/// denied: another app's, another workspace's, or by an account of another organisation that shares the channel.
[[nodiscard]] Status check_origin(const SlackInteraction& interaction, const config::SlackChannel& slack);

/// What a button carries, and a form where it is to go: neither gives any right.
[[nodiscard]] std::string button_value(const RequestId& request, const std::string& nonce);
[[nodiscard]] std::string form_metadata(const SlackInteraction& button);

inline constexpr const char* kApproveAction = "sluice_approve";
inline constexpr const char* kDenyAction = "sluice_deny";
inline constexpr const char* kOpenAction = "sluice_open";
inline constexpr const char* kReasonBlock = "sluice_reason";
inline constexpr const char* kReasonInput = "reason";

}  // namespace sluice::channels
