#pragma once

#include <string>
#include <vector>

#include "net/task.h"
#include "store/webhook_store.h"

namespace sluice::control {

/// store::WebhookStore for other threads: each call resumes on the executor it was awaited on. Its work is done on the store
/// thread, which must be joined before it dies.
class WebhookDesk {
 public:
  WebhookDesk(store::Store& store, net::Executor store_thread) : webhooks_(store), store_thread_(std::move(store_thread)) {}

  [[nodiscard]] net::awaitable<Result<std::uint64_t>> position(std::string webhook);
  [[nodiscard]] net::awaitable<Result<std::uint64_t>> add(std::string webhook, std::vector<store::WebhookDelivery> deliveries, std::uint64_t number);
  [[nodiscard]] net::awaitable<Result<std::optional<store::WebhookDelivery>>> next(std::string webhook);
  [[nodiscard]] net::awaitable<Status> retry(std::string webhook, std::uint64_t number, Timestamp due);
  [[nodiscard]] net::awaitable<Status> remove(std::string webhook, std::uint64_t number);
  [[nodiscard]] net::awaitable<Result<std::uint64_t>> waiting(std::string webhook);
  [[nodiscard]] net::awaitable<Status> disable(std::string webhook, std::string url, Timestamp now);
  [[nodiscard]] net::awaitable<Result<bool>> is_disabled(std::string webhook, std::string url);

 private:
  store::WebhookStore webhooks_;
  net::Executor store_thread_;
};

}  // namespace sluice::control
