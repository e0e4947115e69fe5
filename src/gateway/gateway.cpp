#include "gateway/gateway.h"

#include <array>
#include <thread>
#include <utility>

#include "base/digest.h"

namespace sluice::gateway {

Gateway::~Gateway() { workers_.clear(); }

Result<std::unique_ptr<Gateway>> Gateway::start(control::Control& control, const Clock& clock) {
  const std::shared_ptr<const config::Config> config = control.board().config();
  std::unique_ptr<Gateway> gateway(new Gateway());
  gateway->context_ = std::make_unique<GatewayContext>(control.board(), control.desk(), clock);
  std::array<std::uint8_t, 32> secret{};
  fill_random(secret);
  gateway->context_->mock_secret = Secret(std::string(reinterpret_cast<const char*>(secret.data()), secret.size()));

  const std::uint32_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::uint32_t workers = config->workers == 0 ? cores : config->workers;
  for (std::uint32_t number = 0; number < workers; ++number) {
    SLUICE_TRY(recorder, control.make_recorder(number));
    SLUICE_TRY(worker, Worker::start(number, *gateway->context_, std::move(recorder), config->listen));
    gateway->workers_.push_back(std::move(worker));
  }
  SLUICE_CHECK(Worker::share_unix_sockets(gateway->workers_, config->listen));
  return gateway;
}

void Gateway::stop() {
  for (const auto& worker : workers_) worker->stop();
}

void Gateway::drain() {
  for (const auto& worker : workers_) worker->drain();
}

}  // namespace sluice::gateway
