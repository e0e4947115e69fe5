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
  first.approvals = std::max(first.approvals, second.approvals);
  first.expires_after = std::min(first.expires_after, second.expires_after);
  first.valid_for = std::min(first.valid_for, second.valid_for);
  if (second.mode == HoldMode::error) first.mode = HoldMode::error;
  return first;
}

}  // namespace sluice::policy
