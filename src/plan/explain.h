#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/statement_plan.h"

namespace sluice::plan {

/// What would become of a text, for people and for programs.
struct Explanation {
  enum class Outcome { allow, mask, hold, deny, error };
  Outcome outcome = Outcome::error;
  std::string text;  ///< several lines, each ended
  std::string json;  ///< one object: docs/policy-language.md describes it
};

/// `snapshot` is the one that the plan was made from. A column that the statement uses and that is
/// masked makes the outcome `mask`; a hold above an estimate is told but does not make it `hold`.
[[nodiscard]] Explanation explain(const TextPlan& plan, const Snapshot& snapshot);
/// Of a statement for which there is no plan: `deny` if the error's kind is denied, `error` otherwise.
[[nodiscard]] Explanation explain(const Error& error);

[[nodiscard]] std::string_view to_text(Explanation::Outcome outcome);
/// "null", "constant 'x'", "token 'tok-' + key", "partial, keeps 0 first and 4 last", "bucket of 1000" … No keys.
[[nodiscard]] std::string describe(const sql::MaskingFunction& function);

}  // namespace sluice::plan
