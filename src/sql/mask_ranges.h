#pragma once

#include <optional>
#include <string>

#include "sql/catalog.h"
#include "sql/mask.h"

namespace sluice::sql {

// What stands for a value that is not NULL, still to be cast to the column's type; `name` is the column. Empty: the type
// has no such mask. Neither raises an error for any value: what would be out of range is NULL, or the end of the range.
[[nodiscard]] std::optional<std::string> date_mask_value(const Column& column, const std::string& name, const DateMask& mask);
[[nodiscard]] std::optional<std::string> bucket_mask_value(const Column& column, const std::string& name, const BucketMask& mask);

}  // namespace sluice::sql
