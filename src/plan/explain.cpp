#include "plan/explain.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plan/plan_statement.h"
#include "policy/names.h"

namespace sluice::plan {
namespace {

using nlohmann::ordered_json;
using Outcome = Explanation::Outcome;

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string duration(std::chrono::seconds time) {
  const auto count = time.count();
  return count % 60 == 0 ? std::to_string(count / 60) + "m" : std::to_string(count) + "s";
}

std::string table_name(Oid oid, const sql::Catalog& catalog) {
  const sql::Relation* relation = catalog.relation(oid);
  return relation == nullptr ? "?" : policy::written_name(relation->schema, relation->name);
}

std::string column_name(ColumnId id, const sql::Catalog& catalog) {
  const sql::Relation* relation = catalog.relation(id.relation);
  const sql::Column* column = relation == nullptr ? nullptr : relation->column(id.attribute);
  return table_name(id.relation, catalog) + "." + (column == nullptr ? "?" : policy::written_name(column->name));
}

std::vector<std::string> access_words(const sql::RelationAccess& access) {
  std::vector<std::string> words;
  if (access.reads) words.emplace_back("read");
  if (access.inserts) words.emplace_back("inserted into");
  if (access.updates) words.emplace_back("updated");
  if (access.deletes) words.emplace_back("deleted from");
  if (words.empty()) words.emplace_back("changed");
  return words;
}

const sql::MaskingFunction* mask_of(ColumnId column, const policy::Decision& decision) {
  for (const policy::Obligation& obligation : decision.obligations) {
    const auto* mask = std::get_if<policy::MaskColumn>(&obligation);
    if (mask != nullptr && mask->column == column) return &mask->function;
  }
  return nullptr;
}

bool uses_masked_column(const StatementPlan& statement) {
  return std::any_of(statement.analysis.uses.begin(), statement.analysis.uses.end(),
                     [&](const sql::ColumnUse& use) { return mask_of(use.column, statement.decision) != nullptr; });
}

Outcome outcome_of(const StatementPlan& statement) {
  switch (statement.decision.verdict) {
    case policy::Verdict::allow: return uses_masked_column(statement) ? Outcome::mask : Outcome::allow;
    case policy::Verdict::hold: return Outcome::hold;
    case policy::Verdict::deny: return Outcome::deny;
  }
  return Outcome::deny;
}

ordered_json groups_json(const std::vector<GroupId>& groups) {
  ordered_json json = ordered_json::array();
  for (const GroupId& group : groups) json.push_back(group.text);
  return json;
}

ordered_json approval_json(const policy::RequireApproval& approval) {
  ordered_json json{{"rule", approval.rule.text}, {"approvals", approval.approvals}, {"approvers", groups_json(approval.approver_groups)}};
  for (const auto& groups : approval.further_approver_groups) json["approvers_also_in"].push_back(groups_json(groups));
  json["hold_mode"] = approval.mode == policy::HoldMode::wait ? "wait" : "error";
  json["expires_after_seconds"] = approval.expires_after.count();
  json["valid_for_seconds"] = approval.valid_for.count();
  json["reason"] = approval.reason;
  return json;
}

std::string approval_text(const policy::RequireApproval& approval) {
  const auto names = [](const std::vector<GroupId>& groups) {
    std::vector<std::string> texts;
    for (const GroupId& group : groups) texts.push_back(group.text);
    return joined(texts);
  };
  std::string text = std::to_string(approval.approvals) + " of group " + names(approval.approver_groups);
  for (const auto& groups : approval.further_approver_groups) text += " who is also in " + names(groups);
  text += approval.mode == policy::HoldMode::wait ? "; the agent waits" : "; the agent gets an error and comes back";
  return text + "; denied after " + duration(approval.expires_after) + (approval.reason.empty() ? "" : "; " + approval.reason);
}

/// One statement, as text and as JSON side by side so that the two cannot drift apart.
class StatementExplainer {
 public:
  StatementExplainer(const StatementPlan& statement, const Snapshot& snapshot)
      : analysis_(statement.analysis), decision_(statement.decision), snapshot_(snapshot), outcome_(outcome_of(statement)) {}

  void explain(std::string& text, ordered_json& json) {
    std::vector<std::string> actions;
    for (const sql::Action action : analysis_.actions) actions.emplace_back(sql::to_text(action));
    line("statement", std::string(sql::to_text(analysis_.kind)) + " (" + joined(actions) + ")");
    json_["kind"] = sql::to_text(analysis_.kind);
    json_["actions"] = actions;
    add_decision();
    add_relations();
    add_columns();
    add_holds();
    text += text_;
    json.push_back(std::move(json_));
  }

 private:
  void line(const std::string& label, const std::string& value) { text_ += label + ":" + std::string(10 - label.size(), ' ') + value + "\n"; }

  void add_decision() {
    line("decision", std::string(to_text(outcome_)));
    json_["decision"] = to_text(outcome_);
    std::vector<std::string> rules;
    for (const RuleId& rule : decision_.reasons) rules.push_back(rule.text);
    line("rules", rules.empty() ? "none" : joined(rules));
    json_["rules"] = rules;
    if (!decision_.missing) return;
    const std::string action(sql::to_text(decision_.missing->action));
    line("missing", "no rule allows \"" + action + "\"" + (decision_.missing->relation.empty() ? "" : " on " + decision_.missing->relation));
    json_["missing"] = ordered_json{{"action", action}, {"table", decision_.missing->relation}};
  }

  void add_relations() {
    json_["tables"] = ordered_json::array();
    for (const sql::RelationAccess& access : analysis_.relations) {
      const std::string name = table_name(access.relation, *snapshot_.catalog);
      const std::vector<std::string> words = access_words(access);
      line("table", name + " " + joined(words));
      json_["tables"].push_back(ordered_json{{"table", name}, {"access", words}});
    }
  }

  void add_columns() {
    json_["columns"] = ordered_json::array();
    for (const sql::ColumnUse& use : analysis_.uses) {
      const auto tags = snapshot_.tags.tags_of(use.column);
      if (tags.empty()) continue;
      const sql::MaskingFunction* mask = mask_of(use.column, decision_);
      const std::string name = column_name(use.column, *snapshot_.catalog);
      const std::vector<std::string> tag_list(tags.begin(), tags.end());
      const std::string seen = mask == nullptr ? "in clear" : "masked: " + describe(*mask);
      line("column", name + " [" + joined(tag_list) + "] as " + std::string(sql::to_text(use.use)) + ", " + seen);
      ordered_json column{{"column", name}, {"tags", tag_list}, {"use", sql::to_text(use.use)}};
      column["mask"] = mask == nullptr ? ordered_json(nullptr) : ordered_json(describe(*mask));
      json_["columns"].push_back(std::move(column));
    }
  }

  void add_holds() {
    for (const policy::Obligation& obligation : decision_.obligations) {
      if (const auto* approval = std::get_if<policy::RequireApproval>(&obligation)) {
        line("approval", approval_text(*approval));
        json_["approval"] = approval_json(*approval);
      } else if (const auto* above = std::get_if<policy::HoldAboveEstimate>(&obligation)) {
        std::string when;
        if (above->rows != policy::HoldAboveEstimate::kAnyEstimate) {
          when = "if more than " + std::to_string(above->rows) + " rows are expected";
          json_["approval_above_rows"] = above->rows;
        }
        if (above->actual_rows) {
          when += (when.empty() ? "if more than " : ", or more than ") + std::to_string(*above->actual_rows) + " come";
          json_["approval_above_actual_rows"] = *above->actual_rows;
        }
        line("approval", when + ": " + approval_text(above->approval));
        json_["approval"] = approval_json(above->approval);
      }
    }
  }

  const sql::Analysis& analysis_;
  const policy::Decision& decision_;
  const Snapshot& snapshot_;
  const Outcome outcome_;
  std::string text_;
  ordered_json json_;
};

}  // namespace

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::allow: return "allow";
    case Outcome::mask: return "mask";
    case Outcome::hold: return "hold";
    case Outcome::deny: return "deny";
    case Outcome::error: return "error";
  }
  return "error";
}

namespace {

/// The text that goes upstream, but for the keys of pseudonyms.
std::string without_keys(const TextPlan& plan) {
  std::string text = plan.upstream->text();
  for (const StatementPlan& statement : plan.statements) {
    for (const policy::Obligation& obligation : statement.decision.obligations) {
      const auto* mask = std::get_if<policy::MaskColumn>(&obligation);
      const auto* pseudonym = mask == nullptr ? nullptr : std::get_if<sql::PseudonymMask>(&mask->function);
      if (pseudonym == nullptr || pseudonym->key.empty()) continue;
      for (std::size_t at = 0; (at = text.find(pseudonym->key, at)) != std::string::npos;) text.replace(at, pseudonym->key.size(), "(key)");
    }
  }
  return text;
}

}  // namespace

std::string describe(const sql::MaskingFunction& function) {
  struct Describe {
    std::string operator()(const sql::NullMask&) const { return "null"; }
    std::string operator()(const sql::ConstantMask& mask) const { return "constant '" + mask.text + "'"; }
    std::string operator()(const sql::TokenMask& mask) const { return "token '" + mask.prefix + "' + key"; }
    std::string operator()(const sql::PartialMask& mask) const {
      return "partial, keeps " + std::to_string(mask.keep_first) + " first and " + std::to_string(mask.keep_last) + " last";
    }
    std::string operator()(const sql::EmailMask&) const { return "email, keeps the domain"; }
    std::string operator()(const sql::DateMask& mask) const { return mask.unit == sql::DateMask::Unit::year ? "year" : "month"; }
    std::string operator()(const sql::BucketMask& mask) const { return "bucket of " + std::to_string(mask.width); }
    std::string operator()(const sql::PseudonymMask& mask) const { return "pseudonym '" + mask.prefix + "' + keyed hash"; }
  };
  return std::visit(Describe{}, function);
}

Explanation explain(const TextPlan& plan, const Snapshot& snapshot) {
  Explanation explanation;
  explanation.outcome = Outcome::allow;
  ordered_json json{{"decision", ""}, {"statements", ordered_json::array()}};
  if (plan.grade == policy::Grade::audit_only) {
    explanation.text += "grade:     audit_only: passes as it is, unmasked, unheld and unrefused, and is recorded\n";
    json["grade"] = "audit_only";
  }
  for (const StatementPlan& statement : plan.statements) {
    explanation.outcome = std::max(explanation.outcome, outcome_of(statement));
    StatementExplainer(statement, snapshot).explain(explanation.text, json["statements"]);
  }
  json["decision"] = to_text(explanation.outcome);
  if (plan.upstream) {
    const std::string upstream = without_keys(plan);
    explanation.text += "upstream:  " + upstream + "\n";
    json["upstream"] = upstream;
  } else if (plan.verdict() != policy::Verdict::deny) {
    explanation.text += "upstream:  unchanged\n";
  }
  if (plan.verdict() == policy::Verdict::deny) {
    const Error error = denial_of(plan);
    explanation.text += "answer:    ERROR: " + error.message + "\n";
    json["error"] = ordered_json{{"message", error.message}, {"detail", error.detail}, {"hint", error.hint}};
  }
  explanation.json = dump(json);
  return explanation;
}

Explanation explain(const Error& error) {
  Explanation explanation;
  explanation.outcome = error.kind == ErrorKind::denied ? Outcome::deny : Outcome::error;
  explanation.text = "decision:  " + std::string(to_text(explanation.outcome)) + "\nanswer:    ERROR: " + error.message + "\n";
  if (!error.hint.empty()) explanation.text += "hint:      " + error.hint + "\n";
  if (error.position > 0) explanation.text += "position:  " + std::to_string(error.position) + "\n";
  ordered_json inner{{"kind", to_text(error.kind)}, {"message", error.message}, {"detail", error.detail}, {"hint", error.hint}};
  inner["position"] = error.position;
  explanation.json = dump(ordered_json{{"decision", to_text(explanation.outcome)}, {"error", std::move(inner)}});
  return explanation;
}

}  // namespace sluice::plan
