// Properties that hold for every policy and every statement.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>

#include "policy/policy.h"
#include "policy/tag_map.h"
#include "shop_catalog.h"

namespace sluice::policy {
namespace {

using sql::Action;

const DatabaseAlias kShop{"shop"};
const std::vector<std::string> kTags{"pii", "pci", "salary"};
const std::vector<std::string> kTables{"public.*", "hr.*", "public.customers", "public.orders", "public.orders_2024", "hr.salaries"};
const std::vector<Action> kActions{Action::select, Action::insert, Action::update, Action::delete_, Action::export_, Action::ddl};
const std::vector<Oid> kRelations{kCustomers, kCards, kSalaries, kOrders, kOrders2024, kOrders2025};

/// 0 <= result < n, all alike: rapidcheck's ranges grow with the size of a test, which starts at nothing.
int pick(int n) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, n)); }

template <class T>
T one_of(const std::vector<T>& values) {
  return values[static_cast<std::size_t>(pick(static_cast<int>(values.size())))];
}

template <class T>
std::vector<T> some_of(const std::vector<T>& values, int at_least = 0) {
  std::vector<T> chosen;
  for (int count = at_least + pick(3); count > 0; --count) chosen.push_back(one_of(values));
  return chosen;
}

const std::vector<GroupId> kGroups{GroupId{"agents"}, GroupId{"others"}, GroupId{"approvers"}};

// Most conditions stay empty and few rules deny, so that most rules meet most statements and meet each other.
bool seldom() { return pick(4) == 0; }

template <class T>
std::vector<T> seldom_some_of(const std::vector<T>& values) {
  return seldom() ? some_of(values) : std::vector<T>{};
}

sql::MaskingFunction any_mask() {
  switch (pick(8)) {
    case 0: return sql::NullMask{};
    case 1: return sql::ConstantMask{pick(2) == 0 ? "x" : "y"};
    case 2: return sql::TokenMask{pick(2) == 0 ? "t-" : "u-"};
    default: break;
  }
  sql::PartialMask mask;
  mask.keep_first = static_cast<std::uint16_t>(pick(6));
  mask.keep_last = static_cast<std::uint16_t>(pick(6));
  mask.fill_count = static_cast<std::uint16_t>(1 + pick(11));
  return mask;
}

RequireApproval any_approval() {
  RequireApproval approval;
  approval.approver_groups = some_of(kGroups, 1);
  approval.approvals = static_cast<std::uint32_t>(1 + pick(3));
  approval.mode = pick(2) == 0 ? HoldMode::wait : HoldMode::error;
  approval.expires_after = std::chrono::seconds(1 + pick(1000));
  return approval;
}

Rule any_rule(Effect effect) {
  Rule rule;
  rule.id = RuleId{"r" + std::to_string(pick(1000000))};
  rule.effect = effect;
  rule.groups = seldom_some_of(kGroups);
  rule.tables = seldom_some_of(kTables);
  if (effect != Effect::mask) rule.actions = seldom_some_of(kActions);
  if (effect != Effect::allow) rule.tags = seldom_some_of(kTags);
  if (effect == Effect::mask) rule.mask = any_mask();
  if (effect == Effect::hold) {
    rule.approval = any_approval();
    if (pick(2) == 0) rule.above_rows = static_cast<std::uint64_t>(pick(5));
  }
  return rule;
}

Effect tightening_effect() {
  const int choice = pick(17);
  return choice == 0 ? Effect::deny : choice <= 8 ? Effect::mask : Effect::hold;
}
Effect any_effect() { return seldom() ? Effect::allow : tightening_effect(); }

Tagging any_tagging() {
  static const std::vector<std::pair<std::string, std::string>> places{
      {"public", "customers"}, {"public", "cards"}, {"hr", "salaries"}, {"public", "orders"}, {"public", "orders_2024"}};
  const auto place = one_of(places);
  const std::string column = one_of<std::string>({"", "email", "number", "amount", "note", "id"});
  return {kShop, place.first, place.second, column, some_of(kTags, 1)};
}

Policy any_policy() {
  Policy policy;
  for (int count = pick(5); count > 0; --count) policy.taggings.push_back(any_tagging());
  for (int count = pick(7); count > 0; --count) policy.rules.push_back(any_rule(any_effect()));
  Rule grant;  // so that not nearly everything is denied
  grant.id = RuleId{"grant"};
  grant.effect = Effect::allow;
  if (!seldom()) policy.rules.push_back(grant);
  return policy;
}

sql::Analysis any_analysis() {
  sql::Analysis analysis;
  analysis.actions = some_of(kActions);
  std::sort(analysis.actions.begin(), analysis.actions.end());
  analysis.actions.erase(std::unique(analysis.actions.begin(), analysis.actions.end()), analysis.actions.end());
  for (const Oid relation : kRelations) {
    if (pick(3) != 0) continue;
    analysis.relations.push_back({relation, pick(2) == 0, pick(2) == 0, pick(2) == 0, pick(2) == 0});
    const auto column = static_cast<std::int16_t>(1 + pick(4));
    if (pick(2) == 0) analysis.uses.push_back({{relation, column}, pick(2) == 0 ? sql::Use::output : sql::Use::predicate});
  }
  if (pick(2) == 0) analysis.max_rows = static_cast<std::uint64_t>(pick(5));
  return analysis;
}

auth::Identity agent() { return {IdentityId{"bot"}, auth::IdentityKind::agent, {GroupId{"agents"}}, IdentityId{"alice"}, {}}; }

Decision decided(const Policy& policy, const sql::Analysis& analysis) {
  static const auto catalog = shop_catalog();
  return decide(policy, agent(), kShop, analysis, *catalog, TagMap::resolve(policy, kShop, *catalog));
}

// Each run of a property tries several cases: one is cheap, and the rare ones matter.
template <class Property>
void several_times(Property property) {
  for (int i = 0; i < 10; ++i) property();
}

int reveals(const sql::MaskingFunction& mask) { return 3 - static_cast<int>(mask.index()); }

bool at_least_as_strict(const sql::MaskingFunction& after, const sql::MaskingFunction& before) {
  // The variant lists masks from what reveals least to what reveals most.
  if (after.index() != before.index()) return reveals(after) > reveals(before);
  const auto* a = std::get_if<sql::PartialMask>(&after);
  const auto* b = std::get_if<sql::PartialMask>(&before);
  return a == nullptr || (a->keep_first <= b->keep_first && a->keep_last <= b->keep_last && a->fill_count >= b->fill_count);
}

const sql::MaskingFunction* mask_of(const Decision& decision, ColumnId column) {
  for (const Obligation& obligation : decision.obligations) {
    const auto* mask = std::get_if<MaskColumn>(&obligation);
    if (mask != nullptr && mask->column == column) return &mask->function;
  }
  return nullptr;
}

bool keeps_masks(const Decision& after, const Decision& before) {
  return std::all_of(before.obligations.begin(), before.obligations.end(), [&](const Obligation& obligation) {
    const auto* mask = std::get_if<MaskColumn>(&obligation);
    if (mask == nullptr) return true;
    const auto* kept = mask_of(after, mask->column);
    return kept != nullptr && at_least_as_strict(*kept, mask->function);
  });
}

/// Who could approve a statement whose estimate is `rows`; all if it needs no approval.
struct Bar {
  std::vector<bool> may;  ///< by set of groups
  std::uint32_t approvals = 0;
};

Bar bar_at(const Decision& decision, std::uint64_t rows) {
  const RequireApproval* approval = nullptr;
  for (const Obligation& obligation : decision.obligations) {
    if (const auto* always = std::get_if<RequireApproval>(&obligation)) approval = always;
    const auto* above = std::get_if<HoldAboveEstimate>(&obligation);
    if (above != nullptr && rows > above->rows) approval = &above->approval;
  }
  Bar bar;
  bar.approvals = approval == nullptr ? 0 : approval->approvals;
  for (unsigned set = 0; set < 8; ++set) {
    std::vector<GroupId> member;
    if ((set & 1) != 0) member.push_back(GroupId{"agents"});
    if ((set & 2) != 0) member.push_back(GroupId{"others"});
    if ((set & 4) != 0) member.push_back(GroupId{"approvers"});
    bar.may.push_back(approval == nullptr || may_approve(*approval, member));
  }
  return bar;
}

bool keeps_approvals(const Decision& after, const Decision& before, const std::optional<std::uint64_t>& max_rows) {
  for (std::uint64_t rows = 0; rows <= max_rows.value_or(6); ++rows) {
    const Bar high = bar_at(after, rows);
    const Bar low = bar_at(before, rows);
    if (high.approvals < low.approvals) return false;
    for (std::size_t i = 0; i < low.may.size(); ++i) {
      if (high.may[i] && !low.may[i]) return false;
    }
  }
  return true;
}

bool no_looser(const Decision& after, const Decision& before, const sql::Analysis& analysis) {
  if (after.verdict == Verdict::deny) return true;
  return after.verdict >= before.verdict && keeps_masks(after, before) && keeps_approvals(after, before, analysis.max_rows);
}

RC_GTEST_PROP(Tightening, AddingAMaskHoldOrDenyRuleAnywhereNeverLoosensADecision, ()) {
  several_times([] {
    Policy policy = any_policy();
    const sql::Analysis analysis = any_analysis();
    const Decision before = decided(policy, analysis);
    const int place = pick(static_cast<int>(policy.rules.size()) + 1);
    policy.rules.insert(policy.rules.begin() + place, any_rule(tightening_effect()));
    RC_ASSERT(no_looser(decided(policy, analysis), before, analysis));
  });
}

RC_GTEST_PROP(Tightening, AddingATagNeverLoosensADecision, ()) {
  several_times([] {
    Policy policy = any_policy();
    const sql::Analysis analysis = any_analysis();
    const Decision before = decided(policy, analysis);
    policy.taggings.push_back(any_tagging());
    RC_ASSERT(no_looser(decided(policy, analysis), before, analysis));
  });
}

RC_GTEST_PROP(Tightening, TheOrderOfRulesDoesNotMatterForTheVerdict, ()) {
  several_times([] {
    Policy policy = any_policy();
    const sql::Analysis analysis = any_analysis();
    const Decision before = decided(policy, analysis);
    std::vector<std::pair<int, Rule>> shuffled;
    for (const Rule& rule : policy.rules) shuffled.emplace_back(pick(100), rule);
    std::stable_sort(shuffled.begin(), shuffled.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < shuffled.size(); ++i) policy.rules[i] = shuffled[i].second;
    const Decision after = decided(policy, analysis);
    RC_ASSERT(after.verdict == before.verdict);
    RC_ASSERT(keeps_approvals(after, before, analysis.max_rows));
    RC_ASSERT(keeps_approvals(before, after, analysis.max_rows));
  });
}

RC_GTEST_PROP(Tightening, TakingAnAllowRuleAwayNeverAllowsMore, ()) {
  several_times([] {
    Policy policy = any_policy();
    const sql::Analysis analysis = any_analysis();
    const Decision before = decided(policy, analysis);
    std::erase_if(policy.rules, [](const Rule& rule) { return rule.effect == Effect::allow && rule.id.text != "grant"; });
    RC_ASSERT(decided(policy, analysis).verdict >= before.verdict);
  });
}

}  // namespace
}  // namespace sluice::policy
