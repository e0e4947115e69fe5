#pragma once

#include <cstdint>
#include <span>

#include "base/metrics_text.h"
#include "gateway/worker_metrics.h"

namespace sluice::gateway {

/// What all workers have in common.
struct GatewayGauges {
  std::uint64_t max_sessions = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t accept_shortages = 0;
};

/// Writes the sums over all workers. Any thread: the counters are read as they stand.
void report_metrics(std::span<const WorkerMetrics* const> workers, const GatewayGauges& gauges, MetricsText& text);

[[nodiscard]] std::string_view to_text(Activity activity);
[[nodiscard]] std::string_view to_text(Limit limit);  ///< as the configuration calls it
[[nodiscard]] std::string_view to_text(HoldEnd end);

}  // namespace sluice::gateway
