#include "cli/run.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <memory>
#include <string>

#include "admin/admin_server.h"
#include "channels/channels.h"
#include "cli/service_manager.h"
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

// A session needs two descriptors. Takes what the system gives, and says if that is not enough.
void raise_descriptor_limit(std::uint32_t sessions) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t needed = 2 * rlim_t{sessions} + 100;
  if (limit.rlim_max < needed) {
    spdlog::warn("{} sessions need {} file descriptors, but there are {}: lower max_sessions or raise LimitNOFILE", sessions, needed, limit.rlim_max);
  }
}

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

constexpr std::chrono::seconds kLastWords{3};  // for telling agents why their sessions end

// False: a signal to end came first, or the time is over.
bool wait_for_sessions(const gateway::Gateway& gateway, const sigset_t& signals, std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (gateway.sessions() > 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    const int signal = next_signal(signals, std::chrono::milliseconds(20));
    if (signal == SIGTERM || signal == SIGINT) return false;
  }
  return true;
}

// Sessions end when they are idle; a second signal, or the time limit, ends them at once; a third does not even wait for that.
void drain(gateway::Gateway& gateway, const sigset_t& signals, std::chrono::seconds limit) {
  spdlog::info("shutting down: {} sessions", gateway.sessions());
  notify_service_manager("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(std::chrono::microseconds(limit + 2 * kLastWords).count()));
  gateway.drain();
  if (wait_for_sessions(gateway, signals, limit)) return;
  spdlog::warn("ending {} sessions in the middle of their work", gateway.sessions());
  gateway.end_sessions();
  (void)wait_for_sessions(gateway, signals, kLastWords);
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
  raise_descriptor_limit(config->limits.max_sessions);
  auto gateway = gateway::Gateway::start(**control, clock);
  if (!gateway.ok()) {
    spdlog::error("{}", gateway.error().message);
    return 1;
  }
  auto channels = channels::Channels::start(**control, clock);
  std::unique_ptr<admin::AdminServer> admin;
  if (config->admin) {
    const auto gather = [running = gateway->get(), told = channels.get()](MetricsText& text) {
      running->metrics(text);
      told->metrics(text);
    };
    auto started = admin::AdminServer::start(**control, *config->admin, gather, channels->callbacks());
    if (!started.ok()) {
      spdlog::error("{}", started.error().message);
      return 1;
    }
    admin = std::move(*started);
  }
  spdlog::info("ready");
  notify_service_manager("READY=1");
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) break;
    net::spawn((*control)->executor(), reload(control->get()));
  }
  (*control)->start_draining();
  drain(**gateway, signals, (*control)->board().config()->limits.shutdown_timeout);
  admin.reset();
  channels->stop();
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
