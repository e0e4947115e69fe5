#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/metrics_text.h"
#include "base/result.h"
#include "control/control.h"
#include "gateway/worker.h"

namespace sluice::gateway {

/// All workers. Made and destroyed on the main thread, while `control` exists.
class Gateway {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Gateway>> start(control::Control& control, const Clock& clock);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void drain();
  /// Tells each session that is still open why, and ends it.
  void end_sessions();
  /// Any thread.
  void metrics(MetricsText& text) const;
  /// Ends all threads. To be followed by control.stop(), which still answers into the workers' queues, and
  /// only then by the destructor.
  void stop();
  [[nodiscard]] std::uint32_t sessions() const noexcept { return context_->sessions.load(); }

 private:
  Gateway() = default;
  static net::awaitable<std::vector<ClientRow>> clients(Gateway* gateway);
  std::unique_ptr<AdminSource> admin_;
  std::unique_ptr<GatewayContext> context_;
  std::vector<std::unique_ptr<Worker>> workers_;  // destroyed before the context
};

}  // namespace sluice::gateway
