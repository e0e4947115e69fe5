#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "sql/analysis.h"
#include "sql/mask.h"

namespace sluice::policy {

enum class Verdict { allow, hold, deny };  ///< ordered: the strictest rule wins

/// The agent finds `function` of the column in place of its values.
struct MaskColumn {
  ColumnId column;
  sql::MaskingFunction function;
  friend bool operator==(const MaskColumn&, const MaskColumn&) = default;
};

/// How a held statement waits for its approval.
enum class HoldMode {
  wait,   ///< the agent's connection waits
  error,  ///< the agent gets the request id at once and reruns the identical statement later
};

/// How far a standing approval may reach at most.
struct StandingLimits {
  std::uint64_t uses = 100;
  std::uint64_t rows = 100'000;                    ///< of all uses together
  std::chrono::seconds life{7 * 24 * 3600};
  friend bool operator==(const StandingLimits&, const StandingLimits&) = default;
};

/// Who must agree before the statement runs.
struct RequireApproval {
  RuleId rule;
  std::vector<GroupId> approver_groups;           ///< an approver is in one of them …
  /// … and in one of each of these: the approver groups of the other rules that hold the same statement.
  std::vector<std::vector<GroupId>> further_approver_groups;
  std::uint32_t approvals = 1;                    ///< how many distinct people
  HoldMode mode = HoldMode::wait;
  std::chrono::seconds expires_after{900};        ///< nobody decided: denied
  std::chrono::seconds valid_for{900};            ///< how long an approval may wait for its statement
  std::string reason;                             ///< why the rule exists, shown to approvers
  bool reason_required = false;                   ///< an approval without the approver's own reason is refused
  std::optional<std::uint64_t> max_rows;          ///< enforced while the statement runs: above it all of it is rolled back
  std::chrono::seconds remind_every{0};           ///< approvers are told again while nobody has decided; 0: never
  std::chrono::seconds escalate_after{0};         ///< then `escalation_groups` may approve too; 0: never
  std::vector<GroupId> escalation_groups;
  std::vector<GroupId> break_glass_groups;        ///< one of them may approve alone, and a review is forced afterwards
  bool standing = false;                          ///< approvers may turn an approval into a standing one
  StandingLimits standing_limits;                 ///< only with `standing`
  std::vector<RuleId> further_rules;              ///< others that hold the same statement, in the order of the file
  std::chrono::seconds denied_for{60};            ///< an identical statement is denied without asking anybody again
  friend bool operator==(const RequireApproval&, const RequireApproval&) = default;
};

/// Ask the upstream's planner before running; above `rows` the statement is held. What runs without an approval is ended
/// before more than `actual_rows` leave, or are changed, and held if it comes again.
struct HoldAboveEstimate {
  static constexpr std::uint64_t kAnyEstimate = ~std::uint64_t{0};  ///< the planner need not be asked
  std::uint64_t rows = 0;
  RequireApproval approval;
  std::optional<std::uint64_t> actual_rows{};
  friend bool operator==(const HoldAboveEstimate&, const HoldAboveEstimate&) = default;
};

using Obligation = std::variant<MaskColumn, RequireApproval, HoldAboveEstimate>;

/// What no allow rule grants: the first such need of a statement.
struct MissingGrant {
  sql::Action action = sql::Action::select;
  std::string relation;  ///< "schema.table"; empty: the statement touches none
  friend bool operator==(const MissingGrant&, const MissingGrant&) = default;
};

struct Decision {
  Verdict verdict = Verdict::deny;
  /// Masks sorted by column, at most one for each; then at most one of RequireApproval (verdict hold) and
  /// HoldAboveEstimate (verdict allow). Empty with deny.
  std::vector<Obligation> obligations;
  std::vector<ColumnId> cleared{};  ///< columns that some rule masks, and that an approval shows in clear; sorted
  std::vector<RuleId> reasons;  ///< rules that had a say, in the order of the file; empty with deny: no grant
  std::optional<MissingGrant> missing;  ///< only with deny, and then reasons is empty
  /// Only with deny: "schema.name" of a function that the statement would set off and nobody has vouched for, while there are
  /// columns that are masked for the identity.
  std::string unknown_code;
  friend bool operator==(const Decision&, const Decision&) = default;
};

[[nodiscard]] std::string_view to_text(Verdict verdict);

/// Does somebody in these groups satisfy what `approval` asks of one approver's groups?
[[nodiscard]] bool may_approve(const RequireApproval& approval, const std::vector<GroupId>& groups);

}  // namespace sluice::policy
