#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "admin/approval_json.h"
#include "admin/decode_decision.h"
#include "admin/endpoints.h"
#include "admin/http_status.h"
#include "admin/preconditions.h"
#include "approvals/request_id.h"

namespace sluice::admin {

using approvals::ApprovalRequest;

namespace {
constexpr std::size_t kUsualLimit = 100;
constexpr std::size_t kMaxLimit = 1000;
constexpr std::size_t kMaxFilterBytes = 256;

Error no_such_request() { return make_error(ErrorKind::not_found, "no such approval request"); }

Result<std::size_t> limit_of(const std::map<std::string, std::string>& query) {
  const auto given = query.find("limit");
  if (given == query.end()) return kUsualLimit;
  std::size_t limit = 0;
  const char* const end = given->second.data() + given->second.size();
  const auto [stopped, error] = std::from_chars(given->second.data(), end, limit);
  if (error != std::errc() || stopped != end || limit == 0 || limit > kMaxLimit) {
    return make_error(ErrorKind::bad_request, "limit must be a number from 1 to 1000");
  }
  return limit;
}

Result<approvals::ApprovalQuery> list_query_of(const Call& call) {
  SLUICE_TRY(query, query_of(call, {"state", "limit", "before", "requester", "database", "action", "mine"}));
  approvals::ApprovalQuery list;
  SLUICE_TRY(limit, limit_of(query));
  list.limit = limit;
  if (const auto state = query.find("state"); state != query.end()) {
    list.state = approvals::state_from_text(state->second);
    if (!list.state) return make_error(ErrorKind::bad_request, "unknown state of an approval request");
  }
  if (const auto before = query.find("before"); before != query.end()) {
    if (!approvals::is_request_id(before->second)) return make_error(ErrorKind::bad_request, "before must be the id of an approval request");
    list.before = before->second;
  }
  if (const auto mine = query.find("mine"); mine != query.end()) {
    if (mine->second != "true" && mine->second != "false") return make_error(ErrorKind::bad_request, "mine must be true or false");
    list.own = mine->second == "true";
  }
  for (const auto& [name, into] : {std::pair{"requester", &list.requester}, std::pair{"database", &list.database}, std::pair{"action", &list.action}}) {
    const auto given = query.find(name);
    if (given == query.end()) continue;
    if (given->second.empty() || given->second.size() > kMaxFilterBytes) {
      return make_error(ErrorKind::bad_request, std::string(name) + " must be a name");
    }
    *into = given->second;
  }
  return list;
}

std::string text_of(const nlohmann::ordered_json& json) { return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

bool is_person(const auth::Identity& identity) { return identity.kind == auth::IdentityKind::person; }

std::string body_for(const auth::Identity& caller, const ApprovalRequest& request, const approvals::CardHistory& history) {
  return text_of(is_person(caller) ? approval_json(request, history) : own_approval_json(request));
}

net::HttpResponse tagged_response(std::string body) {
  std::string etag = etag_of(body);
  net::HttpResponse response = json_response(std::move(body));
  response.fields.emplace_back("etag", std::move(etag));
  return response;
}

// The same vote again is answered as the first one was, so that a client may repeat a call whose answer it lost.
bool already_voted(const ApprovalRequest& request, const IdentityId& approver, bool approve) {
  return std::any_of(request.votes.begin(), request.votes.end(),
                     [&](const approvals::Vote& vote) { return vote.approver == approver && vote.approve == approve; });
}

std::string channel_of(const Call& call) {
  const std::string* agent = call.request.field("user-agent");
  return agent != nullptr && agent->starts_with("sluice-cli") ? "cli" : "rest";
}

Answer decide(Call call, bool approve) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(reason, decode_decision(call.request));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  SLUICE_CO_TRY(tags, if_match_of(call.request));
  SLUICE_CO_TRY(request, co_await request_of(call));
  SLUICE_CO_TRY(history, co_await call.backend.desk.history(request));

  control::Seen seen;
  const auto changed = std::make_shared<bool>(false);
  if (tags) {
    seen.card = approvals::make_card(request, history, approvals::no_limits());
    seen.check = [changed, tags = *tags, history, caller = call.caller](const ApprovalRequest& now) -> Status {
      const std::string etag = etag_of(body_for(caller, now, history));
      *changed = std::find(tags.begin(), tags.end(), etag) == tags.end();
      if (*changed) return make_error(ErrorKind::conflict, "the approval request is not as it was shown");
      return Done{};
    };
  }
  const RequestId id = request.id;
  Result<ApprovalRequest> decided =
      co_await call.backend.desk.decide(id, call.caller, approve, std::move(reason), channel_of(call), std::move(seen));
  if (!decided.ok() && decided.error().kind == ErrorKind::conflict) {
    Result<ApprovalRequest> current = co_await call.backend.desk.get(id);
    if (current.ok() && already_voted(*current, call.caller.id, approve)) {
      decided = std::move(current);
    } else if (*changed) {
      co_return problem(412, "precondition_failed", "the approval request is not as it was shown", "Look at it again before you decide.");
    }
  }
  if (!decided.ok()) co_return std::move(decided).error();
  co_return tagged_response(body_for(call.caller, *decided, history));
}
}  // namespace

net::awaitable<Result<ApprovalRequest>> request_of(const Call& call) {
  if (!approvals::is_request_id(call.id)) co_return no_such_request();
  const RequestId id{call.id};
  SLUICE_CO_TRY(request, co_await call.backend.desk.get(id));
  SLUICE_CO_TRY(viewer, co_await call.backend.desk.viewer(call.caller));
  if (!approvals::may_see(request, viewer)) co_return no_such_request();
  co_return request;
}

Answer list_approvals(Call call) {
  SLUICE_CO_TRY(query, list_query_of(call));
  SLUICE_CO_TRY(viewer, co_await call.backend.desk.viewer(call.caller));
  query.viewer = std::move(viewer);
  Result<approvals::ApprovalPage> page = co_await call.backend.desk.find(std::move(query));
  if (!page.ok()) co_return std::move(page).error();
  nlohmann::ordered_json body{{"items", nlohmann::ordered_json::array()}, {"next", nullptr}};
  for (const ApprovalRequest& request : page->requests) body["items"].push_back(approval_summary_json(request));
  if (!page->next.empty()) body["next"] = page->next;
  co_return json_response(text_of(body));
}

Answer show_approval(Call call) {
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  SLUICE_CO_TRY(request, co_await request_of(call));
  SLUICE_CO_TRY(history, co_await call.backend.desk.history(request));
  net::HttpResponse response = tagged_response(body_for(call.caller, request, history));
  if (has_already(call.request, response.fields.back().second)) {
    response.status = 304;
    response.body.clear();
  }
  co_return response;
}

Answer show_evidence(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  SLUICE_CO_TRY(request, co_await request_of(call));
  const RequestId id = request.id;
  Result<std::string> evidence = co_await call.backend.api.evidence(id);
  if (!evidence.ok()) co_return std::move(evidence).error();
  net::HttpResponse response;
  response.fields.emplace_back("content-disposition", "attachment; filename=\"evidence-" + id.text + ".json\"");
  response.body = std::move(*evidence);
  co_return response;
}

Answer approve(Call call) { return decide(std::move(call), true); }
Answer deny(Call call) { return decide(std::move(call), false); }

}  // namespace sluice::admin
