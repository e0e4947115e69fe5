#include "gateway/metrics_report.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::gateway {
namespace {

std::string report(const std::vector<const WorkerMetrics*>& workers) {
  MetricsText text;
  report_metrics(workers, GatewayGauges{1000, 65536, 2}, text);
  return text.take();
}

bool has(const std::string& text, const std::string& line) { return text.find("\n" + line + "\n") != std::string::npos; }

TEST(MetricsReport, SumsOverTheWorkers) {
  WorkerMetrics one;
  WorkerMetrics two;
  one.sessions[static_cast<std::size_t>(Activity::held)].add();
  two.sessions[static_cast<std::size_t>(Activity::held)].add(2);
  two.sessions[static_cast<std::size_t>(Activity::held)].subtract();
  one.statements[static_cast<std::size_t>(policy::Verdict::hold)][static_cast<std::size_t>(sql::StatementKind::copy_out)].add(5);
  one.refused(ErrorKind::denied);
  two.refused(ErrorKind::approval_denied);
  two.refused(ErrorKind::too_many_connections);
  one.hit(Limit::max_sessions);
  one.holds[static_cast<std::size_t>(HoldEnd::expired)].add();
  const std::string text = report({&one, &two});
  EXPECT_TRUE(has(text, "sluice_sessions{state=\"held\"} 2")) << text;
  EXPECT_TRUE(has(text, "sluice_sessions{state=\"idle\"} 0"));
  EXPECT_TRUE(has(text, "sluice_statements_total{verdict=\"hold\",kind=\"copy out\"} 5"));
  EXPECT_TRUE(has(text, "sluice_refusals_total{sqlstate=\"42501\"} 2"));
  EXPECT_TRUE(has(text, "sluice_refusals_total{sqlstate=\"53300\"} 1"));
  EXPECT_TRUE(has(text, "sluice_limits_hit_total{limit=\"max_sessions\"} 1"));
  EXPECT_TRUE(has(text, "sluice_holds_total{outcome=\"expired\"} 1"));
  EXPECT_TRUE(has(text, "sluice_sessions_limit 1000"));
  EXPECT_TRUE(has(text, "sluice_accept_shortages_total 2"));
}

}  // namespace
}  // namespace sluice::gateway
