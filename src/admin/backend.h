#pragma once

#include <functional>

#include "base/metrics_text.h"
#include "control/control.h"

namespace sluice::admin {

/// What the API needs of the rest of the program. Everything in it outlives the API.
struct Backend {
  control::ApprovalDesk& desk;
  const control::SnapshotBoard& board;
  std::function<net::awaitable<Result<usage::UsageReport>>(usage::UsageQuery)> usage;
  std::function<net::awaitable<Result<control::ReloadOutcome>>()> reload;
  std::function<net::awaitable<control::ControlHealth>()> health;
  std::function<void(MetricsText&)> metrics = {};  ///< adds what the gateway counts; may be empty
};

[[nodiscard]] inline Backend backend_of(control::Control& control, std::function<void(MetricsText&)> metrics) {
  return Backend{control.desk(), control.board(), [&control](usage::UsageQuery query) { return control.usage(std::move(query)); },
                 [&control] { return control.reload(); }, [&control] { return control.health(); }, std::move(metrics)};
}

}  // namespace sluice::admin
