#include "policy/merge.h"

#include <algorithm>

namespace sluice::policy {
namespace {

int strictness(const sql::MaskingFunction& function) {
  struct Rank {
    int operator()(const sql::NullMask&) const { return 8; }
    int operator()(const sql::ConstantMask&) const { return 7; }
    int operator()(const sql::TokenMask&) const { return 6; }
    int operator()(const sql::PseudonymMask&) const { return 5; }
    int operator()(const sql::DateMask& mask) const { return mask.unit == sql::DateMask::Unit::year ? 4 : 3; }
    int operator()(const sql::BucketMask&) const { return 2; }
    int operator()(const sql::EmailMask&) const { return 1; }
    int operator()(const sql::PartialMask&) const { return 0; }
  };
  return std::visit(Rank{}, function);
}

std::vector<GroupId> in_both(const std::vector<GroupId>& first, const std::vector<GroupId>& second) {
  std::vector<GroupId> both;
  std::copy_if(first.begin(), first.end(), std::back_inserter(both),
               [&](const GroupId& group) { return std::find(second.begin(), second.end(), group) != second.end(); });
  return both;
}

}  // namespace

sql::MaskingFunction stricter(const sql::MaskingFunction& first, const sql::MaskingFunction& second) {
  if (strictness(second) > strictness(first)) return second;
  const auto* bucket = std::get_if<sql::BucketMask>(&first);
  const auto* other_bucket = std::get_if<sql::BucketMask>(&second);
  if (bucket != nullptr && other_bucket != nullptr) {
    const std::uint64_t wide = std::max(bucket->width, other_bucket->width);
    // Buckets that are not made of whole smaller ones would tell more together than either alone.
    if (wide % std::min(bucket->width, other_bucket->width) != 0) return sql::NullMask{};
    return sql::BucketMask{wide};
  }
  const auto* one = std::get_if<sql::PartialMask>(&first);
  const auto* other = std::get_if<sql::PartialMask>(&second);
  if (one == nullptr || other == nullptr) return first;
  sql::PartialMask merged = *one;
  merged.keep_first = std::min(one->keep_first, other->keep_first);
  merged.keep_last = std::min(one->keep_last, other->keep_last);
  merged.fill_count = std::max(one->fill_count, other->fill_count);
  return merged;
}

RequireApproval both(RequireApproval first, const RequireApproval& second) {
  if (second.approver_groups != first.approver_groups) first.further_approver_groups.push_back(second.approver_groups);
  first.further_approver_groups.insert(first.further_approver_groups.end(), second.further_approver_groups.begin(),
                                       second.further_approver_groups.end());
  if (second.rule != first.rule) first.further_rules.push_back(second.rule);
  first.further_rules.insert(first.further_rules.end(), second.further_rules.begin(), second.further_rules.end());
  first.approvals = std::max(first.approvals, second.approvals);
  first.expires_after = std::min(first.expires_after, second.expires_after);
  first.valid_for = std::min(first.valid_for, second.valid_for);
  first.denied_for = std::max(first.denied_for, second.denied_for);
  if (second.mode == HoldMode::error) first.mode = HoldMode::error;
  if (first.reason.empty()) {
    first.reason = second.reason;
  } else if (!second.reason.empty() && second.reason != first.reason) {
    first.reason += "; " + second.reason;
  }
  first.reason_required = first.reason_required || second.reason_required;
  if (second.max_rows) first.max_rows = std::min(first.max_rows.value_or(*second.max_rows), *second.max_rows);
  if (first.remind_every.count() == 0 || (second.remind_every.count() != 0 && second.remind_every < first.remind_every)) {
    first.remind_every = second.remind_every;
  }
  // Groups that are in both lists satisfy both rules; others might satisfy one alone.
  first.escalation_groups = in_both(first.escalation_groups, second.escalation_groups);
  first.escalate_after = first.escalation_groups.empty() ? std::chrono::seconds(0) : std::max(first.escalate_after, second.escalate_after);
  first.break_glass_groups = in_both(first.break_glass_groups, second.break_glass_groups);
  first.standing = first.standing && second.standing;
  const StandingLimits& limits = second.standing_limits;
  first.standing_limits = {std::min(first.standing_limits.uses, limits.uses), std::min(first.standing_limits.rows, limits.rows),
                           std::min(first.standing_limits.life, limits.life)};
  return first;
}

}  // namespace sluice::policy
