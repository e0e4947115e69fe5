#include "store/standing_use.h"

#include <algorithm>
#include <utility>

#include "store/approval_rows.h"
#include "store/approver_rows.h"
#include "store/store.h"

namespace sluice::store {

using approvals::ApprovalRequest;
using approvals::RequestState;

Result<std::optional<approvals::StandingApproval>> find_standing(const Database& database, const ApprovalRequest& request, Timestamp now,
                                                                 const approvals::People& people) {
  if (!approvals::may_stand(request.held, request.requirement).ok()) return std::optional<approvals::StandingApproval>();
  const Digest scope = approvals::scope_of(request.held, request.requirement);
  SLUICE_TRY(standing, load_standing(database, "scope = ? AND revoked IS NULL AND uses_left > 0 AND rows_left > 0 AND ends > ? ORDER BY ends",
                                     {std::string(bytes_of(scope))}, number_of(now)));
  for (approvals::StandingApproval& one : standing) {
    if (approvals::is_in_force(one, now, people)) return std::optional(std::move(one));
  }
  return std::optional<approvals::StandingApproval>();
}

Status approve_by_standing(const Database& database, ApprovalRequest& request, const approvals::StandingApproval& standing, Timestamp now) {
  ApprovalRequest after = request;
  after.state = RequestState::approved;
  after.valid_until = now + request.requirement.valid_for;
  after.standing = standing.id;
  after.standing_rows = std::min(request.requirement.max_rows.value_or(standing.rows_left), standing.rows_left);
  SLUICE_CHECK(update_request(database, request, after, now));
  SLUICE_CHECK(enqueue(database, now, audit::ApprovalByStanding{request.id, standing.id.text, after.standing_rows}));
  request = std::move(after);
  return Done{};
}

Result<bool> use_standing(const Database& database, const ApprovalRequest& request, Timestamp now, const approvals::People& people) {
  if (request.standing.empty()) return false;
  SLUICE_TRY(found, load_standing(database, "id = CAST(? AS TEXT)", {request.standing.text}));
  if (found.empty()) return false;
  approvals::StandingApproval& standing = found.front();
  const bool fits = standing.scope == approvals::scope_of(request.held, request.requirement) && standing.rows_left >= request.standing_rows;
  if (!fits || !approvals::is_in_force(standing, now, people)) return false;
  --standing.uses_left;
  ++standing.uses;
  standing.rows_left -= request.standing_rows;
  standing.last_used = now;
  SLUICE_CHECK(save_standing(database, standing));
  return true;
}

}  // namespace sluice::store
