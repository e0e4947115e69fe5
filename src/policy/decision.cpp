#include "policy/decision.h"

#include <algorithm>

namespace sluice::policy {
namespace {

bool in_one_of(const std::vector<GroupId>& wanted, const std::vector<GroupId>& groups) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const GroupId& group) { return std::find(groups.begin(), groups.end(), group) != groups.end(); });
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::allow: return "allow";
    case Verdict::hold: return "hold";
    case Verdict::deny: return "deny";
  }
  return "deny";
}

bool may_approve(const RequireApproval& approval, const std::vector<GroupId>& groups) {
  return in_one_of(approval.approver_groups, groups) &&
         std::all_of(approval.further_approver_groups.begin(), approval.further_approver_groups.end(),
                     [&](const std::vector<GroupId>& wanted) { return in_one_of(wanted, groups); });
}

}  // namespace sluice::policy
