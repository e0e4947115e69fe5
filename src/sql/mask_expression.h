#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/catalog.h"
#include "sql/mask.h"
#include "sql/mask_set.h"

namespace sluice::sql {

/// The type as a cast can name it, so that no object of the database's users can be meant.
[[nodiscard]] std::string pinned_type(std::string_view type_name);

/// An expression of exactly the column's type to put in its place, in parentheses. `qualifier` names the
/// relation where its columns must be qualified; empty: they need not be. Never raises an error that
/// depends on data. denied: no value of the type may stand for the column.
[[nodiscard]] Result<std::string> mask_expression(const Relation& relation, const Column& column, const MaskingFunction& function,
                                                  std::string_view qualifier, const MaskSet& masks);

}  // namespace sluice::sql
