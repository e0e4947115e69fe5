#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sluice::admin {

/// What a person reads before deciding: the decision card in the JSON of one approval request, as plain text. Throws
/// nothing; what is missing shows as "?".
[[nodiscard]] std::string approval_card(const nlohmann::json& request);

/// One line per request of a list, under a line of headings.
[[nodiscard]] std::string approval_table(const nlohmann::json& list);

}  // namespace sluice::admin
