#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/statement_plan.h"

namespace sluice::gateway {

/// The upstream's RowDescription against what was planned. `body`: of the message. Gives the body for the agent,
/// with the tables, columns and type modifiers that it would see without masks; nothing: pass the message as it
/// is. An error means that the rows to come are not those that were analysed, and must not pass.
[[nodiscard]] Result<std::optional<std::string>> check_row_description(std::string_view body, const std::vector<plan::RowField>& row);

}  // namespace sluice::gateway
