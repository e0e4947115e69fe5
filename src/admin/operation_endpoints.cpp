#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/metrics_text.h"
#include "admin/endpoints.h"
#include "admin/http_status.h"

namespace sluice::admin {

namespace {
nlohmann::ordered_json findings_json(const std::vector<config::Finding>& findings) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const config::Finding& finding : findings) {
    out.push_back({{"severity", finding.error ? "error" : "warning"}, {"where", finding.where}, {"message", finding.message}});
  }
  return out;
}

double oldest_wait(const std::vector<approvals::ApprovalRequest>& pending) {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  std::chrono::microseconds longest{0};
  for (const approvals::ApprovalRequest& request : pending) longest = std::max(longest, now - request.created);
  return std::chrono::duration<double>(longest).count();
}
}  // namespace

Answer reload(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  if (!call.request.body.empty()) co_return make_error(ErrorKind::bad_request, "this call takes no body");
  net::awaitable<Result<control::ReloadOutcome>> reloading = call.backend.reload();
  Result<control::ReloadOutcome> outcome = co_await std::move(reloading);
  if (!outcome.ok()) co_return std::move(outcome).error();
  const nlohmann::ordered_json body{{"published", outcome->published},
                                    {"policy_version", std::to_string(outcome->policy_version)},
                                    {"findings", findings_json(outcome->findings)},
                                    {"needs_restart", outcome->needs_restart}};
  net::HttpResponse response = json_response(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (!outcome->published) response.status = 422;
  co_return response;
}

Answer livez(Call) { co_return json_response(R"({"status":"alive"})"); }

// Whoever asks has no token, so it says how many and never which.
Answer readyz(Call call) {
  net::awaitable<control::ControlHealth> asking = call.backend.health();
  const control::ControlHealth health = co_await std::move(asking);
  const std::size_t databases = call.backend.board.config()->databases.size();
  const std::size_t down = health.databases_down.size();
  const bool ready = !health.draining && health.audit_writable && (databases == 0 || down < databases);
  const nlohmann::ordered_json body{{"status", ready ? "ready" : health.draining ? "draining" : "not ready"},
                                    {"audit_writable", health.audit_writable},
                                    {"databases", databases},
                                    {"databases_down", down},
                                    {"upstream_role_findings", health.role_findings}};
  net::HttpResponse response = json_response(body.dump());
  if (!ready) response.status = 503;
  co_return response;
}

// Prometheus text format. No label ever holds a name that somebody chose.
Answer metrics(Call call) {
  using Type = MetricsText::Type;
  net::awaitable<control::ControlHealth> asking = call.backend.health();
  const control::ControlHealth health = co_await std::move(asking);
  Result<std::vector<approvals::ApprovalRequest>> pending = co_await call.backend.desk.list(true);
  MetricsText text;
  text.single("sluice_draining", Type::gauge, "1 while the gateway shuts down.", health.draining ? 1 : 0);
  text.single("sluice_audit_writable", Type::gauge, "1 if the audit log can be written.", health.audit_writable ? 1 : 0);
  text.single("sluice_audit_records_total", Type::counter, "Records in the audit log.", health.audit_records);
  text.family("sluice_journal_fill_ratio", Type::gauge, "How full the fullest journal of a worker is, from 0 to 1.");
  text.sample({}, health.journal_fill);
  text.single("sluice_databases", Type::gauge, "Upstream databases in the configuration.", call.backend.board.config()->databases.size());
  text.single("sluice_databases_down", Type::gauge, "Upstream databases whose catalog has not been read yet, or whose role is refused.",
              health.databases_down.size());
  text.single("sluice_upstream_role_findings", Type::gauge, "Privileges that upstream roles have and should not.", health.role_findings);
  if (pending.ok()) {
    text.single("sluice_approval_requests_pending", Type::gauge, "Statements that wait for an approval.", pending->size());
    text.family("sluice_approval_requests_oldest_seconds", Type::gauge, "How long the oldest of them has waited.");
    text.sample({}, oldest_wait(*pending));
  }
  if (call.backend.metrics) call.backend.metrics(text);
  net::HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = text.take();
  co_return response;
}

}  // namespace sluice::admin
