#pragma once

#include <memory>
#include <vector>

#include "approvals/people.h"
#include "approvals/standing.h"
#include "base/result.h"
#include "store/sqlite.h"

// Rows about approvers: what they lent each other, and standing approvals. Within the caller's transaction.
namespace sluice::store {

/// Everybody of the directory with the delegations that matter at `now`.
[[nodiscard]] Result<approvals::People> load_people(const Database& database, const std::shared_ptr<const approvals::Directory>& directory, Timestamp now);
/// Whoever has an account of a channel can decide too. They point into the people's directory.
[[nodiscard]] Result<std::vector<policy::Candidate>> load_candidates(const Database& database, const approvals::People& people);

[[nodiscard]] Result<std::vector<approvals::Delegation>> load_delegations(const Database& database, std::string_view condition,
                                                                          const std::vector<std::string>& texts,
                                                                          std::optional<std::int64_t> number = std::nullopt);
[[nodiscard]] Status insert_delegation(const Database& database, const approvals::Delegation& delegation);

[[nodiscard]] Result<std::vector<approvals::StandingApproval>> load_standing(const Database& database, std::string_view condition,
                                                                             const std::vector<std::string>& texts,
                                                                             std::optional<std::int64_t> number = std::nullopt);
/// Inserts it, or replaces what may change of it.
[[nodiscard]] Status save_standing(const Database& database, const approvals::StandingApproval& standing);

}  // namespace sluice::store
