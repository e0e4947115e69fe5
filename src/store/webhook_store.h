#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"

namespace sluice::store {

/// At most so many events wait for one webhook; beyond that the oldest are given up.
inline constexpr std::uint64_t kMaxDeliveries = 20'000;

/// An event that a webhook is to be told.
struct WebhookDelivery {
  std::uint64_t number = 0;    ///< of the change
  std::string event;           ///< the same for all attempts
  std::string body;
  std::uint32_t attempts = 0;  ///< that failed
  Timestamp due{};
};

/// What webhooks have still to be told. All calls block; each is one transaction.
class WebhookStore {
 public:
  explicit WebhookStore(Store& store) : store_(store) {}

  /// Up to which change the webhook's events are in here. One that is new begins with what happens from now on.
  [[nodiscard]] Result<std::uint64_t> position(const std::string& webhook);
  /// Adds events and moves the position to `number` in one. Gives how many were given up.
  [[nodiscard]] Result<std::uint64_t> add(const std::string& webhook, const std::vector<WebhookDelivery>& deliveries, std::uint64_t number);
  /// What is due first, due or not; nothing: nothing waits.
  [[nodiscard]] Result<std::optional<WebhookDelivery>> next(const std::string& webhook);
  [[nodiscard]] Status retry(const std::string& webhook, std::uint64_t number, Timestamp due);
  /// It was taken, or is given up.
  [[nodiscard]] Status remove(const std::string& webhook, std::uint64_t number);
  [[nodiscard]] Result<std::uint64_t> waiting(const std::string& webhook);

  /// The receiver wants no more, at this address; what waits is dropped.
  [[nodiscard]] Status disable(const std::string& webhook, const std::string& url, Timestamp now);
  [[nodiscard]] Result<bool> is_disabled(const std::string& webhook, const std::string& url);

 private:
  Store& store_;
};

}  // namespace sluice::store
