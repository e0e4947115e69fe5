// Statements that pass, or are refused, without being understood.
#include "plan/plan_opaque.h"

#include <algorithm>
#include <utility>

namespace sluice::plan {
namespace {

std::shared_ptr<TextPlan> empty_plan(const PlanInput& input, policy::Grade grade) {
  auto plan = std::make_shared<TextPlan>();
  plan->grade = grade;
  plan->versions = input.snapshot.versions;
  plan->text_digest = sha256(input.text);
  return plan;
}

// The analyser reads texts as UTF-8 with standard strings. What has neither a byte above 127 nor a backslash
// means the same in every encoding that PostgreSQL knows, and with either kind of strings.
bool reads_the_same(std::string_view text, const TextReading& reading) {
  if (!reading.standard_strings && text.find('\\') != std::string_view::npos) return false;
  return reading.utf8 || std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

sql::Analysis opaque_analysis(sql::StatementKind kind) {
  sql::Analysis analysis;
  analysis.kind = kind;
  if (kind == sql::StatementKind::function_call) analysis.actions = {sql::Action::code};
  if (kind == sql::StatementKind::replication) analysis.actions = {sql::Action::replication};
  analysis.changes_catalog = kind == sql::StatementKind::unknown;
  return analysis;
}

std::shared_ptr<const TextPlan> plan_for_the_record(const PlanInput& input, const policy::Grading& grading) {
  auto plan = empty_plan(input, policy::Grade::audit_only);
  policy::Decision passes;
  passes.verdict = policy::Verdict::allow;
  passes.reasons = grading.rules;
  if (reads_the_same(input.text, input.reading)) {
    sql::NameContext names = input.names;
    names.allowed_functions = input.snapshot.policy->allowed_functions;
    const auto analysed = sql::analyse_text(input.text, input.snapshot.catalog, names, input.limits);
    if (analysed.ok()) {
      for (const sql::Analysis& analysis : analysed->statements()) {
        plan->statements.push_back({analysis, passes});
        // What code of theirs does is not followed.
        if (analysis.kind == sql::StatementKind::code) plan->statements.back().analysis.changes_catalog = true;
      }
      return plan;
    }
  }
  plan->statements.push_back({opaque_analysis(sql::StatementKind::unknown), std::move(passes)});
  return plan;
}

std::shared_ptr<const TextPlan> plan_opaque(const PlanInput& input, sql::StatementKind kind) {
  const policy::Grading grading = policy::grade_of(*input.snapshot.policy, input.identity, input.database);
  auto plan = empty_plan(input, grading.grade);
  StatementPlan statement{opaque_analysis(kind), {}};
  if (grading.grade == policy::Grade::audit_only) {
    statement.decision.verdict = policy::Verdict::allow;
    statement.decision.reasons = grading.rules;
  } else {
    statement.decision = policy::decide(*input.snapshot.policy, input.identity, input.database, statement.analysis, *input.snapshot.catalog,
                                        input.snapshot.tags);
  }
  plan->statements.push_back(std::move(statement));
  return plan;
}

}  // namespace sluice::plan
