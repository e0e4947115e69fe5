#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "usage/usage_fold.h"

namespace sluice::usage {

/// A shape in bytes: equal shapes have equal bytes, and nothing else has. For the store, and to recognise a shape
/// without taking it apart.
[[nodiscard]] std::string encode_shape(const StatementShape& shape);
/// The inverse; store_unavailable if the bytes are no shape.
[[nodiscard]] Result<StatementShape> decode_shape(std::string_view bytes);

}  // namespace sluice::usage
