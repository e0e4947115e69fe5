#include "cli/approvals.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "admin/approval_card.h"
#include "approvals/visible_text.h"
#include "cli/api_text.h"
#include "net/json.h"

namespace sluice::cli {

using nlohmann::json;

namespace {
constexpr const char* kPath = "/api/v1/approvals";

std::string path_of(const std::string& id, const char* verb = "") { return std::string(kPath) + "/" + id + verb; }

json reason_body(const std::string& reason) { return reason.empty() ? json::object() : json{{"reason", reason}}; }

std::string header_of(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [field, value] : response.fields) {
    if (field == name) return value;
  }
  return {};
}

bool confirmed(const std::string& what) {
  std::fprintf(stderr, "%s Type yes: ", what.c_str());
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes" || answer == "YES";
}
}  // namespace

int approvals_list(const ApprovalsListOptions& options) {
  json all{{"items", json::array()}, {"next", nullptr}};
  for (std::string before;;) {
    net::HttpRequest request = request_for("GET", kPath);
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) request.query.emplace_back(name, value);
    };
    add("state", options.state == "all" ? "" : options.state);
    add("requester", options.requester);
    add("database", options.database);
    add("action", options.action);
    add("mine", options.mine ? "true" : "");
    add("before", before);
    const Result<json> page = call_api(options.api, std::move(request));
    if (!page.ok()) return fail(page.error());
    for (const json& item : page->value("items", json::array())) all["items"].push_back(item);
    const json next = page->value("next", json());
    if (!next.is_string() || next == before) break;
    before = next.get<std::string>();
  }
  options.json ? print_json(all) : print(admin::approval_table(all));
  return 0;
}

int approvals_show(const ApprovalsShowOptions& options) {
  const Result<json> shown = call_api(options.api, request_for("GET", path_of(options.id)));
  if (!shown.ok()) return fail(shown.error());
  options.json ? print_json(*shown) : print(admin::approval_card(*shown));
  return 0;
}

int approvals_decide(const ApprovalsDecideOptions& options) {
  Result<net::HttpResponse> shown = http_call(options.api, request_for("GET", path_of(options.id)));
  if (!shown.ok()) return fail(shown.error());
  if (options.approve && !options.yes && ::isatty(STDIN_FILENO) == 1) {
    const Result<json> request = net::parse_untrusted(shown->body);
    if (!request.ok()) return fail(request.error());
    print(admin::approval_card(*request));
    std::fflush(stdout);
    if (!confirmed("Let this run, once?")) {
      std::fprintf(stderr, "sluice: nothing was decided\n");
      return 1;
    }
  }
  net::HttpRequest request = request_for("POST", path_of(options.id, options.approve ? "/approve" : "/deny"), reason_body(options.reason));
  if (const std::string etag = header_of(*shown, "etag"); !etag.empty()) request.fields.emplace_back("if-match", etag);
  return call_and_tell(options.api, std::move(request), options.id, options.json);
}

int approvals_withdraw(const ApprovalsActOptions& options) {
  return call_and_tell(options.api, request_for("POST", path_of(options.id, "/withdraw"), reason_body(options.reason)), options.id, options.json);
}

int approvals_break_glass(const ApprovalsActOptions& options) {
  return call_and_tell(options.api, request_for("POST", path_of(options.id, "/break-glass"), reason_body(options.reason)), options.id, options.json);
}

int approvals_review(const ApprovalsReviewOptions& options) {
  json body = reason_body(options.act.reason);
  body["verdict"] = options.justified ? "justified" : "unjustified";
  const std::string& id = options.act.id;
  const Result<json> answer = call_api(options.act.api, request_for("POST", path_of(id, "/review"), body));
  if (!answer.ok()) return fail(answer.error());
  options.act.json ? print_json(*answer) : print(approvals::visible_line(id, 100) + " is reviewed\n");
  return 0;
}

int approvals_reviews(const ApprovalsShowOptions& options) {
  const Result<json> list = call_api(options.api, request_for("GET", "/api/v1/reviews"));
  if (!list.ok()) return fail(list.error());
  if (options.json) {
    print_json(*list);
  } else {
    print_table(list->value("items", json::array()), {"id", "broken_by", "broken_at", "reason", "database", "statement_start"});
  }
  return 0;
}

int approvals_evidence(const ApprovalsEvidenceOptions& options) {
  const Result<net::HttpResponse> evidence = http_call(options.api, request_for("GET", path_of(options.id, "/evidence")));
  if (!evidence.ok()) return fail(evidence.error());
  if (options.output.empty()) {
    print(evidence->body);
    return 0;
  }
  std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
  file << evidence->body;
  file.close();
  if (!file) return fail(make_error(ErrorKind::bad_request, "cannot write \"" + options.output + "\""));
  return 0;
}

}  // namespace sluice::cli
