#include "policy/grade.h"

#include "policy/rule_match.h"

namespace sluice::policy {

Grading grade_of(const Policy& policy, const auth::Identity& identity, const DatabaseAlias& database) {
  Grading grading;
  for (const Rule& rule : policy.rules) {
    if (rule.effect == Effect::audit_only && concerns(rule, identity, database)) grading.rules.push_back(rule.id);
  }
  if (!grading.rules.empty()) grading.grade = Grade::audit_only;
  return grading;
}

}  // namespace sluice::policy
