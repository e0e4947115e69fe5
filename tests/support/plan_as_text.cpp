#include <map>

#include "plan/explain.h"
#include "plan/plan_statement.h"
#include "policy/names.h"
#include "sql/storage_use.h"
#include "support/sql_case.h"

namespace sluice::test {
namespace {

std::string indented(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\n  " : std::string(1, c);
  return out;
}

void append(std::string& list, const std::string& text) { list += (list.empty() ? "" : ", ") + text; }

/// One statement's lines.
class PlanPrinter {
 public:
  PlanPrinter(const plan::StatementPlan& statement, const sql::Catalog& catalog)
      : analysis_(statement.analysis), decision_(statement.decision), catalog_(catalog) {}

  std::string print() {
    print_kind();
    print_verdict();
    print_relations();
    print_outputs();
    print_uses();
    print_obligations();
    if (analysis_.max_rows) line("rows", std::to_string(*analysis_.max_rows) + " at most");
    print_session();
    return std::move(text_);
  }

 private:
  void line(const std::string& label, const std::string& value) { text_ += label + ": " + value + "\n"; }

  std::string table(Oid oid) const {
    const sql::Relation* relation = catalog_.relation(oid);
    return relation == nullptr ? "oid " + std::to_string(oid) : policy::written_name(relation->schema, relation->name);
  }

  std::string column(ColumnId id) const {
    const sql::Relation* relation = catalog_.relation(id.relation);
    const sql::Column* found = relation == nullptr ? nullptr : relation->column(id.attribute);
    return table(id.relation) + "." + (found == nullptr ? std::to_string(id.attribute) : policy::written_name(found->name));
  }

  void print_kind() {
    std::string actions;
    for (const sql::Action action : analysis_.actions) append(actions, std::string(sql::to_text(action)));
    std::string kind(sql::to_text(analysis_.kind));
    if (!actions.empty()) kind += " (" + actions + ")";
    if (analysis_.changes_catalog) kind += ", changes the catalog";
    if (analysis_.parameters > 0) kind += ", $1 to $" + std::to_string(analysis_.parameters);
    line("kind", kind);
  }

  void print_verdict() {
    std::string rules;
    for (const RuleId& rule : decision_.reasons) append(rules, rule.text);
    if (decision_.missing) {
      rules = "missing " + std::string(sql::to_text(decision_.missing->action));
      if (!decision_.missing->relation.empty()) rules += " on " + decision_.missing->relation;
    } else if (!rules.empty()) {
      rules = "by " + rules;
    }
    line("verdict", std::string(policy::to_text(decision_.verdict)) + (rules.empty() ? "" : " " + rules));
  }

  void print_relations() {
    std::string reads, inserts, updates, deletes, touches;
    for (const sql::RelationAccess& access : analysis_.relations) {
      const std::string name = table(access.relation);
      if (access.reads) append(reads, name);
      if (access.inserts) append(inserts, name);
      if (access.updates) append(updates, name);
      if (access.deletes) append(deletes, name);
      if (!access.reads && !access.inserts && !access.updates && !access.deletes) append(touches, name);
    }
    for (const auto& [label, list] : {std::pair("reads", reads), {"inserts", inserts}, {"updates", updates}, {"deletes", deletes}, {"touches", touches}}) {
      if (!list.empty()) line(label, list);
    }
  }

  void print_outputs() {
    for (const sql::OutputColumn& output : analysis_.outputs) {
      std::string flow;
      for (const sql::FlowSource& source : output.flow) append(flow, column(source.column) + " " + std::string(sql::to_text(source.kind)));
      line("output", output.name + (flow.empty() ? "" : " <- " + flow));
    }
  }

  void print_uses() {
    std::map<sql::Use, std::string> by_use;
    for (const sql::ColumnUse& use : analysis_.uses) {
      const bool storage = use.column == sql::kStorageOfAnyRelation;
      if (use.use != sql::Use::output) append(by_use[use.use], storage ? "the size of any relation" : column(use.column));
    }
    for (const auto& [use, columns] : by_use) line(std::string(sql::to_text(use)), columns);
  }

  void print_obligations() {
    std::string masks;
    for (const policy::Obligation& obligation : decision_.obligations) {
      if (const auto* mask = std::get_if<policy::MaskColumn>(&obligation)) {
        append(masks, column(mask->column) + " by " + plan::describe(mask->function));
      }
    }
    if (!masks.empty()) line("mask", masks);
    for (const policy::Obligation& obligation : decision_.obligations) {
      if (const auto* approval = std::get_if<policy::RequireApproval>(&obligation)) line("hold", describe(*approval));
      if (const auto* above = std::get_if<policy::HoldAboveEstimate>(&obligation)) {
        std::string bound;
        if (above->rows != policy::HoldAboveEstimate::kAnyEstimate) bound = "above " + std::to_string(above->rows) + " rows, ";
        if (above->actual_rows) bound += "above " + std::to_string(*above->actual_rows) + " actual rows, ";
        line("hold", bound + describe(above->approval));
      }
    }
  }

  static std::string describe(const policy::RequireApproval& approval) {
    const auto names = [](const std::vector<GroupId>& groups) {
      std::string list;
      for (const GroupId& group : groups) append(list, group.text);
      return list;
    };
    std::string text = std::to_string(approval.approvals) + " of " + names(approval.approver_groups);
    for (const auto& groups : approval.further_approver_groups) text += " and " + names(groups);
    return text + (approval.mode == policy::HoldMode::wait ? ", waits" : ", comes back");
  }

  void print_session() {
    struct Describe {
      std::string operator()(std::monostate) const { return {}; }
      std::string operator()(const sql::SettingChange& change) const {
        std::string values;
        for (const std::string& value : change.values) append(values, value);
        return (change.local ? "local " : "") + (change.name.empty() ? "all settings" : change.name) + " = " + (values.empty() ? "default" : values);
      }
      std::string operator()(const sql::CursorUse& use) const {
        return "cursor " + (use.cursor.empty() ? "all" : use.cursor) + (use.with_hold ? " with hold" : "");
      }
      std::string operator()(const sql::PreparedUse& use) const { return "prepared statement " + (use.statement.empty() ? "all" : use.statement); }
      std::string operator()(const sql::DiscardChange& change) const { return change.all ? "discards all" : "discards a part"; }
    };
    const std::string change = std::visit(Describe{}, analysis_.session_change);
    if (!change.empty()) line("session", change);
  }

  const sql::Analysis& analysis_;
  const policy::Decision& decision_;
  const sql::Catalog& catalog_;
  std::string text_;
};

std::string error_as_text(const Error& error) {
  std::string text = "error: " + std::string(to_text(error.kind));
  if (error.position > 0) text += " at " + std::to_string(error.position);
  return text + ": " + indented(error.message) + "\n";
}

}  // namespace

std::string plan_as_text(const Result<std::shared_ptr<const plan::TextPlan>>& planned, const plan::Snapshot& snapshot) {
  if (!planned.ok()) return error_as_text(planned.error());
  const plan::TextPlan& plan = **planned;
  std::string text;
  for (const plan::StatementPlan& statement : plan.statements) {
    text += (text.empty() ? "" : "- -\n") + PlanPrinter(statement, *snapshot.catalog).print();
  }
  if (plan.verdict() == policy::Verdict::deny) {
    return text + "upstream: nothing\nanswer: " + plan::denial_of(plan).message + "\n";
  }
  return text + "upstream: " + (plan.upstream ? indented(plan.upstream->text()) : "unchanged") + "\n";
}

}  // namespace sluice::test
