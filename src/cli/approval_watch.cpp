#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/api_text.h"
#include "cli/approvals.h"
#include "net/json.h"

namespace sluice::cli {

using nlohmann::json;

namespace {
constexpr std::chrono::seconds kPause{2};

void tell(const json& event, bool as_json) {
  if (as_json) {
    print(event.dump(-1, ' ', true, json::error_handler_t::replace) + "\n");
  } else {
    const json& approval = event.contains("approval") ? event.at("approval") : event;
    const json requester = approval.value("requester", json::object());
    print(text_member(event, "at") + "  " + text_member(approval, "id") + "  " + text_member(event, "kind") + "  " + text_member(requester, "id") + "  " +
          text_member(approval, "database") + "  " + text_member(approval, "statement_start") + "\n");
  }
  std::fflush(stdout);
}
}  // namespace

int approvals_watch(const ApprovalsWatchOptions& options) {
  std::string last = options.from_now ? std::string() : std::to_string(options.after);
  std::uint64_t told = 0;
  std::string id;
  const auto on_line = [&](std::string_view line) {
    if (line.starts_with("id: ")) id = line.substr(4);
    if (!line.starts_with("data: ")) return true;
    const Result<json> event = net::parse_untrusted(line.substr(6));
    if (!event.ok() || !event->is_object()) return true;
    last = id;
    tell(*event, options.json);
    return options.count == 0 || ++told < options.count;
  };
  for (;;) {
    net::HttpRequest request = request_for("GET", "/api/v1/approvals/events");
    if (!last.empty()) request.fields.emplace_back("last-event-id", last);
    const Result<bool> ended = http_watch(options.api, std::move(request), on_line);
    if (!ended.ok() && ended.error().kind != ErrorKind::upstream_unavailable) return fail(ended.error());
    if (ended.ok() && *ended) return 0;
    std::this_thread::sleep_for(kPause);  // the server went away, or wants its readers to come again
  }
}

}  // namespace sluice::cli
