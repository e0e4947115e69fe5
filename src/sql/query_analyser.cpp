#include "sql/query_analyser.h"

#include <algorithm>
#include <utility>

#include "sql/parse.h"
#include "sql/utility.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

// Columns looked at and flows joined: what a statement of a hundred thousand names may not multiply.
constexpr std::uint64_t kMaxWork = 20'000'000;


template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

std::vector<RelationAccess> merged(std::vector<RelationAccess> touched) {
  std::sort(touched.begin(), touched.end());
  std::vector<RelationAccess> out;
  for (const RelationAccess& access : touched) {
    if (out.empty() || out.back().relation != access.relation) out.push_back(access);
    RelationAccess& last = out.back();
    last.reads |= access.reads;
    last.inserts |= access.inserts;
    last.updates |= access.updates;
    last.deletes |= access.deletes;
  }
  return out;
}

}  // namespace

void normalise(Flow& flow) {
  if (flow.size() > 1) sort_unique(flow);
}

void FromItem::add_flow(std::size_t index, FlowKind kind, Flow& out) const {
  if (derived == nullptr) {
    out.push_back({{relation->oid, relation->columns[index].attribute}, kind});
    return;
  }
  for (const FlowSource& source : (*derived)[index].flow) out.push_back({source.column, std::max(source.kind, kind)});
}

QueryAnalyser::QueryAnalyser(std::string_view text, const Catalog& catalog, const NameContext& names,
                             const ParseLimits& limits, TextSites& sites, int view_depth)
    : text_(text), catalog_(catalog), names_(names), limits_(limits), sites_(sites), view_depth_(view_depth) {
  variable_.derived = &no_columns_;
}

Result<Analysis> QueryAnalyser::statement(const RawStmt& raw, int index) {
  const Node* node = raw.stmt;
  statement_ = index;
  statement_location_ = std::max(raw.stmt_location, 0);
  relations_.clear();
  uses_.clear();
  unknown_code_.clear();
  actions_ = 0;
  runs_listed_code_ = false;
  parameters_ = 0;
  explained_ = false;
  setting_.reset();

  Analysis analysis;
  if (is_query(node)) {
    query_statement(node, analysis);
  } else {
    utility_statement(node, analysis);
  }
  const bool defines = analysis.changes_catalog || (actions_ & action_bit(Action::temporary)) != 0;
  if (defines && !explained_) set_off_definition();
  sublink_names_.clear();
  common_tables_.clear();
  items_.clear();
  columns_.clear();
  if (failed()) return *error_;

  for (const RelationAccess& access : analysis.relations) relations_.push_back(access);
  analysis.relations = merged(std::move(relations_));
  relations_ = {};
  for (const RelationAccess& access : analysis.relations) {
    if (explained_) break;
    if (access.reads && is_query(node)) actions_ |= action_bit(Action::select);
  }
  for (unsigned action = 0; action <= static_cast<unsigned>(kLastAction); ++action) {
    if ((actions_ & (ActionBits{1} << action)) != 0) analysis.actions.push_back(static_cast<Action>(action));
  }
  sort_unique(analysis.actions);
  for (const ColumnUse& use : analysis.uses) uses_.push_back(use);
  sort_unique(uses_);
  analysis.uses = std::move(uses_);
  uses_ = {};
  unknown_code_.insert(unknown_code_.end(), analysis.unknown_code.begin(), analysis.unknown_code.end());
  sort_unique(unknown_code_);
  analysis.unknown_code = std::move(unknown_code_);
  unknown_code_ = {};
  analysis.runs_listed_code = runs_listed_code_;
  analysis.parameters = std::max(analysis.parameters, parameters_);
  if (setting_) analysis.session_change = *setting_;
  return analysis;
}

void QueryAnalyser::query_statement(const Node* node, Analysis& analysis) {
  for (const Routine* routine : catalog_.code().of_type("*")) call(*routine, -1, nullptr);  // casts that need not be written
  QueryResult result;
  switch (static_cast<int>(nodeTag(node))) {
    case T_SelectStmt: {
      analysis.kind = StatementKind::select;
      actions_ |= action_bit(Action::select);
      const SelectStmt* leaf = &as<SelectStmt>(node);
      while (leaf->op != SETOP_NONE) leaf = leaf->larg;
      if (leaf->intoClause != nullptr) {
        const RangeVar& into = *leaf->intoClause->rel;
        const bool temporary = into.relpersistence == 't' || text_of(into.schemaname) == "pg_temp";
        analysis.kind = temporary ? StatementKind::create_temporary : StatementKind::create_table_as;
        actions_ |= action_bit(temporary ? Action::temporary : Action::ddl_create);
        analysis.changes_catalog = true;
      }
      result = query(node, nullptr, bit(Use::output));
      if (analysis.kind == StatementKind::create_table_as) note_copies(text_of(leaf->intoClause->rel->schemaname), 0);
      analysis.returns_rows = leaf->intoClause == nullptr;
      break;
    }
    case T_InsertStmt:
      analysis.kind = StatementKind::insert;
      result = query(node, nullptr, bit(Use::output));
      analysis.returns_rows = as<InsertStmt>(node).returningList != nullptr;
      break;
    case T_UpdateStmt:
      analysis.kind = StatementKind::update;
      result = query(node, nullptr, bit(Use::output));
      analysis.returns_rows = as<UpdateStmt>(node).returningList != nullptr;
      break;
    case T_DeleteStmt:
      analysis.kind = StatementKind::delete_;
      result = query(node, nullptr, bit(Use::output));
      analysis.returns_rows = as<DeleteStmt>(node).returningList != nullptr;
      break;
    case T_MergeStmt:
      analysis.kind = StatementKind::merge;
      merge(as<MergeStmt>(node), nullptr);
      break;
  }
  analysis.max_rows = result.max_rows;
  analysis.outputs.reserve(result.columns.size());
  for (DerivedColumn& column : result.columns) analysis.outputs.push_back({std::string(column.name), std::move(column.flow), column.plain});
}

QueryResult QueryAnalyser::query(const Node* node, Scope* parent, UseBits uses) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_SelectStmt: return select(as<SelectStmt>(node), parent, uses);
    case T_InsertStmt: return insert(as<InsertStmt>(node), parent);
    case T_UpdateStmt: return update(as<UpdateStmt>(node), parent);
    case T_DeleteStmt: return delete_(as<DeleteStmt>(node), parent);
  }
  not_supported("this kind of query");
  return {};
}

FromItem& QueryAnalyser::new_item() { return items_.emplace_back(); }
DerivedColumns& QueryAnalyser::new_columns() { return columns_.emplace_back(); }

void QueryAnalyser::touch(const Relation& relation, RelationAccess access) {
  access.relation = relation.oid;
  relations_.push_back(access);
}

void QueryAnalyser::use_flow(const Flow& flow, UseBits uses) {
  work_ += flow.size();
  for (const FlowSource& source : flow) {
    for (unsigned use = 0; use <= static_cast<unsigned>(Use::stored_code); ++use) {
      if ((uses & (1u << use)) != 0) uses_.push_back({source.column, static_cast<Use>(use)});
    }
  }
}

void QueryAnalyser::fail(Error error, int location) {
  if (failed()) return;
  if (location >= 0 && static_cast<std::size_t>(location) <= text_.size()) {
    const auto before = text_.substr(0, static_cast<std::size_t>(location));
    error.position = 1 + static_cast<int>(std::count_if(before.begin(), before.end(), [](char c) {
                       return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
                     }));
  }
  error_ = std::move(error);
}

void QueryAnalyser::not_supported(std::string what, int location, std::string hint) {
  if (hint.empty()) hint = "Rewrite the statement without it.";
  fail(make_error(ErrorKind::not_supported, what + " is not supported", std::move(hint)), location);
}

bool QueryAnalyser::enter(int location) {
  if (failed()) return false;
  if (depth_ > limits_.max_depth) {
    fail(make_error(ErrorKind::statement_too_complex, "statement is nested too deeply",
                    "Split the statement, or nest its expressions and subqueries less deeply."),
         location);
    return false;
  }
  if (++work_ > kMaxWork) {
    fail(make_error(ErrorKind::statement_too_complex, "statement is too complex", "Split the statement."), location);
    return false;
  }
  return true;
}

}  // namespace sluice::sql
