#include "control/webhook_desk.h"

#include <utility>

namespace sluice::control {

net::awaitable<Result<std::uint64_t>> WebhookDesk::position(std::string webhook) {
  auto work = [this, webhook = std::move(webhook)] { return webhooks_.position(webhook); };
  co_return co_await net::on(store_thread_, work);
}

net::awaitable<Result<std::uint64_t>> WebhookDesk::add(std::string webhook, std::vector<store::WebhookDelivery> deliveries, std::uint64_t number) {
  auto work = [this, webhook = std::move(webhook), deliveries = std::move(deliveries), number] { return webhooks_.add(webhook, deliveries, number); };
  co_return co_await net::on(store_thread_, work);
}

net::awaitable<Result<std::optional<store::WebhookDelivery>>> WebhookDesk::next(std::string webhook) {
  auto work = [this, webhook = std::move(webhook)] { return webhooks_.next(webhook); };
  co_return co_await net::on(store_thread_, work);
}

net::awaitable<Status> WebhookDesk::retry(std::string webhook, std::uint64_t number, Timestamp due) {
  auto work = [this, webhook = std::move(webhook), number, due] { return webhooks_.retry(webhook, number, due); };
  co_return co_await net::on(store_thread_, work);
}

net::awaitable<Status> WebhookDesk::remove(std::string webhook, std::uint64_t number) {
  auto work = [this, webhook = std::move(webhook), number] { return webhooks_.remove(webhook, number); };
  co_return co_await net::on(store_thread_, work);
}

net::awaitable<Result<std::uint64_t>> WebhookDesk::waiting(std::string webhook) {
  auto work = [this, webhook = std::move(webhook)] { return webhooks_.waiting(webhook); };
  co_return co_await net::on(store_thread_, work);
}

net::awaitable<Status> WebhookDesk::disable(std::string webhook, std::string url, Timestamp now) {
  auto work = [this, webhook = std::move(webhook), url = std::move(url), now] { return webhooks_.disable(webhook, url, now); };
  co_return co_await net::on(store_thread_, work);
}

net::awaitable<Result<bool>> WebhookDesk::is_disabled(std::string webhook, std::string url) {
  auto work = [this, webhook = std::move(webhook), url = std::move(url)] { return webhooks_.is_disabled(webhook, url); };
  co_return co_await net::on(store_thread_, work);
}

}  // namespace sluice::control
