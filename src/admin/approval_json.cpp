#include "admin/approval_json.h"

#include <nlohmann/json.hpp>

#include "admin/rfc3339.h"
#include "approvals/card_json.h"
#include "base/utf8.h"

namespace sluice::admin {

using nlohmann::ordered_json;

namespace {
constexpr std::size_t kSummaryBytes = 200;

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = front_code_point(text, code);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// At most `bytes`, cut between characters.
std::string beginning_of(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes));
}

ordered_json parameter_json(const approvals::Parameter& parameter) {
  ordered_json out{{"type", parameter.type}};
  if (parameter.null) {
    out["null"] = true;
  } else if (!parameter.binary && is_utf8(parameter.value)) {
    out["text"] = parameter.value;
  } else {
    out["base64"] = to_base64({reinterpret_cast<const std::uint8_t*>(parameter.value.data()), parameter.value.size()});
  }
  return out;
}

ordered_json groups_json(const std::vector<GroupId>& groups) {
  ordered_json out = ordered_json::array();
  for (const GroupId& group : groups) out.push_back(group.text);
  return out;
}

ordered_json requirement_json(const policy::RequireApproval& requirement) {
  ordered_json groups = ordered_json::array({groups_json(requirement.approver_groups)});
  for (const auto& further : requirement.further_approver_groups) groups.push_back(groups_json(further));
  return ordered_json{{"rule", requirement.rule.text},
                      {"reason", requirement.reason},
                      {"approver_groups", std::move(groups)},  // an approver is in one group of each list
                      {"approvals", requirement.approvals},
                      {"reason_required", requirement.reason_required},
                      {"max_rows", requirement.max_rows ? ordered_json(*requirement.max_rows) : ordered_json()}};
}

ordered_json identity_json(const auth::Identity& identity) {
  ordered_json out{{"id", identity.id.text},
                   {"kind", identity.kind == auth::IdentityKind::person ? "person" : "agent"},
                   {"groups", groups_json(identity.groups)},
                   {"owner", nullptr},
                   {"acts_for", nullptr}};
  if (!identity.owner.empty()) out["owner"] = identity.owner.text;
  if (!identity.acts_for.empty()) out["acts_for"] = identity.acts_for.text;
  return out;
}

ordered_json vote_json(const approvals::Vote& vote) {
  return ordered_json{{"approver", vote.approver.text},
                      {"decision", vote.approve ? "approve" : "deny"},
                      {"reason", vote.reason},
                      {"at", to_rfc3339(vote.at)},
                      {"channel", vote.channel},
                     {"card_sha256", vote.card.empty() ? ordered_json() : ordered_json(vote.card)}};
}

ordered_json execution_json(const std::optional<approvals::Execution>& execution) {
  if (!execution) return nullptr;
  return ordered_json{{"outcome", execution->outcome},
                      {"rows", execution->rows},
                      {"bytes", execution->bytes},
                      {"microseconds", execution->duration.count()},
                      {"at", to_rfc3339(execution->at)}};
}

// What summary and whole have in common, in the order in which people read it.
ordered_json head_json(const approvals::ApprovalRequest& request) {
  ordered_json out{{"id", request.id.text},
                   {"state", approvals::to_text(request.state)},
                   {"created", to_rfc3339(request.created)},
                   {"expires", to_rfc3339(request.expires)},
                   {"valid_until", nullptr},
                   {"requester", identity_json(request.held.requester)},
                   {"database", request.held.database.text},
                   {"actions", request.held.actions}};
  if (request.valid_until) out["valid_until"] = to_rfc3339(*request.valid_until);
  return out;
}
}  // namespace

ordered_json approval_summary_json(const approvals::ApprovalRequest& request) {
  ordered_json out = head_json(request);
  out["statement_start"] = beginning_of(request.held.statement, kSummaryBytes);
  out["statement_bytes"] = request.held.statement.size();
  return out;
}

ordered_json own_approval_json(const approvals::ApprovalRequest& request) {
  ordered_json out = head_json(request);
  out["statement_start"] = beginning_of(request.held.statement, kSummaryBytes);
  out["statement_bytes"] = request.held.statement.size();
  out["execution"] = execution_json(request.execution);
  return out;
}

ordered_json approval_json(const approvals::ApprovalRequest& request) {
  const approvals::HeldStatement& held = request.held;
  ordered_json out = head_json(request);
  out["statement"] = held.statement;
  out["parameters"] = ordered_json::array();
  for (const approvals::Parameter& parameter : held.parameters) out["parameters"].push_back(parameter_json(parameter));
  out["search_path"] = held.search_path;
  out["settings"] = held.settings;
  out["columns"] = ordered_json::array();
  for (const approvals::HeldColumn& column : held.columns) {
    out["columns"].push_back({{"column", column.column}, {"tags", column.tags}, {"use", column.use}, {"masked", column.masked}});
  }
  out["objects"] = held.objects;
  out["estimated_rows"] = nullptr;
  if (held.estimated_rows) out["estimated_rows"] = *held.estimated_rows;
  out["requirement"] = requirement_json(request.requirement);
  out["votes"] = ordered_json::array();
  for (const approvals::Vote& vote : request.votes) out["votes"].push_back(vote_json(vote));
  out["clear_columns"] = held.clear_columns;
  out["upstream_role"] = held.upstream_role;
  out["application"] = held.application;
  out["execution"] = execution_json(request.execution);
  out["peer"] = held.peer;
  out["session"] = std::to_string(held.session);
  out["digest"] = to_hex(request.digest);
  out["catalog_version"] = std::to_string(held.versions.catalog);
  out["policy_version"] = std::to_string(held.versions.policy);
  return out;
}

ordered_json approval_json(const approvals::ApprovalRequest& request, const approvals::CardHistory& history) {
  ordered_json out = approval_json(request);
  out["card"] = approvals::card_json(approvals::make_card(request, history, approvals::no_limits()));
  return out;
}

}  // namespace sluice::admin
