#pragma once

struct List;

namespace sluice::sql {

enum class TreeDepth { within_bound, too_deep, unknown_node };

/// Does any expression, FROM item or query of these statements nest more than `max_depth` nodes? Does not
/// recurse. Utility statements count as leaves unless a query or expression within them is analysed.
[[nodiscard]] TreeDepth measure_depth(const List* statements, int max_depth);

}  // namespace sluice::sql
