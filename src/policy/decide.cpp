#include <algorithm>

#include "policy/grants.h"
#include "policy/merge.h"
#include "policy/policy.h"
#include "policy/rule_match.h"
#include "policy/touched.h"

namespace sluice::policy {
namespace {

struct RulesByEffect {
  std::vector<const Rule*> allow;
  std::vector<const Rule*> mask;
  std::vector<const Rule*> hold;
  std::vector<const Rule*> deny;
};

RulesByEffect rules_for(const Policy& policy, const auth::Identity& identity, const DatabaseAlias& database) {
  RulesByEffect rules;
  for (const Rule& rule : policy.rules) {
    if (!concerns(rule, identity, database)) continue;
    switch (rule.effect) {
      case Effect::allow: rules.allow.push_back(&rule); break;
      case Effect::mask: rules.mask.push_back(&rule); break;
      case Effect::hold: rules.hold.push_back(&rule); break;
      case Effect::deny: rules.deny.push_back(&rule); break;
      case Effect::audit_only: break;  // does not decide about statements: plan_statement() asks grade_of() first
    }
  }
  return rules;
}

std::vector<const Rule*> matching(const std::vector<const Rule*>& rules, const TouchedThings& things) {
  std::vector<const Rule*> found;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(found), [&](const Rule* rule) { return restricts(*rule, things); });
  return found;
}

/// Rules of one policy lie in one array, so that their addresses have the order of the file.
std::vector<RuleId> in_file_order(std::vector<const Rule*> rules) {
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  std::vector<RuleId> ids;
  for (const Rule* rule : rules) ids.push_back(rule->id);
  return ids;
}

/// May a statement that it matches run without anybody's approval?
bool is_conditional(const Rule& rule) { return rule.above_rows || rule.above_actual_rows; }

/// Tags whose masks the approval of the statement lifts. A rule that waits for an estimate lifts none: the statement
/// may run without anybody's approval.
std::vector<std::string> tags_in_clear(const std::vector<const Rule*>& holding) {
  std::vector<std::string> clear;
  for (const Rule* rule : holding) {
    if (!is_conditional(*rule)) clear.insert(clear.end(), rule->clear_tags.begin(), rule->clear_tags.end());
  }
  return clear;
}

/// Does the rule mask the column because of nothing but tags that are lifted?
bool is_lifted(const Rule& rule, ColumnId column, const TagMap& tags, const std::vector<std::string>& clear) {
  if (clear.empty() || rule.tags.empty()) return false;
  const auto contains = [](const std::vector<std::string>& all, const std::string& tag) { return std::find(all.begin(), all.end(), tag) != all.end(); };
  const auto of_column = tags.tags_of(column);
  return std::all_of(of_column.begin(), of_column.end(), [&](const std::string& tag) { return !contains(rule.tags, tag) || contains(clear, tag); });
}

/// A column is masked by all rules that match it; returns those that matched one.
std::vector<const Rule*> add_masks(const std::vector<const Rule*>& mask_rules, const TouchedThings& things, const sql::Catalog& catalog,
                                   const TagMap& tags, const std::vector<std::string>& clear, Decision& decision) {
  std::vector<const Rule*> used;
  for (const ColumnId column : things.reachable) {
    std::optional<sql::MaskingFunction> function;
    bool lifted = false;
    for (const Rule* rule : mask_rules) {
      if (!masks(*rule, column, catalog, tags)) continue;
      if (is_lifted(*rule, column, tags, clear)) {
        lifted = true;
        continue;
      }
      const sql::MaskingFunction own = rule->mask.value_or(sql::NullMask{});
      function = function ? stricter(*function, own) : own;
      used.push_back(rule);
    }
    if (function) decision.obligations.emplace_back(MaskColumn{column, std::move(*function)});
    else if (lifted) decision.cleared.push_back(column);
  }
  return used;
}

/// The bound on rows that the text proves, if it still does with these masks: a unique key that is masked
/// by a constant finds any number of rows.
std::optional<std::uint64_t> proven_rows(const sql::Analysis& analysis, const std::vector<Obligation>& obligations) {
  const auto masked = [&](ColumnId column) {
    return std::any_of(obligations.begin(), obligations.end(), [&](const Obligation& obligation) {
      const auto* mask = std::get_if<MaskColumn>(&obligation);
      return mask != nullptr && mask->column == column;
    });
  };
  const bool filtered_by_mask = std::any_of(analysis.uses.begin(), analysis.uses.end(), [&](const sql::ColumnUse& use) {
    return (use.use == sql::Use::predicate || use.use == sql::Use::join) && masked(use.column);
  });
  return filtered_by_mask ? std::nullopt : analysis.max_rows;
}

struct Holds {
  std::optional<RequireApproval> approval;  ///< all matching rules as one
  std::optional<std::uint64_t> above;       ///< only above so many rows, by the planner's estimate
  std::optional<std::uint64_t> actual;      ///< likewise, as they come
  bool always = false;
  std::vector<const Rule*> rules;
};

// With one rule that holds in any case, those that wait for an estimate count as if it were above theirs:
// otherwise adding a rule would spare a statement their approvers.
Holds holds_of(const std::vector<const Rule*>& matching_rules, const std::optional<std::uint64_t>& max_rows) {
  Holds holds;
  const auto lower = [](std::optional<std::uint64_t>& bound, const std::optional<std::uint64_t>& other) {
    if (other && (!bound || *other < *bound)) bound = other;
  };
  for (const Rule* rule : matching_rules) {
    const bool few = max_rows && *max_rows <= std::min(rule->above_rows.value_or(~std::uint64_t{0}), rule->above_actual_rows.value_or(~std::uint64_t{0}));
    if (is_conditional(*rule) && few) continue;
    RequireApproval own = rule->approval.value_or(RequireApproval{});
    own.rule = rule->id;
    holds.approval = holds.approval ? both(std::move(*holds.approval), own) : std::move(own);
    holds.always = holds.always || !is_conditional(*rule);
    lower(holds.above, rule->above_rows);
    lower(holds.actual, rule->above_actual_rows);
    holds.rules.push_back(rule);
  }
  return holds;
}

}  // namespace

Decision decide(const Policy& policy, const auth::Identity& identity, const DatabaseAlias& database, const sql::Analysis& analysis,
                const sql::Catalog& catalog, const TagMap& tags) {
  const RulesByEffect rules = rules_for(policy, identity, database);
  const TouchedThings things = touched_by(analysis, catalog, tags);
  Decision decision;
  if (const auto denying = matching(rules.deny, things); !denying.empty()) {
    decision.reasons = in_file_order(denying);
    return decision;
  }
  Grants grants = grants_for(rules.allow, things);
  if (grants.missing) {
    decision.missing = std::move(grants.missing);
    return decision;
  }
  std::vector<const Rule*> reasons = std::move(grants.granting);
  const auto add_reasons = [&](const std::vector<const Rule*>& more) { reasons.insert(reasons.end(), more.begin(), more.end()); };
  const std::vector<const Rule*> holding = matching(rules.hold, things);
  // PREPARE itself waits for nobody: what it leaves behind must not be in clear.
  const auto clear = analysis.kind == sql::StatementKind::prepare ? std::vector<std::string>() : tags_in_clear(holding);
  add_reasons(add_masks(rules.mask, things, catalog, tags, clear, decision));
  Holds holds = holds_of(holding, proven_rows(analysis, decision.obligations));
  add_reasons(holds.rules);
  decision.reasons = in_file_order(std::move(reasons));
  decision.verdict = holds.always ? Verdict::hold : Verdict::allow;
  // Where nothing is masked for somebody, code that cannot be followed has nothing to tell. Of a DO block an approver sees all.
  const bool shown = analysis.kind == sql::StatementKind::code && decision.verdict == Verdict::hold;
  if (!analysis.unknown_code.empty() && tags.any() && !rules.mask.empty() && !shown) {
    decision = {};
    decision.unknown_code = analysis.unknown_code.front();
    return decision;
  }
  if (holds.approval && !holds.always) {
    decision.obligations.emplace_back(
        HoldAboveEstimate{holds.above.value_or(HoldAboveEstimate::kAnyEstimate), std::move(*holds.approval), holds.actual});
  } else if (holds.approval) {
    decision.obligations.emplace_back(std::move(*holds.approval));
  }
  return decision;
}

}  // namespace sluice::policy
