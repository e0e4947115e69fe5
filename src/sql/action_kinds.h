#pragma once

#include "sql/analysis.h"

struct Node;

namespace sluice::sql {

/// The kinds of action of a statement other than SELECT, INSERT, UPDATE, DELETE and MERGE. `groups`: what analyse_utility() makes
/// of it; `ddl`, `role_change`, `server_file` and `export` become their kinds, the others stay. This list is the one place where
/// kinds of privileged actions are told from the tree.
[[nodiscard]] ActionBits action_kinds(const Node* statement, ActionBits groups);

}  // namespace sluice::sql
