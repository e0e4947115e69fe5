#include "cli/run.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <memory>

#include "admin/admin_server.h"
#include "control/control.h"
#include "gateway/gateway.h"
#include "net/task.h"

namespace sluice::cli {

namespace {
class SystemClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&signals, signal);
  return signals;
}

net::awaitable<void> reload(control::Control* control) {
  const auto outcome = co_await control->reload();
  if (!outcome.ok()) spdlog::error("reload failed: {}", outcome.error().message);
}

// The next signal, or 0 after `wait`.
int next_signal(const sigset_t& signals, std::chrono::milliseconds wait) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
  const timespec limit{static_cast<time_t>(seconds.count()), static_cast<long>((wait - seconds).count() * 1'000'000)};
  const int signal = sigtimedwait(&signals, nullptr, &limit);
  return signal < 0 ? 0 : signal;
}

// Sessions end when they are idle; a second signal, or the time limit, ends them at once.
void drain(gateway::Gateway& gateway, const sigset_t& signals, std::chrono::seconds limit) {
  spdlog::info("shutting down: {} sessions", gateway.sessions());
  gateway.drain();
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (gateway.sessions() > 0 && std::chrono::steady_clock::now() < deadline) {
    const int signal = next_signal(signals, std::chrono::milliseconds(20));
    if (signal == SIGTERM || signal == SIGINT) return;
  }
}

int start_and_serve(const RunOptions& options) {
  // Blocked before any thread starts, so that only this thread ever sees them.
  const sigset_t signals = handled_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const SystemClock clock;
  auto control = control::Control::start(options.config_path, clock);
  if (!control.ok()) {
    spdlog::error("{}", control.error().message);
    return 1;
  }
  const std::shared_ptr<const config::Config> config = (*control)->board().config();
  auto gateway = gateway::Gateway::start(**control, clock);
  if (!gateway.ok()) {
    spdlog::error("{}", gateway.error().message);
    return 1;
  }
  std::unique_ptr<admin::AdminServer> admin;
  if (config->admin) {
    auto started = admin::AdminServer::start(**control, *config->admin);
    if (!started.ok()) {
      spdlog::error("{}", started.error().message);
      return 1;
    }
    admin = std::move(*started);
  }
  spdlog::info("ready");
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) break;
    net::spawn((*control)->executor(), reload(control->get()));
  }
  drain(**gateway, signals, config->limits.shutdown_timeout);
  admin.reset();
  (*gateway)->stop();
  (*control)->stop();
  gateway->reset();  // only now: until its end control answers into the workers' queues
  spdlog::info("stopped");
  return 0;
}
}  // namespace

int run_gateway(const RunOptions& options) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("sluice"));
  return start_and_serve(options);
}

}  // namespace sluice::cli
