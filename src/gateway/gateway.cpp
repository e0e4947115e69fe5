#include "gateway/gateway.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <thread>
#include <utility>

#include "base/digest.h"
#include "gateway/admin_source.h"
#include "gateway/metrics_report.h"

namespace sluice::gateway {

Gateway::~Gateway() { workers_.clear(); }

Result<std::unique_ptr<Gateway>> Gateway::start(control::Control& control, const Clock& clock) {
  const std::shared_ptr<const config::Config> config = control.board().config();
  std::unique_ptr<Gateway> gateway(new Gateway());
  gateway->context_ = std::make_unique<GatewayContext>(control.board(), control.desk(), clock);
  gateway->admin_ = std::make_unique<AdminSource>(AdminSource{[&control] { return control.reload(); },
                                                              [&control](usage::UsageQuery query) { return control.usage(std::move(query)); },
                                                              [running = gateway.get()] { return clients(running); }});
  gateway->context_->admin = gateway->admin_.get();
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

net::awaitable<std::vector<ClientRow>> Gateway::clients(Gateway* gateway) {
  std::vector<ClientRow> all;
  for (const auto& worker : gateway->workers_) {
    std::vector<ClientRow> rows = co_await worker->clients();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const ClientRow& a, const ClientRow& b) { return a.session < b.session; });
  co_return all;
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
