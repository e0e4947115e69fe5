#include "sql/mask_set.h"

#include <algorithm>

namespace sluice::sql {

const MaskingFunction* MaskSet::of(const Relation& relation, const Column& column) const {
  const ColumnId id{relation.oid, column.attribute};
  const auto found = std::lower_bound(masks_.begin(), masks_.end(), id, [](const auto& mask, ColumnId c) { return mask.first < c; });
  if (found != masks_.end() && found->first == id) return &found->second;
  if (catalog_.children(relation.oid).empty()) return nullptr;
  for (const auto& [masked, function] : masks_) {
    const Relation* other = catalog_.relation(masked.relation);
    if (other == nullptr || !inherits(*other, relation.oid, 0)) continue;
    const Column* theirs = other->column(masked.attribute);
    if (theirs != nullptr && theirs->name == column.name) return &function;
  }
  return nullptr;
}

bool MaskSet::of(ColumnId column) const {
  const Relation* relation = catalog_.relation(column.relation);
  const Column* found = relation == nullptr ? nullptr : relation->column(column.attribute);
  return found != nullptr && of(*relation, *found) != nullptr;
}

bool MaskSet::any(const Relation& relation) const {
  if (masks_.empty()) return false;
  const auto first = std::lower_bound(masks_.begin(), masks_.end(), relation.oid,
                                      [](const auto& mask, Oid oid) { return mask.first.relation < oid; });
  if (first != masks_.end() && first->first.relation == relation.oid) return true;
  if (catalog_.children(relation.oid).empty()) return false;
  return std::any_of(relation.columns.begin(), relation.columns.end(),
                     [&](const Column& column) { return of(relation, column) != nullptr; });
}

bool MaskSet::inherits(const Relation& relation, Oid ancestor, int depth) const {
  if (depth > 64) return true;  // a cycle cannot be; if it is, mask
  return std::any_of(relation.parents.begin(), relation.parents.end(), [&](Oid parent) {
    if (parent == ancestor) return true;
    const Relation* next = catalog_.relation(parent);
    return next != nullptr && inherits(*next, ancestor, depth + 1);
  });
}

}  // namespace sluice::sql
