#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "admin/approval_json.h"
#include "admin/decode_decision.h"
#include "admin/endpoints.h"
#include "admin/http_status.h"
#include "approvals/request_id.h"

namespace sluice::admin {

using approvals::ApprovalRequest;

namespace {
constexpr std::size_t kUsualLimit = 100;
constexpr std::size_t kMaxLimit = 1000;

Error no_such_request() { return make_error(ErrorKind::not_found, "no such approval request"); }

// Whom a held statement concerns: who asked, who answers for that, and who may be asked to approve.
bool may_see(const ApprovalRequest& request, const auth::Identity& caller) {
  const auth::Identity& requester = request.held.requester;
  if (caller.id.empty() || caller.kind != auth::IdentityKind::person) return false;
  return caller.id == requester.id || caller.id == requester.owner || caller.id == requester.acts_for ||
         policy::may_approve(request.requirement, caller.groups);
}

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

struct ListQuery {
  std::optional<approvals::RequestState> state;
  std::optional<std::string> before;
  std::size_t limit = kUsualLimit;
};

Result<ListQuery> list_query_of(const Call& call) {
  SLUICE_TRY(query, query_of(call, {"state", "limit", "before"}));
  ListQuery list;
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
  return list;
}

std::string text_of(const nlohmann::ordered_json& json) { return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

// The same vote again is answered as the first one was, so that a client may repeat a call whose answer it lost.
bool already_voted(const ApprovalRequest& request, const IdentityId& approver, bool approve) {
  return std::any_of(request.votes.begin(), request.votes.end(),
                     [&](const approvals::Vote& vote) { return vote.approver == approver && vote.approve == approve; });
}

Answer decide(Call call, bool approve) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(reason, decode_decision(call.request));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  if (!approvals::is_request_id(call.id)) co_return no_such_request();
  const RequestId id{call.id};
  Result<ApprovalRequest> request = co_await call.backend.desk.get(id);
  if (!request.ok()) co_return std::move(request).error();
  if (!may_see(*request, call.caller)) co_return no_such_request();

  const std::string* agent = call.request.field("user-agent");
  const std::string channel = agent != nullptr && agent->starts_with("sluice-cli") ? "cli" : "rest";
  Result<ApprovalRequest> decided = co_await call.backend.desk.decide(id, call.caller, approve, reason, channel);
  if (!decided.ok() && decided.error().kind == ErrorKind::conflict) {
    Result<ApprovalRequest> current = co_await call.backend.desk.get(id);
    if (current.ok() && already_voted(*current, call.caller.id, approve)) decided = std::move(current);
  }
  if (!decided.ok()) co_return std::move(decided).error();
  co_return json_response(text_of(approval_json(*decided)));
}
}  // namespace

Answer list_approvals(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(query, list_query_of(call));
  const bool pending_only = query.state == approvals::RequestState::pending;
  Result<std::vector<ApprovalRequest>> listed = co_await call.backend.desk.list(pending_only);
  if (!listed.ok()) co_return std::move(listed).error();

  std::vector<const ApprovalRequest*> shown;
  for (const ApprovalRequest& request : *listed) {
    const bool wanted = (!query.state || request.state == *query.state) && (!query.before || request.id.text < *query.before);
    if (wanted && may_see(request, call.caller)) shown.push_back(&request);
  }
  std::sort(shown.begin(), shown.end(), [](const ApprovalRequest* a, const ApprovalRequest* b) { return a->id.text > b->id.text; });
  nlohmann::ordered_json body{{"items", nlohmann::ordered_json::array()}, {"next", nullptr}};
  if (shown.size() > query.limit) {
    shown.resize(query.limit);
    body["next"] = shown.back()->id.text;
  }
  for (const ApprovalRequest* request : shown) body["items"].push_back(approval_summary_json(*request));
  co_return json_response(text_of(body));
}

Answer show_approval(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  if (!approvals::is_request_id(call.id)) co_return no_such_request();
  const RequestId id{call.id};
  Result<ApprovalRequest> request = co_await call.backend.desk.get(id);
  if (!request.ok()) co_return std::move(request).error();
  if (!may_see(*request, call.caller)) co_return no_such_request();
  Result<approvals::CardHistory> history = co_await call.backend.desk.history(*request);
  if (!history.ok()) co_return std::move(history).error();
  co_return json_response(text_of(approval_json(*request, *history)));
}

Answer approve(Call call) { return decide(std::move(call), true); }
Answer deny(Call call) { return decide(std::move(call), false); }

}  // namespace sluice::admin
