#pragma once

#include <string_view>
#include <utility>
#include <vector>

struct Node;
struct SubLink;

namespace sluice::sql {

/// The name that PostgreSQL gives a column without AS. `sublink_names`: the first columns of the
/// subqueries met so far.
[[nodiscard]] std::string_view column_label(const Node* value,
                                            const std::vector<std::pair<const SubLink*, std::string_view>>& sublink_names);

}  // namespace sluice::sql
