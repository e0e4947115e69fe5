#pragma once

#include "sql/analyse.h"
#include "sql/catalog.h"

namespace sluice::sql {

/// The masks of one rewrite, as they apply to what a statement reads: rows of a table may come from its
/// inheritors and partitions, whose columns are found by name.
class MaskSet {
 public:
  /// Both must outlive the set; `masks` is sorted by column.
  MaskSet(const Catalog& catalog, const Masks& masks) : catalog_(catalog), masks_(masks) {}

  /// nullptr: the column is in clear.
  [[nodiscard]] const MaskingFunction* of(const Relation& relation, const Column& column) const;
  [[nodiscard]] bool of(ColumnId column) const;  ///< is it masked?
  [[nodiscard]] bool any(const Relation& relation) const;
  [[nodiscard]] bool empty() const { return masks_.empty(); }
  [[nodiscard]] Masks::const_iterator begin() const { return masks_.begin(); }
  [[nodiscard]] Masks::const_iterator end() const { return masks_.end(); }

 private:
  [[nodiscard]] bool inherits(const Relation& relation, Oid ancestor, int depth) const;

  const Catalog& catalog_;
  const Masks& masks_;
};

}  // namespace sluice::sql
