#include "approvals/request.h"

#include <algorithm>

#include "approvals/standing.h"
#include "base/bytes.h"

namespace sluice::approvals {
namespace {

constexpr RequestState kStates[] = {RequestState::pending, RequestState::approved,  RequestState::denied,
                                    RequestState::expired, RequestState::withdrawn, RequestState::consumed};

std::string as_bytes(std::uint64_t value) {
  std::string bytes;
  append_u64(bytes, value);
  return bytes;
}

void add_all(FieldDigest& digest, const std::vector<std::string>& texts) {
  digest.add(as_bytes(texts.size()));
  for (const std::string& text : texts) digest.add(text);
}

template <class Tag>
void add_all(FieldDigest& digest, const std::vector<NamedId<Tag>>& ids) {
  digest.add(as_bytes(ids.size()));
  for (const NamedId<Tag>& id : ids) digest.add(id.text);
}

void add_who_and_where(FieldDigest& digest, const HeldStatement& held) {
  digest.add(held.requester.id.text);
  digest.add(held.requester.kind == auth::IdentityKind::agent ? "agent" : "person");
  add_all(digest, held.requester.groups);
  digest.add(held.requester.owner.text);
  digest.add(held.requester.acts_for.text);
  digest.add(held.database.text);
  digest.add(held.system_identifier);
  digest.add(held.upstream_database);
  digest.add(held.upstream_role);
  add_all(digest, held.search_path);
  add_all(digest, held.settings);
  digest.add(as_bytes(held.versions.catalog));
}

// The policy's version covers all of this as long as nobody edits the stored request.
void add_requirement(FieldDigest& digest, const policy::RequireApproval& requirement) {
  digest.add(requirement.rule.text);
  add_all(digest, requirement.further_rules);
  add_all(digest, requirement.approver_groups);
  digest.add(as_bytes(requirement.further_approver_groups.size()));
  for (const auto& groups : requirement.further_approver_groups) add_all(digest, groups);
  add_all(digest, requirement.escalation_groups);
  add_all(digest, requirement.break_glass_groups);
  digest.add(requirement.max_rows ? "at most" : "any number");
  digest.add(requirement.reason_required ? "reason" : "no reason");
  digest.add(requirement.standing ? "may stand" : "once");
  const auto seconds = [](std::chrono::seconds time) { return static_cast<std::uint64_t>(time.count()); };
  for (const std::uint64_t number : {std::uint64_t{requirement.approvals}, requirement.max_rows.value_or(0), seconds(requirement.expires_after),
                                     seconds(requirement.valid_for), seconds(requirement.escalate_after), seconds(requirement.denied_for),
                                     requirement.standing_limits.uses, requirement.standing_limits.rows, seconds(requirement.standing_limits.life)}) {
    digest.add(as_bytes(number));
  }
}

}  // namespace

Digest digest_of(const HeldStatement& held, const policy::RequireApproval& requirement) {
  FieldDigest digest;
  digest.add("sluice approval 3");
  add_who_and_where(digest, held);
  digest.add(held.statement);
  digest.add(as_bytes(held.parameters.size()));
  for (const Parameter& parameter : held.parameters) {
    digest.add(parameter.null ? "null" : "value");
    digest.add(parameter.binary ? "binary" : "text");
    digest.add(as_bytes(parameter.type));
    digest.add(parameter.value);
  }
  digest.add(as_bytes(held.versions.policy));
  add_all(digest, held.clear_columns);
  add_requirement(digest, requirement);
  return digest.finish();
}

Digest scope_of(const HeldStatement& held, const policy::RequireApproval& requirement) {
  FieldDigest digest;
  digest.add("sluice standing approval 1");
  add_who_and_where(digest, held);
  digest.add(held.shape);
  digest.add(as_bytes(held.parameters.size()));
  for (const Parameter& parameter : held.parameters) digest.add(as_bytes(parameter.type));
  add_all(digest, held.actions);
  add_all(digest, held.objects);
  digest.add(as_bytes(held.columns.size()));
  for (const HeldColumn& column : held.columns) {
    digest.add(column.column);
    add_all(digest, column.tags);
    digest.add(column.use);
    digest.add(column.masked ? "masked" : "clear");
  }
  add_all(digest, held.clear_columns);
  add_requirement(digest, requirement);
  return digest.finish();
}

bool broke_glass(const ApprovalRequest& request) {
  return std::any_of(request.votes.begin(), request.votes.end(), [](const Vote& vote) { return vote.break_glass; });
}

bool awaits_review(const ApprovalRequest& request) { return broke_glass(request) && !request.review; }

std::optional<std::uint64_t> row_ceiling(const ApprovalRequest& request) {
  const std::optional<std::uint64_t>& of_rule = request.requirement.max_rows;
  if (request.standing.empty()) return of_rule;
  return std::min(of_rule.value_or(request.standing_rows), request.standing_rows);
}

std::string_view to_text(RequestState state) {
  switch (state) {
    case RequestState::pending: return "pending";
    case RequestState::approved: return "approved";
    case RequestState::denied: return "denied";
    case RequestState::expired: return "expired";
    case RequestState::withdrawn: return "withdrawn";
    case RequestState::consumed: return "consumed";
  }
  return "unknown";
}

std::optional<RequestState> state_from_text(std::string_view text) {
  for (const RequestState state : kStates) {
    if (to_text(state) == text) return state;
  }
  return std::nullopt;
}

}  // namespace sluice::approvals
