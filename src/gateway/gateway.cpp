#include "gateway/gateway.h"

#include <array>
#include <thread>
#include <utility>

#include "base/digest.h"
#include "gateway/metrics_report.h"

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
  gateway->context_->workers = workers;
  for (std::uint32_t number = 0; number < workers; ++number) {
    SLUICE_TRY(recorder, control.make_recorder(number));
    SLUICE_TRY(worker, Worker::start(number, *gateway->context_, std::move(recorder), config->listen, config->tcp_agents));
    gateway->workers_.push_back(std::move(worker));
  }
  SLUICE_CHECK(Worker::share_unix_sockets(gateway->workers_, config->listen));
  return gateway;
}

void Gateway::stop() {
  for (const auto& worker : workers_) worker->stop();
}

void Gateway::end_sessions() {
  for (const auto& worker : workers_) worker->end_sessions();
}

void Gateway::metrics(MetricsText& text) const {
  std::vector<const WorkerMetrics*> workers;
  GatewayGauges gauges;
  for (const auto& worker : workers_) {
    workers.push_back(&worker->metrics());
    gauges.accept_shortages += worker->accept_shortages();
  }
  gauges.max_sessions = context_->board.config()->limits.max_sessions;
  gauges.memory_bytes = context_->memory.load(std::memory_order_relaxed);
  report_metrics(workers, gauges, text);
}

void Gateway::drain() {
  for (const auto& worker : workers_) worker->drain();
}

}  // namespace sluice::gateway
