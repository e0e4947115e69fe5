#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/utility.h"

struct Node;

namespace sluice::sql {

// One function for each group of productions; each knows its node tags by an explicit list and answers
// nothing for any other.

struct UtilityInput {
  std::string_view text;
  const Catalog& catalog;
  const NameContext& names;
};
using UtilityAnswer = std::optional<Result<UtilityAnalysis>>;

[[nodiscard]] UtilityAnswer transaction_statement(const Node* node, const UtilityInput& input);
[[nodiscard]] UtilityAnswer setting_statement(const Node* node, const UtilityInput& input);
[[nodiscard]] UtilityAnswer session_statement(const Node* node, const UtilityInput& input);   ///< cursors, PREPARE, NOTIFY …
[[nodiscard]] UtilityAnswer copy_statement(const Node* node, const UtilityInput& input);      ///< COPY, EXPLAIN
[[nodiscard]] UtilityAnswer create_statement(const Node* node, const UtilityInput& input);    ///< tables, views, sequences
[[nodiscard]] UtilityAnswer alter_statement(const Node* node, const UtilityInput& input);     ///< what changes existing relations
[[nodiscard]] UtilityAnswer drop_statement(const Node* node, const UtilityInput& input);
[[nodiscard]] UtilityAnswer definition_statement(const Node* node, const UtilityInput& input);  ///< the rest of DDL
[[nodiscard]] UtilityAnswer role_statement(const Node* node, const UtilityInput& input);
[[nodiscard]] UtilityAnswer maintenance_statement(const Node* node, const UtilityInput& input);  ///< VACUUM …, DO, CALL, LOCK, TRUNCATE

/// Refusal of a statement as such, with what to do instead.
[[nodiscard]] Error unsupported(std::string what, std::string hint = {});

}  // namespace sluice::sql
