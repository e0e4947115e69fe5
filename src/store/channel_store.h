#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "store/store.h"

namespace sluice::store {

/// How long a code that links an account may be confirmed.
inline constexpr std::chrono::minutes kLinkCodeLife{10};
/// How long a callback is remembered. Must be longer than any channel lets one in.
inline constexpr std::chrono::minutes kCallbackMemory{60};

/// One thing that happened to an approval request.
struct ApprovalChange {
  std::uint64_t number = 0;  ///< grows; gaps are possible
  RequestId request;
  std::string kind;          ///< "filed", "voted", "reminded", "escalated", "reviewed", "executed", or the state entered
  Timestamp at{};
};

/// A copy of a card somewhere.
struct ChannelMessage {
  RequestId request;
  std::string target;     ///< where: the channel's own name of the place
  std::string reference;  ///< what the channel needs to edit it
  std::string shown;      ///< digest of what it shows
};

/// An account of a person on a channel.
struct ChannelAccount {
  std::string channel;  ///< "slack", "teams"
  std::string account;  ///< "T123/U456"
  IdentityId identity;
  Timestamp linked{};
};

/// What channels keep: how far they have told, which copies of cards exist, who stands behind an account, and which
/// callbacks they have seen. All calls block; each is one transaction.
class ChannelStore {
 public:
  explicit ChannelStore(Store& store) : store_(store) {}

  [[nodiscard]] Result<std::vector<ApprovalChange>> changes_after(std::uint64_t number, std::size_t limit);
  /// Number of the newest change, 0: none yet.
  [[nodiscard]] Result<std::uint64_t> last_change();
  /// Where the channel stands. One that is new begins with what is pending now: at the newest change before the oldest
  /// open request was filed.
  [[nodiscard]] Result<std::uint64_t> position(const std::string& channel);
  [[nodiscard]] Status advance(const std::string& channel, std::uint64_t number);

  [[nodiscard]] Result<std::vector<ChannelMessage>> messages(const std::string& channel, const RequestId& request);
  /// Adds the message, or replaces the one for the same request and target.
  [[nodiscard]] Status keep(const std::string& channel, const ChannelMessage& message);

  /// A code which the person behind the account confirms within kLinkCodeLife: 10 characters, shown once, kept as a digest.
  /// An earlier code of the account ends.
  [[nodiscard]] Result<std::string> make_link_code(const std::string& channel, const std::string& account, Timestamp now);
  /// Binds the code's account to `identity`, with its audit record. not_found: no such code, used, or too late.
  [[nodiscard]] Result<ChannelAccount> confirm_link(const std::string& code, const IdentityId& identity, Timestamp now);
  [[nodiscard]] Result<std::optional<IdentityId>> person_of(const std::string& channel, const std::string& account);
  [[nodiscard]] Result<std::vector<ChannelAccount>> accounts_of(const IdentityId& identity);
  /// not_found if it is not the person's.
  [[nodiscard]] Status unlink(const std::string& channel, const std::string& account, const IdentityId& identity, Timestamp now);

  /// True exactly once for each callback.
  [[nodiscard]] Result<bool> first_sight(const std::string& channel, const std::string& callback, Timestamp now);

 private:
  Store& store_;
};

}  // namespace sluice::store
