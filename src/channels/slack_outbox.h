#pragma once

#include <map>
#include <string>

#include "approvals/card.h"
#include "channels/slack_people.h"

namespace sluice::channels {

/// A copy of a card in Slack, as the store's reference has it.
struct SlackCopy {
  std::string channel;
  std::string ts;        ///< of the message; empty: it was about to be posted, and nobody knows whether it was
  std::string nonce;     ///< what its buttons carry
  std::int64_t since = 0;  ///< seconds: not posted before

  [[nodiscard]] std::string to_text() const;
  [[nodiscard]] static SlackCopy from_text(const std::string& text);
};

/// Posts cards and edits them in place. Lives on the control thread.
class SlackOutbox {
 public:
  SlackOutbox(Backend backend, SlackApi& api, SlackPeople& people) : backend_(backend), api_(api), people_(people) {}

  /// Brings all copies of the request's card up to date: Follower::Refresh.
  [[nodiscard]] net::awaitable<Status> refresh(RequestId request);
  /// The request's card as this channel shows it.
  [[nodiscard]] net::awaitable<Result<approvals::DecisionCard>> card(approvals::ApprovalRequest request);
  /// Whether a button with this nonce in this place belongs to the request. A message that is not known, but carries the right
  /// nonce, is a copy that was posted when the process died: from now on it is edited as the others are.
  [[nodiscard]] net::awaitable<Result<bool>> owns(SlackInteraction click);

 private:
  struct Rendered;
  [[nodiscard]] net::awaitable<std::vector<std::string>> targets(const approvals::ApprovalRequest& request);
  [[nodiscard]] net::awaitable<Status> show(RequestId request, std::string target);
  [[nodiscard]] net::awaitable<Result<Rendered>> render(RequestId request, std::string target, std::string nonce);
  [[nodiscard]] net::awaitable<Result<std::string>> place_of(std::string target);
  [[nodiscard]] net::awaitable<Result<std::string>> find_posted(SlackCopy copy);
  [[nodiscard]] net::awaitable<Status> post(RequestId request, std::string target, SlackCopy copy, Rendered rendered);
  [[nodiscard]] net::awaitable<Status> edit(RequestId request, std::string target, SlackCopy copy, Rendered rendered);

  const Backend backend_;
  SlackApi& api_;
  SlackPeople& people_;
  std::map<std::string, std::string> direct_;  ///< user -> their conversation with the app
};

}  // namespace sluice::channels
