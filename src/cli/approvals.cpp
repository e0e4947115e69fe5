#include "cli/approvals.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "admin/approval_card.h"
#include "approvals/visible_text.h"
#include "net/json.h"

namespace sluice::cli {

using nlohmann::json;

namespace {
constexpr const char* kPath = "/api/v1/approvals";

int fail(const Error& error) {
  std::fprintf(stderr, "sluice: %s\n", approvals::visible_line(error.message, 1000).c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "HINT:  %s\n", approvals::visible_line(error.hint, 1000).c_str());
  return 1;
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

// In ASCII, so that nothing in it can play tricks with a terminal.
void print_json(const json& value) { print(value.dump(2, ' ', true, json::error_handler_t::replace) + "\n"); }

Result<json> call(const ApiOptions& api, net::HttpRequest request) {
  SLUICE_TRY(response, http_call(api, std::move(request)));
  return net::parse_untrusted(response.body);
}

net::HttpRequest request_for(const std::string& method, const std::string& path) {
  net::HttpRequest request;
  request.method = method;
  request.path = path;
  return request;
}
}  // namespace

int approvals_list(const ApprovalsListOptions& options) {
  net::HttpRequest request = request_for("GET", kPath);
  if (options.state != "all") request.query.emplace_back("state", options.state);
  const Result<json> list = call(options.api, std::move(request));
  if (!list.ok()) return fail(list.error());
  if (options.json) {
    print_json(*list);
  } else {
    print(admin::approval_table(*list));
  }
  return 0;
}

int approvals_show(const ApprovalsShowOptions& options) {
  const Result<json> shown = call(options.api, request_for("GET", kPath + ("/" + options.id)));
  if (!shown.ok()) return fail(shown.error());
  if (options.json) {
    print_json(*shown);
  } else {
    print(admin::approval_card(*shown));
  }
  return 0;
}

int approvals_decide(const ApprovalsDecideOptions& options) {
  net::HttpRequest request = request_for("POST", kPath + ("/" + options.id) + (options.approve ? "/approve" : "/deny"));
  if (!options.reason.empty()) request.body = json{{"reason", options.reason}}.dump(-1, ' ', true, json::error_handler_t::replace);
  const Result<json> decided = call(options.api, std::move(request));
  if (!decided.ok()) return fail(decided.error());
  if (options.json) {
    print_json(*decided);
  } else {
    const auto state = decided->find("state");
    const std::string text = state != decided->end() && state->is_string() ? state->get<std::string>() : "?";
    print(approvals::visible_line(options.id, 100) + " is " + approvals::visible_line(text, 100) + "\n");
  }
  return 0;
}

}  // namespace sluice::cli
