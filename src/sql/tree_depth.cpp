#include "sql/tree_depth.h"

#include <vector>

#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

class DepthMeter {
 public:
  explicit DepthMeter(int max_depth) : max_depth_(max_depth) {}

  TreeDepth run(const List* statements) {
    for (const auto* raw : elements<RawStmt>(statements)) {
      depth_ = 1;
      if (!push_statement(raw->stmt) && !push_query(raw->stmt)) continue;  // a leaf
      while (!todo_.empty()) {
        const auto [node, depth] = todo_.back();
        todo_.pop_back();
        if (depth > max_depth_) return TreeDepth::too_deep;
        depth_ = depth + 1;
        if (!push_expression(node) && !push_source(node) && !push_query(node) && !push_statement(node)) return TreeDepth::unknown_node;
      }
    }
    return TreeDepth::within_bound;
  }

 private:
  struct Item {
    const Node* node;
    int depth;
  };

  template <class T>
  void push(const T* node) {
    if (node != nullptr) todo_.push_back({reinterpret_cast<const Node*>(node), depth_});
  }
  void push(const List* list) {
    for (const auto* node : elements(list)) push(node);
  }
  template <class... T>
  bool push_all(const T*... nodes) {
    (push(nodes), ...);
    return true;
  }

  // Each returns false if the node is none of its kind. A List is as deep as its elements.
  bool push_expression(const Node* node);
  bool push_source(const Node* node);
  bool push_query(const Node* node);
  bool push_statement(const Node* node);

  int max_depth_;
  int depth_ = 0;
  std::vector<Item> todo_;
};

bool DepthMeter::push_expression(const Node* node) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_Integer: case T_Float: case T_Boolean: case T_String: case T_BitString: case T_A_Const: case T_A_Star:
    case T_ColumnRef: case T_ParamRef: case T_RoleSpec: case T_SQLValueFunction: case T_SetToDefault: case T_CurrentOfExpr:
      return true;
    case T_List:
      --depth_;
      push(reinterpret_cast<const List*>(node));
      return true;
    case T_A_Expr: return push_all(as<A_Expr>(node).lexpr, as<A_Expr>(node).rexpr);
    case T_BoolExpr: return push_all(as<BoolExpr>(node).args);
    case T_TypeCast: return push_all(as<TypeCast>(node).arg, as<TypeCast>(node).typeName);
    case T_TypeName: return push_all(as<TypeName>(node).typmods, as<TypeName>(node).arrayBounds);
    case T_CollateClause: return push_all(as<CollateClause>(node).arg);
    case T_FuncCall: {
      const auto& call = as<FuncCall>(node);
      return push_all(call.args, call.agg_order, call.agg_filter, call.over);
    }
    case T_NamedArgExpr: return push_all(as<NamedArgExpr>(node).arg);
    case T_A_Indices: return push_all(as<A_Indices>(node).lidx, as<A_Indices>(node).uidx);
    case T_A_Indirection: return push_all(as<A_Indirection>(node).arg, as<A_Indirection>(node).indirection);
    case T_A_ArrayExpr: return push_all(as<A_ArrayExpr>(node).elements);
    case T_SubLink: return push_all(as<SubLink>(node).testexpr, as<SubLink>(node).subselect);
    case T_CaseExpr: return push_all(as<CaseExpr>(node).arg, as<CaseExpr>(node).args, as<CaseExpr>(node).defresult);
    case T_CaseWhen: return push_all(as<CaseWhen>(node).expr, as<CaseWhen>(node).result);
    case T_RowExpr: return push_all(as<RowExpr>(node).args);
    case T_CoalesceExpr: return push_all(as<CoalesceExpr>(node).args);
    case T_MinMaxExpr: return push_all(as<MinMaxExpr>(node).args);
    case T_XmlExpr: return push_all(as<XmlExpr>(node).named_args, as<XmlExpr>(node).args);
    case T_XmlSerialize: return push_all(as<XmlSerialize>(node).expr, as<XmlSerialize>(node).typeName);
    case T_NullTest: return push_all(as<NullTest>(node).arg);
    case T_BooleanTest: return push_all(as<BooleanTest>(node).arg);
    case T_GroupingFunc: return push_all(as<GroupingFunc>(node).args);
    case T_DefElem: return push_all(as<DefElem>(node).arg);
  }
  return false;
}

bool DepthMeter::push_source(const Node* node) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_RangeVar: return true;
    case T_JoinExpr: return push_all(as<JoinExpr>(node).larg, as<JoinExpr>(node).rarg, as<JoinExpr>(node).quals);
    case T_RangeSubselect: return push_all(as<RangeSubselect>(node).subquery);
    case T_RangeFunction: return push_all(as<RangeFunction>(node).functions, as<RangeFunction>(node).coldeflist);
    case T_RangeTableSample: {
      const auto& sample = as<RangeTableSample>(node);
      return push_all(sample.relation, sample.args, sample.repeatable);
    }
    case T_RangeTableFunc: {
      const auto& table = as<RangeTableFunc>(node);
      return push_all(table.docexpr, table.rowexpr, table.namespaces, table.columns);
    }
    case T_RangeTableFuncCol: {
      const auto& column = as<RangeTableFuncCol>(node);
      return push_all(column.typeName, column.colexpr, column.coldefexpr);
    }
    case T_ColumnDef: {
      const auto& column = as<ColumnDef>(node);
      return push_all(column.typeName, column.raw_default, column.constraints);
    }
    case T_Constraint: return push_all(as<Constraint>(node).raw_expr);
  }
  return false;
}

bool DepthMeter::push_query(const Node* node) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_SelectStmt: {
      const auto& s = as<SelectStmt>(node);
      push_all(s.distinctClause, s.targetList, s.fromClause, s.whereClause, s.groupClause, s.havingClause, s.windowClause);
      return push_all(s.valuesLists, s.sortClause, s.limitOffset, s.limitCount, s.withClause, s.larg, s.rarg);
    }
    case T_InsertStmt: {
      const auto& s = as<InsertStmt>(node);
      return push_all(s.cols, s.selectStmt, s.onConflictClause, s.returningList, s.withClause);
    }
    case T_UpdateStmt: {
      const auto& s = as<UpdateStmt>(node);
      return push_all(s.targetList, s.whereClause, s.fromClause, s.returningList, s.withClause);
    }
    case T_DeleteStmt: {
      const auto& s = as<DeleteStmt>(node);
      return push_all(s.usingClause, s.whereClause, s.returningList, s.withClause);
    }
    case T_MergeStmt: {
      const auto& s = as<MergeStmt>(node);
      return push_all(s.sourceRelation, s.joinCondition, s.mergeWhenClauses, s.withClause);
    }
    case T_MergeWhenClause: {
      const auto& when = as<MergeWhenClause>(node);
      return push_all(when.condition, when.targetList, when.values);
    }
    case T_ResTarget: return push_all(as<ResTarget>(node).indirection, as<ResTarget>(node).val);
    // The parser puts the one source under each of its columns: walking it each time would cost the product.
    case T_MultiAssignRef: return as<MultiAssignRef>(node).colno == 1 ? push_all(as<MultiAssignRef>(node).source) : true;
    case T_SortBy: return push_all(as<SortBy>(node).node);
    case T_WindowDef: {
      const auto& window = as<WindowDef>(node);
      return push_all(window.partitionClause, window.orderClause, window.startOffset, window.endOffset);
    }
    case T_GroupingSet: return push_all(as<GroupingSet>(node).content);
    case T_LockingClause: return true;
    case T_WithClause: return push_all(as<WithClause>(node).ctes);
    case T_CommonTableExpr: return push_all(as<CommonTableExpr>(node).ctequery, as<CommonTableExpr>(node).cycle_clause);
    case T_CTECycleClause: return push_all(as<CTECycleClause>(node).cycle_mark_value, as<CTECycleClause>(node).cycle_mark_default);
    case T_OnConflictClause: {
      const auto& clause = as<OnConflictClause>(node);
      return push_all(clause.infer, clause.targetList, clause.whereClause);
    }
    case T_InferClause: return push_all(as<InferClause>(node).indexElems, as<InferClause>(node).whereClause);
    case T_IndexElem: return push_all(as<IndexElem>(node).expr);
  }
  return false;
}

bool DepthMeter::push_statement(const Node* node) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_ExplainStmt: return push_all(as<ExplainStmt>(node).query, as<ExplainStmt>(node).options);
    case T_CopyStmt: return push_all(as<CopyStmt>(node).query, as<CopyStmt>(node).options, as<CopyStmt>(node).whereClause);
    case T_PrepareStmt: return push_all(as<PrepareStmt>(node).argtypes, as<PrepareStmt>(node).query);
    case T_ExecuteStmt: return push_all(as<ExecuteStmt>(node).params);
    case T_DeclareCursorStmt: return push_all(as<DeclareCursorStmt>(node).query);
    case T_CreateTableAsStmt: return push_all(as<CreateTableAsStmt>(node).query);
    case T_ViewStmt: return push_all(as<ViewStmt>(node).query);
    case T_CallStmt: return push_all(as<CallStmt>(node).funccall);
    case T_CreateStmt: return push_all(as<CreateStmt>(node).tableElts);
    case T_CreateForeignTableStmt: return push_all(as<CreateForeignTableStmt>(node).base.tableElts);
    case T_TableLikeClause: case T_RefreshMatViewStmt: return true;
  }
  return false;
}

}  // namespace

TreeDepth measure_depth(const List* statements, int max_depth) { return DepthMeter(max_depth).run(statements); }

}  // namespace sluice::sql
