#include "gateway/metrics_report.h"

#include <map>
#include <string>

#include "protocol/sqlstate.h"

namespace sluice::gateway {

using Type = MetricsText::Type;

namespace {
// The sum over the workers of what `pick` finds in each.
template <class Pick>
std::uint64_t sum(std::span<const WorkerMetrics* const> workers, Pick pick) {
  std::uint64_t total = 0;
  for (const WorkerMetrics* worker : workers) total += pick(*worker).value();
  return total;
}

struct Single {
  std::string_view name;
  std::string_view help;
  Counter WorkerMetrics::*counter;
};
constexpr Single kSingles[] = {
    {"sluice_sessions_opened_total", "Sessions that were let in.", &WorkerMetrics::sessions_opened},
    {"sluice_login_failures_total", "Logins that were refused or given up.", &WorkerMetrics::login_failures},
    {"sluice_agent_received_bytes_total", "Bytes from agents.", &WorkerMetrics::bytes_from_agents},
    {"sluice_agent_sent_bytes_total", "Bytes to agents.", &WorkerMetrics::bytes_to_agents},
    {"sluice_upstream_received_bytes_total", "Bytes from upstream databases.", &WorkerMetrics::bytes_from_upstreams},
    {"sluice_upstream_sent_bytes_total", "Bytes to upstream databases.", &WorkerMetrics::bytes_to_upstreams},
    {"sluice_rows_total", "Rows of results and of COPY that ended.", &WorkerMetrics::rows},
    {"sluice_upstream_connects_total", "Connections to upstream databases that came up.", &WorkerMetrics::upstream_connects},
    {"sluice_upstream_failures_total", "Connections to upstream databases that failed, or were lost in a session.", &WorkerMetrics::upstream_failures},
    {"sluice_plan_cache_hits_total", "Texts whose plan was known.", &WorkerMetrics::plan_hits},
    {"sluice_plan_cache_misses_total", "Texts that had to be planned.", &WorkerMetrics::plan_misses},
    {"sluice_cancels_total", "Statements that were told to stop.", &WorkerMetrics::cancels},
};

void report_statements(std::span<const WorkerMetrics* const> workers, MetricsText& text) {
  text.family("sluice_statements_total", Type::counter, "Statements by the policy's verdict and by kind.");
  for (std::size_t verdict = 0; verdict < kVerdicts; ++verdict) {
    for (std::size_t kind = 0; kind < kStatementKinds; ++kind) {
      const std::uint64_t count = sum(workers, [&](const WorkerMetrics& worker) -> const Counter& { return worker.statements[verdict][kind]; });
      if (count == 0) continue;
      text.sample({{"verdict", to_text(static_cast<policy::Verdict>(verdict))}, {"kind", sql::to_text(static_cast<sql::StatementKind>(kind))}}, count);
    }
  }
}

void report_refusals(std::span<const WorkerMetrics* const> workers, MetricsText& text) {
  std::map<std::string_view, std::uint64_t> by_state;
  for (std::size_t kind = 0; kind < kErrorKinds; ++kind) {
    const std::uint64_t count = sum(workers, [kind](const WorkerMetrics& worker) -> const Counter& { return worker.refusals[kind]; });
    if (count > 0) by_state[protocol::sqlstate(static_cast<ErrorKind>(kind))] += count;
  }
  text.family("sluice_refusals_total", Type::counter, "Errors of Sluice's own to agents, by SQLSTATE.");
  for (const auto& [state, count] : by_state) text.sample({{"sqlstate", state}}, count);
}
}  // namespace

std::string_view to_text(Activity activity) {
  switch (activity) {
    case Activity::login: return "login";
    case Activity::idle: return "idle";
    case Activity::in_transaction: return "idle_in_transaction";
    case Activity::running: return "running";
    case Activity::held: return "held";
  }
  return "login";
}

std::string_view to_text(Limit limit) {
  switch (limit) {
    case Limit::max_sessions: return "max_sessions";
    case Limit::max_sessions_per_identity: return "max_sessions_per_identity";
    case Limit::max_logins: return "max_logins";
    case Limit::max_message_bytes: return "max_message_bytes";
    case Limit::max_prepared_statements: return "max_prepared_statements";
    case Limit::max_cursors: return "max_cursors";
    case Limit::max_session_memory: return "max_session_memory";
    case Limit::max_memory: return "max_memory";
    case Limit::login_timeout: return "login_timeout";
    case Limit::statement_timeout: return "statement_timeout";
    case Limit::idle_session_timeout: return "idle_session_timeout";
    case Limit::idle_in_transaction_session_timeout: return "idle_in_transaction_session_timeout";
    case Limit::hold_timeout: return "hold_timeout";
    case Limit::write_timeout: return "write_timeout";
    case Limit::pipeline: return "pipeline";
  }
  return "pipeline";
}

std::string_view to_text(HoldEnd end) {
  switch (end) {
    case HoldEnd::approved: return "approved";
    case HoldEnd::denied: return "denied";
    case HoldEnd::expired: return "expired";
    case HoldEnd::withdrawn: return "withdrawn";
  }
  return "withdrawn";
}

void report_metrics(std::span<const WorkerMetrics* const> workers, const GatewayGauges& gauges, MetricsText& text) {
  text.family("sluice_sessions", Type::gauge, "Sessions by what they are doing.");
  for (std::size_t i = 0; i < kActivities; ++i) {
    text.sample({{"state", to_text(static_cast<Activity>(i))}}, sum(workers, [i](const WorkerMetrics& worker) -> const Counter& { return worker.sessions[i]; }));
  }
  text.single("sluice_sessions_limit", Type::gauge, "How many sessions may be open.", gauges.max_sessions);
  text.single("sluice_session_memory_bytes", Type::gauge, "What sessions hold beyond their usual buffers.", gauges.memory_bytes);
  text.single("sluice_accept_shortages_total", Type::counter, "Times a connection had to wait for a file descriptor.", gauges.accept_shortages);
  for (const Single& single : kSingles) {
    text.single(single.name, Type::counter, single.help, sum(workers, [&](const WorkerMetrics& worker) -> const Counter& { return worker.*single.counter; }));
  }
  report_statements(workers, text);
  report_refusals(workers, text);
  text.family("sluice_limits_hit_total", Type::counter, "How often a limit was hit, by its name in the configuration.");
  for (std::size_t i = 0; i < kLimits; ++i) {
    text.sample({{"limit", to_text(static_cast<Limit>(i))}}, sum(workers, [i](const WorkerMetrics& worker) -> const Counter& { return worker.limits[i]; }));
  }
  text.family("sluice_holds_total", Type::counter, "Waits of sessions for an approval, by how they ended.");
  for (std::size_t i = 0; i < kHoldEnds; ++i) {
    text.sample({{"outcome", to_text(static_cast<HoldEnd>(i))}}, sum(workers, [i](const WorkerMetrics& worker) -> const Counter& { return worker.holds[i]; }));
  }
}

}  // namespace sluice::gateway
