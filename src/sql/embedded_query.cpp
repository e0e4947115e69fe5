// Statements around a query: EXPLAIN, DECLARE, PREPARE, COPY, CREATE TABLE AS; and all that have none.

#include <algorithm>

#include "sql/action_kinds.h"
#include "sql/foreign_keys.h"
#include "sql/query_analyser.h"
#include "sql/utility.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

bool is_true(const DefElem& option) {
  const Node* value = option.arg;
  if (value == nullptr) return true;
  if (IsA(value, Boolean)) return as<Boolean>(value).boolval;
  if (IsA(value, Integer)) return as<Integer>(value).ival != 0;
  if (IsA(value, String)) {
    const std::string_view text = text_of(value);
    return text != "false" && text != "off";
  }
  return true;
}

}  // namespace

void QueryAnalyser::utility_statement(const Node* node, Analysis& analysis) {
  auto understood = analyse_utility(node, text_, catalog_, names_);
  if (!understood.ok()) {
    error_ = std::move(understood).error();
    return;
  }
  UtilityAnalysis utility = std::move(understood).value();
  analysis = std::move(utility.analysis);
  ActionBits groups = 0;
  for (const Action action : analysis.actions) groups |= action_bit(action);
  actions_ |= action_kinds(node, groups);
  analysis.actions.clear();

  const std::size_t first_relation = sites_.relations.size();
  for (const NameSite& name : utility.names) {
    RelationSite site;
    site.relation = name.relation;
    site.location = name.location;
    site.fields = name.fields;
    site.statement = statement_;
    sites_.relations.push_back(std::move(site));
  }
  // Before there is a schema of temporary objects PostgreSQL would say that it does not exist. Nobody makes relations in pg_catalog.
  const char* const nowhere = names_.temporary_schema.empty() ? "pg_catalog" : "pg_temp";
  for (const int place : utility.only_temporary) sites_.functions.push_back({place, nowhere});
  if (utility.own_table) own_table(node, utility.names.empty() ? nullptr : catalog_.relation(utility.names.front().relation));
  if (IsA(node, TruncateStmt)) truncate(utility.names, as<TruncateStmt>(node).behavior == DROP_CASCADE);
  if (IsA(node, PrepareStmt)) {
    for (const TypeName* type : elements<TypeName>(as<PrepareStmt>(node).argtypes)) check_type(type);
  }
  Scope scope(nullptr);
  const Reading argument{bit(Use::function_argument), FlowKind::derived, nullptr};
  expressions(utility.expressions, scope, argument);
  if (IsA(node, CallStmt)) function_call(*as<CallStmt>(node).funccall, scope, argument);
  if (IsA(node, CopyStmt) && as<CopyStmt>(node).relation != nullptr) {
    return copy_table(as<CopyStmt>(node), first_relation, analysis);
  }
  if (utility.query != nullptr) embedded_query(node, utility.query, analysis);
}

// CASCADE empties all that refers to the tables too.
void QueryAnalyser::truncate(const std::vector<NameSite>& names, bool cascade) {
  std::vector<Oid> emptied;
  for (const NameSite& name : names) emptied.push_back(name.relation);
  const auto add = [&](Oid oid) {
    if (std::find(emptied.begin(), emptied.end(), oid) == emptied.end()) emptied.push_back(oid);
  };
  for (std::size_t i = 0; i < emptied.size(); ++i) {
    const Relation* relation = catalog_.relation(emptied[i]);
    if (relation == nullptr) continue;
    set_off(*relation, CodeEvent::truncate);
    if (i >= names.size()) touch(*relation, {.deletes = true});
    if (!cascade) continue;
    for (const Oid oid : relations_referencing(catalog_, emptied[i])) add(oid);
    for (const Oid oid : catalog_.children(emptied[i])) add(oid);
  }
}

void QueryAnalyser::embedded_query(const Node* node, const Node* inner, Analysis& analysis) {
  if (IsA(node, ExplainStmt)) return explain(as<ExplainStmt>(node), inner, analysis);
  if (IsA(node, CreateTableAsStmt) && IsA(inner, ExecuteStmt)) {
    Analysis found;
    utility_statement(inner, found);
    analysis.session_change = std::move(found.session_change);
    return;
  }
  if (!is_query(inner)) return not_supported("this statement within another");
  Analysis found;
  const std::size_t first_access = relations_.size();
  query_statement(inner, found);
  if (IsA(node, CreateTableAsStmt) && (actions_ & action_bit(Action::temporary)) == 0) {
    note_copies(text_of(as<CreateTableAsStmt>(node).into->rel->schemaname), first_access);
  }
  // What FETCH or EXECUTE will return, or COPY sends.
  analysis.outputs = std::move(found.outputs);
  analysis.max_rows = found.max_rows;
}

// EXPLAIN alone runs nothing; with ANALYZE it does all that the statement does.
void QueryAnalyser::explain(const ExplainStmt& statement, const Node* inner, Analysis& analysis) {
  ExplainSite site;
  site.statement = statement_;
  site.location = statement_location_;
  site.options = statement.options != nullptr;
  bool runs = false;
  bool costs = true;
  for (const DefElem* option : elements<DefElem>(statement.options)) {
    const std::string_view name = text_of(option->defname);
    if (name == "costs") costs = is_true(*option);
    if (name == "analyze") runs |= is_true(*option);
    if (name == "format" && option->arg != nullptr && IsA(option->arg, String)) {
      site.format = std::string(text_of(option->arg));
    } else if (name == "summary" || name == "settings") {
      site.harmless += ", " + std::string(name) + (is_true(*option) ? " on" : " off");
    } else if (name != "costs" && is_true(*option)) {
      site.plain = false;
    }
  }
  const ActionBits before = actions_;
  Analysis found;
  if (is_query(inner)) {
    query_statement(inner, found);
  } else if (!IsA(inner, CreateTableAsStmt) && !IsA(inner, DeclareCursorStmt) && !IsA(inner, ExecuteStmt)) {
    return not_supported("EXPLAIN of this statement");
  } else {
    utility_statement(inner, found);
    relations_.insert(relations_.end(), found.relations.begin(), found.relations.end());
  }
  if (failed()) return;
  if (!runs) {
    actions_ = before;
    for (RelationAccess& access : relations_) access = {access.relation, true, false, false, false};
    explained_ = true;
  } else {
    analysis.changes_catalog |= found.changes_catalog;
  }
  // What is explained was prepared earlier: its masks are known to the session alone.
  if (auto* prepared = std::get_if<PreparedUse>(&found.session_change); prepared != nullptr && prepared->executes) {
    prepared->explains = !runs;
    prepared->shows_costs = costs || !site.plain;
    analysis.session_change = std::move(*prepared);
  }
  analysis.outputs = {{"QUERY PLAN", {}}};
  analysis.max_rows.reset();
  analysis.returns_rows = true;
  sites_.explains.push_back(std::move(site));
}

// COPY table TO sends its columns as a query would; COPY table FROM is an INSERT.
void QueryAnalyser::copy_table(const CopyStmt& statement, std::size_t first_relation, Analysis& analysis) {
  if (sites_.relations.size() != first_relation + 1) return not_supported("this form of COPY");
  RelationSite& site = sites_.relations.back();
  const Relation* relation = catalog_.relation(site.relation);
  if (relation == nullptr) return not_supported("this form of COPY");
  site.role = statement.is_from ? RelationRole::filled : RelationRole::copied;
  site.alias = relation->name;
  const int index = static_cast<int>(first_relation);
  const int location = site.location;

  std::vector<std::size_t> columns;
  for (const Node* name : elements(statement.attlist)) {
    const Column* column = relation->column(text_of(name));
    if (column == nullptr) {
      return fail(make_error(ErrorKind::undefined_column, "column \"" + std::string(text_of(name)) + "\" of relation \"" +
                                                              relation->name + "\" does not exist"));
    }
    site.copied_columns.push_back(column->name);
    columns.push_back(static_cast<std::size_t>(column - relation->columns.data()));
  }
  if (columns.empty()) {
    for (std::size_t i = 0; i < relation->columns.size(); ++i) {
      // COPY leaves out what the database computes itself.
      if (!relation->columns[i].generated) columns.push_back(i);
    }
  }
  if (!statement.is_from) {
    if (relation->kind == RelationKind::view) {
      return fail(make_error(ErrorKind::wrong_object_type, "cannot copy from view \"" + relation->name + "\"",
                             "Try the COPY (SELECT ...) TO variant."));
    }
    set_off(*relation, CodeEvent::read);
    FromItem& item = new_item();
    item.relation = relation;
    for (const std::size_t i : columns) {
      OutputColumn output{relation->columns[i].name, {}};
      read_column(item, i, {bit(Use::output), FlowKind::copied, &output.flow});
      analysis.outputs.push_back(std::move(output));
    }
    return;
  }
  set_off(*relation, CodeEvent::insert);
  for (const std::size_t i : columns) {
    const ColumnId column{relation->oid, relation->columns[i].attribute};
    uses_.push_back({column, Use::write_target});
    sites_.writes.push_back({location, index, relation->oid, column.attribute, true});
  }
  note_omitted(*relation, index, location);
  if (statement.whereClause == nullptr) return;
  // It sees the new row, which is the agent's own, and nothing else.
  DerivedColumns& proposed = new_columns();
  for (const Column& column : relation->columns) proposed.push_back({column.name, {}, nullptr, 0});
  FromItem& row = new_item();
  row.name = relation->name;
  row.derived = &proposed;
  Scope scope(nullptr);
  scope.visible.push_back({&row});
  expression(statement.whereClause, scope, {bit(Use::predicate), FlowKind::derived, nullptr});
}

}  // namespace sluice::sql
