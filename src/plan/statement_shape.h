#pragma once

#include <string>
#include <string_view>

#include "plan/statement_plan.h"

namespace sluice::plan {

/// The same for texts that differ in the values of literals alone, hexadecimal. Strict on purpose, since people decide by
/// it: order, names, keywords (TRUE is one) and the number of literals count, and so do literals of statements whose
/// literals are code or settings (DO, CREATE FUNCTION, ALTER ROLE …).
[[nodiscard]] std::string shape_of(const TextPlan& plan, std::string_view text);

}  // namespace sluice::plan
