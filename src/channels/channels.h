#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/metrics_text.h"
#include "control/control.h"
#include "net/http_server.h"

namespace sluice::channels {

/// All channels that the configuration names. Lives on the control thread; may be made, stopped and destroyed on another
/// while that one runs.
class Channels {
 public:
  /// `control` and `clock` must outlive it.
  [[nodiscard]] static std::unique_ptr<Channels> start(control::Control& control, const Clock& clock);
  ~Channels();  ///< stop()
  Channels(const Channels&) = delete;
  Channels& operator=(const Channels&) = delete;

  /// What chat services call: path -> who answers. They prove themselves in ways of their own. The handlers keep what they need.
  [[nodiscard]] std::map<std::string, net::HttpHandler> callbacks() const;
  /// How the channels get on. On the control thread.
  void metrics(MetricsText& text) const;
  /// Ends deliveries. What was not delivered is delivered after the next start.
  void stop();

 private:
  struct State;
  explicit Channels(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the coroutines, which may outlive this object
};

}  // namespace sluice::channels
