#pragma once

#include <cstdint>
#include <memory>

#include "admin/backend.h"
#include "config/config.h"
#include "net/byte_stream.h"
#include "net/task.h"

namespace sluice::admin {

/// Serves the REST API on one address. Works on `executor`, the control thread; may be made and destroyed
/// on another thread while that one runs.
class AdminServer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<AdminServer>> start(control::Control& control, const config::Listen& where,
                                                                  std::function<void(MetricsText&)> metrics,
                                                                  std::map<std::string, net::HttpHandler> callbacks);
  [[nodiscard]] static Result<std::unique_ptr<AdminServer>> start(Backend backend, net::Executor executor, const config::Listen& where);
  /// Closes the listener and all connections as soon as the executor gets to it.
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  struct State;
  static net::awaitable<void> accept_all(std::shared_ptr<State> state);
  static net::awaitable<void> serve(std::shared_ptr<State> state, std::unique_ptr<net::ByteStream> stream);

  explicit AdminServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the coroutines, which may outlive this object
};

}  // namespace sluice::admin
