#include "approvals/request.h"

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

}  // namespace

Digest digest_of(const HeldStatement& held, const policy::RequireApproval& requirement) {
  FieldDigest digest;
  digest.add("sluice approval 2");
  digest.add(held.requester.id.text);
  digest.add(held.requester.kind == auth::IdentityKind::agent ? "agent" : "person");
  digest.add(as_bytes(held.requester.groups.size()));
  for (const GroupId& group : held.requester.groups) digest.add(group.text);
  digest.add(held.requester.owner.text);
  digest.add(held.requester.acts_for.text);
  digest.add(held.database.text);
  digest.add(held.system_identifier);
  digest.add(held.upstream_database);
  digest.add(held.upstream_role);
  digest.add(held.statement);
  digest.add(as_bytes(held.parameters.size()));
  for (const Parameter& parameter : held.parameters) {
    digest.add(parameter.null ? "null" : "value");
    digest.add(parameter.binary ? "binary" : "text");
    digest.add(as_bytes(parameter.type));
    digest.add(parameter.value);
  }
  digest.add(as_bytes(held.search_path.size()));
  for (const std::string& schema : held.search_path) digest.add(schema);
  digest.add(as_bytes(held.versions.catalog));
  digest.add(as_bytes(held.versions.policy));
  digest.add(as_bytes(held.clear_columns.size()));
  for (const std::string& column : held.clear_columns) digest.add(column);
  digest.add(requirement.max_rows ? "at most" : "any number");
  digest.add(as_bytes(requirement.max_rows.value_or(0)));
  digest.add(requirement.rule.text);
  return digest.finish();
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
