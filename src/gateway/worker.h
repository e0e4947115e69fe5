#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "gateway/session.h"
#include "gateway/worker_context.h"
#include "net/listener.h"
#include "net/worker_thread.h"

namespace sluice::gateway {

/// One thread with its listeners and sessions. A session never leaves it.
class Worker {
 public:
  /// Listens at all TCP addresses of the configuration.
  [[nodiscard]] static Result<std::unique_ptr<Worker>> start(std::uint32_t number, GatewayContext& gateway,
                                                             std::unique_ptr<control::StatementRecorder> recorder,
                                                             const std::vector<config::Listen>& listen, const TcpOptions& tcp);
  /// A Unix socket has one listener: the first worker accepts there and gives each connection to the next in turn. The
  /// workers live until all of them have been stopped.
  [[nodiscard]] static Status share_unix_sockets(const std::vector<std::unique_ptr<Worker>>& workers, const std::vector<config::Listen>& listen);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Accepts nobody any more and lets each session end when it is idle. Any thread.
  void drain();
  /// Tells each session why and ends it, whatever is under way. Any thread.
  void end_sessions();
  /// All sessions. Resumes on the caller's executor.
  [[nodiscard]] net::awaitable<std::vector<ClientRow>> clients();
  // Any thread.
  [[nodiscard]] const WorkerMetrics& metrics() const noexcept { return context_->metrics; }
  [[nodiscard]] std::uint64_t accept_shortages() const noexcept;
  /// Ends the thread. Sessions stay as they are, suspended, until the destructor.
  void stop();

 private:
  Worker(std::uint32_t number, GatewayContext& gateway, std::unique_ptr<control::StatementRecorder> recorder);
  static net::awaitable<void> accept_all(Worker* worker, net::Listener* listener);
  [[nodiscard]] bool has_room_for_login();
  static net::awaitable<void> refuse(Worker* worker, std::unique_ptr<net::ByteStream> stream);
  static net::awaitable<void> accept_for(std::vector<Worker*> workers, net::Listener* listener);
  void serve(std::unique_ptr<net::ByteStream> agent);
  static net::awaitable<void> run_session(Worker* worker, std::shared_ptr<Session> session, std::uint64_t id);

  std::unique_ptr<control::StatementRecorder> recorder_;
  std::unique_ptr<WorkerContext> context_;
  std::unordered_map<std::uint64_t, std::weak_ptr<Session>> sessions_;
  std::deque<std::weak_ptr<Session>> logins_;  ///< in the order of their arrival; those that are through are cleared out by and by
  std::uint32_t refusals_ = 0;                 ///< under way
  std::unique_ptr<net::WorkerThread> thread_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  bool draining_ = false;
};

}  // namespace sluice::gateway
