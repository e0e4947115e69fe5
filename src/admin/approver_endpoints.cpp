// What people do around approvals besides voting: withdrawals, broken glass and its review, delegations, standing approvals.
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "admin/approval_json.h"
#include "admin/approver_json.h"
#include "admin/decode_decision.h"
#include "admin/endpoints.h"
#include "admin/http_status.h"
#include "admin/rfc3339.h"
#include "approvals/approval_query.h"

namespace sluice::admin {

using approvals::ApprovalRequest;
using nlohmann::ordered_json;

namespace {
constexpr std::size_t kMaxGroups = 100;

std::string text_of(const ordered_json& json) { return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

std::string channel_of(const Call& call) {
  const std::string* agent = call.request.field("user-agent");
  return agent != nullptr && agent->starts_with("sluice-cli") ? "cli" : "rest";
}

template <class T, class Json>
Answer answer_with(net::awaitable<Result<T>> working, Json json, int status = 200) {
  Result<T> done = co_await std::move(working);
  if (!done.ok()) co_return std::move(done).error();
  net::HttpResponse response = json_response(text_of(json(*done)));
  response.status = status;
  co_return response;
}

template <class T, class Json>
Answer answer_list(net::awaitable<Result<std::vector<T>>> working, Json json) {
  Result<std::vector<T>> items = co_await std::move(working);
  if (!items.ok()) co_return std::move(items).error();
  ordered_json body{{"items", ordered_json::array()}};
  for (const T& item : *items) body["items"].push_back(json(item));
  co_return json_response(text_of(body));
}

Result<std::uint64_t> number_of(const std::map<std::string, std::string>& body, const char* name) {
  const std::string& text = body.at(name);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return make_error(ErrorKind::bad_request, std::string(name) + " must be a whole number");
  return number;
}

std::vector<GroupId> groups_of(const std::string& text) {
  std::vector<GroupId> groups;
  for (std::size_t begin = 0; begin < text.size() && groups.size() < kMaxGroups;) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string group = text.substr(begin, end - begin);
    group.erase(0, group.find_first_not_of(' '));
    if (!group.empty()) groups.push_back(GroupId{std::move(group)});
    begin = end + 1;
  }
  return groups;
}

}  // namespace

Answer withdraw(Call call) {
  SLUICE_CO_TRY(reason, decode_decision(call.request));
  SLUICE_CO_TRY(request, co_await request_of(call));
  const RequestId id = request.id;
  co_return co_await answer_with(call.backend.approvers->withdraw_by(id, call.caller, reason), approval_summary_json);
}

Answer break_glass(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(reason, decode_decision(call.request));
  SLUICE_CO_TRY(request, co_await request_of(call));
  const RequestId id = request.id;
  co_return co_await answer_with(call.backend.approvers->break_glass(id, call.caller, reason, channel_of(call)), approval_summary_json);
}

Answer list_reviews(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  Result<std::vector<ApprovalRequest>> open = co_await call.backend.approvers->to_review();
  if (!open.ok()) co_return std::move(open).error();
  ordered_json body{{"items", ordered_json::array()}};
  SLUICE_CO_TRY(viewer, co_await call.backend.desk.viewer(call.caller));
  for (const ApprovalRequest& request : *open) {
    if (approvals::may_see(request, viewer)) body["items"].push_back(broken_glass_json(request));
  }
  co_return json_response(text_of(body));
}

Answer review(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(body, texts_of(call.request, {"verdict", "reason"}, {"verdict", "reason"}));
  SLUICE_CO_TRY(reason, clean_reason(body.at("reason")));
  const std::string verdict = body.at("verdict");
  if (verdict != "justified" && verdict != "unjustified") co_return make_error(ErrorKind::bad_request, "verdict must be justified or unjustified");
  SLUICE_CO_TRY(request, co_await request_of(call));
  const RequestId id = request.id;
  const bool justified = verdict == "justified";
  co_return co_await answer_with(call.backend.approvers->review(id, call.caller, justified, reason, channel_of(call)), broken_glass_json);
}

Answer list_delegations(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  co_return co_await answer_list(call.backend.approvers->delegations(call.caller.id), delegation_json);
}

Answer delegate(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(body, texts_of(call.request, {"to", "groups", "starts", "ends", "reason"}, {"to", "ends"}));
  SLUICE_CO_TRY(reason, clean_reason(body["reason"]));
  const auto ends = timestamp_from_text(body["ends"]);
  const auto starts = body["starts"].empty() ? std::optional(Timestamp{}) : timestamp_from_text(body["starts"]);
  if (!ends || !starts) co_return make_error(ErrorKind::bad_request, "starts and ends must be times, as 2026-01-31T23:59:59Z");
  const IdentityId to{body["to"]};
  auto lending = call.backend.approvers->delegate(call.caller, to, groups_of(body["groups"]), *starts, *ends, reason);
  co_return co_await answer_with(std::move(lending), delegation_json, 201);
}

Answer revoke_delegation(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  const approvals::DelegationId id{call.id};
  co_return co_await answer_with(call.backend.approvers->revoke_delegation(id, call.caller), delegation_json);
}

Answer make_standing(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(body, texts_of(call.request, {"uses", "rows", "hours", "reason"}, {"uses", "rows", "hours", "reason"}));
  SLUICE_CO_TRY(reason, clean_reason(body.at("reason")));
  SLUICE_CO_TRY(uses, number_of(body, "uses"));
  SLUICE_CO_TRY(rows, number_of(body, "rows"));
  SLUICE_CO_TRY(hours, number_of(body, "hours"));
  if (hours > 24 * 366) co_return make_error(ErrorKind::bad_request, "hours must be those of a year at most");
  SLUICE_CO_TRY(request, co_await request_of(call));
  const RequestId id = request.id;
  const approvals::StandingWish wish{uses, rows, std::chrono::hours(hours)};
  co_return co_await answer_with(call.backend.approvers->make_standing(id, call.caller, wish, reason, channel_of(call)), standing_json, 201);
}

Answer list_standing(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(query, query_of(call, {"all"}));
  const bool live_only = query["all"] != "true";
  Result<std::vector<approvals::StandingApproval>> listed = co_await call.backend.approvers->standing(live_only);
  if (!listed.ok()) co_return std::move(listed).error();
  SLUICE_CO_TRY(viewer, co_await call.backend.desk.viewer(call.caller));
  ordered_json body{{"items", ordered_json::array()}};
  for (const approvals::StandingApproval& standing : *listed) {
    ApprovalRequest from;
    from.held = standing.held;
    from.requirement = standing.requirement;
    if (approvals::may_see(from, viewer)) body["items"].push_back(standing_json(standing));
  }
  co_return json_response(text_of(body));
}

Answer agree_to_standing(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(reason, decode_decision(call.request));
  const approvals::StandingId id{call.id};
  co_return co_await answer_with(call.backend.approvers->agree_to_standing(id, call.caller, reason, channel_of(call)), standing_json);
}

Answer revoke_standing(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(reason, decode_decision(call.request));
  const approvals::StandingId id{call.id};
  co_return co_await answer_with(call.backend.approvers->revoke_standing(id, call.caller, reason), standing_json);
}

}  // namespace sluice::admin
