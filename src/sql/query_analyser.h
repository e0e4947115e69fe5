#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sql/analyse.h"
#include "sql/code_notes.h"
#include "sql/scope.h"
#include "sql/text_sites.h"

struct A_Expr;
struct A_Indirection;
struct Alias;
struct CollateClause;
struct ColumnRef;
struct CommonTableExpr;
struct CopyStmt;
struct DeleteStmt;
struct ExplainStmt;
struct FuncCall;
struct InsertStmt;
struct JoinExpr;
struct List;
struct MergeStmt;
struct Node;
struct RangeFunction;
struct RangeSubselect;
struct RangeTableFunc;
struct RangeTableSample;
struct RangeVar;
struct RawStmt;
struct ResTarget;
struct SelectStmt;
struct SubLink;
struct TypeName;
struct UpdateStmt;
struct WindowDef;
struct WithClause;

namespace sluice::sql {

struct NameSite;

using UseBits = std::uint32_t;
[[nodiscard]] constexpr UseBits bit(Use use) { return 1u << static_cast<unsigned>(use); }

/// What becomes of the values that an expression reads.
struct Reading {
  UseBits uses = 0;
  FlowKind kind = FlowKind::copied;
  Flow* flow = nullptr;  ///< nullptr: only the uses matter

  [[nodiscard]] Reading also(Use use) const { return {uses | bit(use), kind, flow}; }
  [[nodiscard]] Reading as(FlowKind at_least) const { return {uses, kind < at_least ? at_least : kind, flow}; }
};

/// What a query returns.
struct QueryResult {
  DerivedColumns columns;
  std::optional<std::uint64_t> max_rows;
};

/// Walks the raw tree of one text, resolves its names as PostgreSQL's parse analysis does, and collects
/// the analysis of one statement after the other. The first failure stays; everything after it is void.
class QueryAnalyser {
 public:
  QueryAnalyser(std::string_view text, const Catalog& catalog, const NameContext& names, const ParseLimits& limits,
                TextSites& sites, int view_depth);

  /// For a query in stored code: names that are no columns are variables. `any_schema`: the search path is not known, so a
  /// name without a schema may mean that of any schema. `notes` must outlive the walk.
  void read_code(CodeNotes& notes, bool any_schema) {
    code_ = &notes;
    variables_ = true;
    any_schema_ = any_schema;
  }

  /// Any statement of a RawStmt.
  [[nodiscard]] Result<Analysis> statement(const RawStmt& raw, int index);

 private:
  struct Reference {
    const FromItem* item = nullptr;
    Scope* scope = nullptr;         ///< the level that it belongs to
    std::int16_t attribute = 0;     ///< of a table; kWholeRow; kAllColumns; negative: system column
    std::size_t index = 0;          ///< of the column within the item
    bool column = false;
  };

  // statements, in select.cpp, insert.cpp, update_delete.cpp, merge.cpp, embedded_query.cpp
  void query_statement(const Node* node, Analysis& analysis);
  void utility_statement(const Node* node, Analysis& analysis);
  void truncate(const std::vector<NameSite>& names, bool cascade);
  void own_table(const Node* node, const Relation* known);  ///< in own_tables.cpp
  void own_table_part(const Node* part, Scope& scope);
  void own_index_elements(const List* list, Scope& scope);
  void embedded_query(const Node* node, const Node* inner, Analysis& analysis);
  void explain(const ExplainStmt& statement, const Node* inner, Analysis& analysis);
  void copy_table(const CopyStmt& statement, std::size_t first_relation, Analysis& analysis);
  QueryResult query(const Node* node, Scope* parent, UseBits uses);  ///< SELECT or DML with RETURNING
  QueryResult select(const SelectStmt& select, Scope* parent, UseBits uses);
  QueryResult simple_select(const SelectStmt& select, Scope& scope, UseBits uses);
  QueryResult values(const SelectStmt& select, Scope& scope, UseBits uses);
  QueryResult set_operation(const SelectStmt& select, Scope& scope, UseBits uses);
  QueryResult set_operand(const SelectStmt& select, Scope& scope, UseBits uses);
  void limit(const SelectStmt& select, Scope& scope, QueryResult& result);
  void locking(const SelectStmt& select, const Scope& scope);
  QueryResult insert(const InsertStmt& statement, Scope* parent);
  QueryResult update(const UpdateStmt& statement, Scope* parent);
  QueryResult delete_(const DeleteStmt& statement, Scope* parent);
  void merge(const MergeStmt& statement, Scope* parent);

  // parts of written statements
  FromItem* write_target(const RangeVar& range, std::string_view verb);
  void on_conflict(const InsertStmt& statement, FromItem& target, Scope& scope);
  void assignments(const List* targets, const FromItem& target, Scope& scope, UseBits source_uses);
  void written_view(const Relation& view, std::string_view verb, FromItem& item, int& view_index);
  void touch_target(const FromItem& target, RelationAccess access);
  void note_copies(std::string_view schema, std::size_t first);
  void written_column(const ResTarget& column, const FromItem& target, bool insert);
  void note_omitted(const Relation& written, int site, int location);
  void note_write(const FromItem& target, const Column& column, int location, bool insert, const char* verb);
  QueryResult written_rows(const Node* where, const List* returning_list, const FromItem& target, Scope& scope);
  QueryResult returning(const List* list, const FromItem& target, Scope& scope);

  // FROM, in from_clause.cpp, range_items.cpp, join.cpp
  void from_clause(const List* items, Scope& scope);
  void from_item(const Node* node, Scope& scope, std::vector<Visible>& out);
  void range_relation(const RangeVar& range, Scope& scope, std::vector<Visible>& out);
  void range_sample(const RangeTableSample& sample, Scope& scope, std::vector<Visible>& out);
  void range_subselect(const RangeSubselect& subselect, Scope& scope, std::vector<Visible>& out);
  void range_function(const RangeFunction& function, Scope& scope, std::vector<Visible>& out);
  void range_table_function(const RangeTableFunc& function, Scope& scope, std::vector<Visible>& out);
  void join(const JoinExpr& join, Scope& scope, std::vector<Visible>& out);
  void merge_columns(const JoinExpr& join, std::vector<Visible>& left, std::vector<Visible>& right,
                     std::vector<Visible>& out);
  void apply_alias(FromItem& item, const Alias* alias);
  FromItem& new_item();
  DerivedColumns& new_columns();

  // WITH, in with_clause.cpp
  void with_clause(const WithClause* with, Scope& scope);
  const DerivedColumns* common_table(std::string_view name, Scope& scope, int location);
  void analyse_common_table(CommonTable& table, Scope& owner);
  void recursive_common_table(CommonTable& table, const SelectStmt& select, Scope& owner);
  void invalid_recursion(const CommonTable& table, const Scope& level, int location);
  void search_and_cycle(const CommonTableExpr& definition, CommonTable& table, Scope& owner);
  void rename_columns(const List* names, DerivedColumns& columns);
  void replace_placeholders(CommonTable& table, std::size_t first_use);

  // stored code, in called_code.cpp
  void call(const Routine& routine, int location, const Reading* reading);
  void apply(const std::string& name, const CodeEffect& effect, int location, const Reading* reading);
  void set_off(const Relation& relation, CodeEvent event);
  void set_off_definition();
  void set_off_roots(Oid relation, CodeEvent event);
  [[nodiscard]] std::vector<const Routine*> candidates(const FuncCall& call, std::string_view schema, std::string_view name) const;
  [[nodiscard]] bool allowed(const std::string& function) const;
  [[nodiscard]] std::string unlisted(const Routine& routine) const;
  [[nodiscard]] bool is_variable(const ColumnRef& reference, Scope& scope);
  Reference note_variable(const ColumnRef& reference, Scope& scope);
  [[nodiscard]] bool compares_rows(const A_Expr& expression, Scope& scope);
  [[nodiscard]] std::optional<std::vector<std::string_view>> result_columns(const FuncCall& call);

  // relations, in relation_lookup.cpp and view.cpp
  const Relation* find_relation(const RangeVar& range);
  const Relation* require_relation(const RangeVar& range);
  void touch(const Relation& relation, RelationAccess access);
  const DerivedColumns* view_columns(const Relation& view, int& view_index);

  // expressions, in expression.cpp, column_reference.cpp, function_call.cpp, target_list.cpp
  void expression(const Node* node, Scope& scope, const Reading& reading);
  void expressions(const List* list, Scope& scope, const Reading& reading);
  void operator_expression(const A_Expr& expression, Scope& scope, const Reading& reading);
  void indirection(const A_Indirection& indirection, Scope& scope, const Reading& reading);
  void call_by_notation(std::string_view name, Scope& scope, const Reading& reading);
  void sublink(const SubLink& sublink, Scope& scope, const Reading& reading);
  void xml_expression(const Node* node, Scope& scope, const Reading& reading);
  void check_operator(const List* name, int location);
  void run_operator(std::string_view symbol, int location);
  void check_implied_equality(int location);
  void check_collation(const CollateClause& clause);
  void check_type(const TypeName* type);
  void function_call(const FuncCall& call, Scope& scope, const Reading& reading);
  [[nodiscard]] bool check_function(const FuncCall& call, std::string_view name, Scope& scope, const Reading& reading);
  [[nodiscard]] bool projects_column(const FuncCall& call, std::string_view name, Scope& scope);
  [[nodiscard]] bool check_user_function(const FuncCall& call, std::string_view schema, std::string_view name, const Reading& reading);
  void undefined_function(const FuncCall& call, Scope& scope);
  [[nodiscard]] std::string type_of(const Node* node, Scope& scope);  ///< as error messages name it; empty: not known
  void check_setting_function(const FuncCall& call, std::string_view name);
  void function_item_columns(const Node* call, const List* definitions, const RangeFunction& function, std::size_t count,
                             Scope& scope, DerivedColumns& columns);
  const Relation* returned_row(const FuncCall& call, Scope& scope);
  const Relation* row_type(const Node* value, bool of_elements, Scope& scope);
  const Relation* whole_row_of(const SelectStmt& select, const ColumnRef& target);
  const Relation* relation_of_type(std::string_view type, bool of_elements);
  [[nodiscard]] bool may_return_row(const Node* call, std::size_t columns);
  void window(const WindowDef& window, Scope& scope, UseBits uses);

  std::optional<Reference> resolve(const ColumnRef& reference, Scope& scope);
  std::optional<Reference> resolve_column(std::string_view name, Scope& scope, int location, bool local_only);
  std::optional<Reference> resolve_item(std::string_view schema, std::string_view name, Scope& scope, int location);
  [[nodiscard]] bool find_in_item(const FromItem& item, std::string_view name, Reference& reference);
  void undefined_column(const ColumnRef& reference, std::string_view qualifier, std::string_view name);
  void read(const Reference& reference, const ColumnRef& node, const Reading& reading);
  void note_site(const Reference& reference, const ColumnRef& node);
  void read_column(const FromItem& item, std::size_t index, const Reading& reading);
  void column_reference(const ColumnRef& node, Scope& scope, const Reading& reading);

  DerivedColumns target_list(const List* targets, Scope& scope, UseBits uses);
  void star(const ColumnRef& node, Scope& scope, UseBits uses, DerivedColumns& out);
  void expand_row(const A_Indirection& node, Scope& scope, UseBits uses, DerivedColumns& out);
  void note_origin(const ColumnRef& node, Scope& scope, DerivedColumn& column);
  void note_star(const FromItem& item);
  void expand(const FromItem& item, Scope& owner, UseBits uses, DerivedColumns& out);

  // clauses, in clauses.cpp
  void group_clause(const SelectStmt& select, Scope& scope, const DerivedColumns& targets, GroupNotes& grouped);
  void group_element(const Node* node, Scope& scope, const DerivedColumns& targets, GroupNotes& grouped);
  void note_grouping(const SelectStmt& select, const GroupNotes& grouped, const GroupNotes& used);
  void order_clause(const List* sort, Scope* scope, const DerivedColumns& targets, Use use);
  void clause_element(const Node* node, Scope* scope, const DerivedColumns& targets, Use use, bool columns_first,
                      GroupNotes* grouped);
  void use_flow(const Flow& flow, UseBits uses);
  [[nodiscard]] std::optional<std::uint64_t> rows_by_key(const Node* condition, const FromItem& item, Scope& scope);

  // failures
  void fail(Error error, int location = -1);
  void not_supported(std::string what, int location = -1, std::string hint = {});
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] bool enter(int location);  ///< counts depth and work; false: too much

  struct Depth {
    explicit Depth(int& depth) : depth_(depth) { ++depth_; }
    ~Depth() { --depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    int& depth_;
  };

  std::string_view text_;
  const Catalog& catalog_;
  const NameContext& names_;
  ParseLimits limits_;
  TextSites& sites_;
  int view_depth_;
  int depth_ = 0;
  std::uint64_t work_ = 0;
  int statement_ = 0;
  int statement_location_ = 0;
  std::optional<Error> error_;

  CodeNotes* code_ = nullptr;  // not of an agent's own statement
  bool variables_ = false;
  bool any_schema_ = false;
  FromItem variable_;          // stands for every variable; has no columns
  DerivedColumns no_columns_;

  // of the statement at hand
  std::vector<RelationAccess> relations_;
  std::vector<ColumnUse> uses_;
  std::vector<std::string> unknown_code_;
  ActionBits actions_ = 0;
  bool runs_listed_code_ = false;
  int parameters_ = 0;
  bool explained_ = false;
  Oid next_placeholder_ = 0;
  std::optional<SettingChange> setting_;

  // what lives as long as the statement
  std::deque<FromItem> items_;
  std::deque<DerivedColumns> columns_;
  std::deque<CommonTable> common_tables_;
  std::deque<std::string> texts_;

  std::vector<std::pair<const SubLink*, std::string_view>> sublink_names_;  // of their first columns
};

/// Sorts and removes duplicates.
void normalise(Flow& flow);

}  // namespace sluice::sql
