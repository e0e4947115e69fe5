#include <fmt/format.h>

#include <nlohmann/json.hpp>

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
  const bool ready = health.audit_writable && (databases == 0 || down < databases);
  const nlohmann::ordered_json body{{"status", ready ? "ready" : "not ready"},
                                    {"audit_writable", health.audit_writable},
                                    {"databases", databases},
                                    {"databases_down", down}};
  net::HttpResponse response = json_response(body.dump());
  if (!ready) response.status = 503;
  co_return response;
}

// Prometheus text format. No label ever holds a name that somebody chose.
Answer metrics(Call call) {
  net::awaitable<control::ControlHealth> asking = call.backend.health();
  const control::ControlHealth health = co_await std::move(asking);
  Result<std::vector<approvals::ApprovalRequest>> pending = co_await call.backend.desk.list(true);
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    text += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n{0} {3}\n", name, type, help, value);
  };
  add("sluice_audit_writable", "gauge", "1 if the audit log can be written.", health.audit_writable ? 1 : 0);
  add("sluice_audit_records_total", "counter", "Records in the audit log.", health.audit_records);
  add("sluice_databases", "gauge", "Upstream databases in the configuration.", call.backend.board.config()->databases.size());
  add("sluice_databases_down", "gauge", "Upstream databases whose catalog has not been read yet.", health.databases_down.size());
  if (pending.ok()) add("sluice_approval_requests_pending", "gauge", "Statements that wait for an approval.", pending->size());
  net::HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = std::move(text);
  co_return response;
}

}  // namespace sluice::admin
