#pragma once

#include "approvals/people.h"
#include "approvals/request.h"

namespace sluice::approvals {

inline Timestamp at_second(std::int64_t seconds) { return Timestamp(std::chrono::seconds(1'763'760'000 + seconds)); }

inline HeldStatement sample_held() {
  HeldStatement held;
  held.requester = {IdentityId{"bot"}, auth::IdentityKind::agent, {GroupId{"agents"}}, IdentityId{"alice"}, IdentityId{"carol"}};
  held.database.text = "shop";
  held.system_identifier = "7000000000000000001";
  held.statement = "COPY (SELECT email FROM customers) TO STDOUT";
  held.parameters = {{false, false, "abc", 25}, {true, false, "", 0}, {false, true, std::string("\0\xff", 2), 17}};
  held.search_path = {"public", "app"};
  held.versions = {3, 4};
  held.actions = {"export"};
  held.columns = {{"public.customers.email", {"pii"}, "output", true}};
  held.estimated_rows = 12;
  held.peer = "127.0.0.1:5000";
  held.session = 9;
  return held;
}

inline policy::RequireApproval sample_requirement() {
  policy::RequireApproval requirement;
  requirement.rule.text = "exports-need-a-person";
  requirement.approver_groups = {GroupId{"approvers"}};
  requirement.approvals = 1;
  requirement.mode = policy::HoldMode::error;
  requirement.expires_after = std::chrono::seconds(100);
  requirement.valid_for = std::chrono::seconds(50);
  requirement.reason = "tagged data leaves in bulk";
  return requirement;
}

inline auth::Identity person(const std::string& id) {
  return {IdentityId{id}, auth::IdentityKind::person, {GroupId{"approvers"}, GroupId{"engineers"}}, {}, {}};
}

/// A directory of these people, all with a credential.
inline People people_of(const std::vector<auth::Identity>& identities) {
  auto directory = std::make_shared<Directory>();
  for (const auth::Identity& identity : identities) directory->insert_or_assign(identity.id, Person{identity, true});
  return {directory, {}};
}
/// alice (who owns the requester), carol (for whom it acts), bob, eve and dan: all of them approvers.
inline People sample_people() { return people_of({person("alice"), person("carol"), person("bob"), person("eve"), person("dan")}); }

inline ApprovalRequest sample_request() {
  ApprovalRequest request;
  request.id.text = "AR01234567890123456789ABCDEF";
  request.held = sample_held();
  request.requirement = sample_requirement();
  request.digest = digest_of(request.held, request.requirement);
  request.created = at_second(0);
  request.expires = at_second(100);
  return request;
}

}  // namespace sluice::approvals
