#include "support/catalog_from_ddl.h"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "sql/analyse.h"
#include "sql/parse.h"
#include "sql/tokens.h"
#include "support/ddl_types.h"
#include "sql/raw_tree.h"

namespace sluice::test {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace)

struct SystemRelation {
  Oid oid;
  const char* schema;
  const char* name;
  RelationKind kind;
  std::vector<std::pair<const char*, const char*>> columns;
};

const std::vector<SystemRelation>& system_relations() {
  static const std::vector<SystemRelation> relations = {
      {1259, "pg_catalog", "pg_class", RelationKind::table, {{"oid", "oid"}, {"relname", "name"}, {"relnamespace", "oid"}, {"relkind", "char"}}},
      {2610, "pg_catalog", "pg_index", RelationKind::table, {{"indexrelid", "oid"}, {"indrelid", "oid"}}},
      {2615, "pg_catalog", "pg_namespace", RelationKind::table, {{"oid", "oid"}, {"nspname", "name"}}},
      {1249, "pg_catalog", "pg_attribute", RelationKind::table, {{"attrelid", "oid"}, {"attname", "name"}, {"atttypid", "oid"}, {"attnum", "int2"}}},
      {1247, "pg_catalog", "pg_type", RelationKind::table, {{"oid", "oid"}, {"typname", "name"}, {"typnamespace", "oid"}}},
      {1260, "pg_catalog", "pg_authid", RelationKind::table, {{"oid", "oid"}, {"rolname", "name"}, {"rolpassword", "text"}}},
      {2619, "pg_catalog", "pg_statistic", RelationKind::table, {{"starelid", "oid"}, {"staattnum", "int2"}}},
      {12000, "pg_catalog", "pg_stats", RelationKind::view, {{"schemaname", "name"}, {"tablename", "name"}, {"attname", "name"}}},
      {12001, "pg_catalog", "pg_stat_activity", RelationKind::view, {{"pid", "int4"}, {"query", "text"}}},
      {12002, "pg_catalog", "pg_tables", RelationKind::view, {{"schemaname", "name"}, {"tablename", "name"}}},
      {12003, "pg_catalog", "pg_settings", RelationKind::view, {{"name", "text"}, {"setting", "text"}}},
      {12004, "information_schema", "tables", RelationKind::view, {{"table_schema", "name"}, {"table_name", "name"}}},
      {12005, "information_schema", "columns", RelationKind::view, {{"table_schema", "name"}, {"table_name", "name"}, {"column_name", "name"}}},
  };
  return relations;
}

class DdlReader {
 public:
  explicit DdlReader(std::string_view ddl) : ddl_(ddl), tokens_(ddl), schemas_{"public"} {
    for (const SystemRelation& system : system_relations()) {
      Relation& relation = add(system.schema, system.name, system.kind);
      relation.oid = system.oid;
      relation.system = true;
      for (const auto& [name, type] : system.columns) types_.apply(type, new_column(relation, name));
    }
    next_oid_ = 16385;
  }

  std::shared_ptr<const Catalog> read(std::uint64_t version) {
    auto parsed = ParsedText::parse(ddl_, {.max_bytes = std::size_t{1} << 26});
    if (!parsed.ok()) throw std::runtime_error("ddl: " + parsed.error().message);
    for (std::size_t i = 0; i < parsed->size(); ++i) {
      range_ = parsed->range(i);
      try {
        statement(parsed->statement(i)->stmt);
      } catch (const std::runtime_error& error) {
        throw std::runtime_error(std::string(error.what()) + " in: " + std::string(ddl_.substr(range_.begin, range_.size)));
      }
    }
    return build(version);
  }

 private:
  std::shared_ptr<const Catalog> build(std::uint64_t version) const {
    CatalogBuilder builder(version, "sample", "1");
    for (const std::string& schema : schemas_) builder.add_schema(schema);
    for (Relation relation : relations_) {
      std::sort(relation.checks.begin(), relation.checks.end());
      std::sort(relation.conflict_keys.begin(), relation.conflict_keys.end());
      std::sort(relation.foreign_keys.begin(), relation.foreign_keys.end());
      builder.add_relation(relation);
    }
    builder.code() = code_;
    return std::move(builder).build();
  }

  void statement(const Node* node) {
    switch (static_cast<int>(nodeTag(node))) {
      case T_CreateSchemaStmt: schemas_.emplace_back(text_of(as<CreateSchemaStmt>(node).schemaname)); return;
      case T_CreateStmt: create_table(as<CreateStmt>(node), RelationKind::table); return;
      case T_CreateForeignTableStmt: create_table(as<CreateForeignTableStmt>(node).base, RelationKind::foreign_table); return;
      case T_ViewStmt: create_view(*as<ViewStmt>(node).view, as<ViewStmt>(node).query, as<ViewStmt>(node).aliases, RelationKind::view); return;
      case T_CreateTableAsStmt: {
        const auto& create = as<CreateTableAsStmt>(node);
        const bool view = create.objtype == OBJECT_MATVIEW;
        create_view(*create.into->rel, create.query, create.into->colNames, view ? RelationKind::materialized_view : RelationKind::table);
        return;
      }
      case T_CreateSeqStmt: add(*as<CreateSeqStmt>(node).sequence, RelationKind::sequence); return;
      case T_CreateEnumStmt: define_type(as<CreateEnumStmt>(node).typeName, 'e', 'E'); return;
      case T_CreateDomainStmt: create_domain(as<CreateDomainStmt>(node)); return;
      case T_CompositeTypeStmt: add_type_of(*as<CompositeTypeStmt>(node).typevar); return;
      case T_CreateFunctionStmt: create_function(as<CreateFunctionStmt>(node)); return;
      case T_DefineStmt: define(as<DefineStmt>(node)); return;
      case T_CreateTrigStmt: create_trigger(as<CreateTrigStmt>(node)); return;
      case T_CreatePolicyStmt: add_expressions(find(*as<CreatePolicyStmt>(node).table).oid, 'p'); return;
      case T_CreateCastStmt: create_cast(as<CreateCastStmt>(node)); return;
      case T_RuleStmt: find(*as<RuleStmt>(node).relation).has_user_rules = true; return;
      case T_IndexStmt: create_index(as<IndexStmt>(node)); return;
      case T_AlterTableStmt: alter_table(as<AlterTableStmt>(node)); return;
      case T_InsertStmt: case T_UpdateStmt: case T_DeleteStmt: case T_SelectStmt: case T_CopyStmt: case T_GrantStmt: case T_GrantRoleStmt:
      case T_CreateRoleStmt: case T_AlterRoleStmt: case T_CommentStmt: case T_VariableSetStmt: case T_TransactionStmt: case T_VacuumStmt:
      case T_CreateExtensionStmt: case T_DoStmt: case T_RefreshMatViewStmt: case T_SecLabelStmt: case T_CreateStatsStmt:
      case T_AlterDefaultPrivilegesStmt: case T_AlterOwnerStmt: case T_CreateFdwStmt: case T_CreateForeignServerStmt: case T_CreateUserMappingStmt:
      case T_AlterSeqStmt:
        return;
    }
    throw std::runtime_error("unexpected statement");
  }

  // Relations

  Relation& add(std::string schema, std::string name, RelationKind kind) {
    Relation relation;
    relation.oid = next_oid_++;
    relation.schema = std::move(schema);
    relation.name = std::move(name);
    relation.kind = kind;
    relations_.push_back(std::move(relation));
    return relations_.back();
  }
  static std::string schema_of(const RangeVar& range) { return range.schemaname == nullptr ? "public" : range.schemaname; }
  Relation& add(const RangeVar& range, RelationKind kind) { return add(schema_of(range), range.relname, kind); }

  Relation& find(const RangeVar& range) {
    for (Relation& relation : relations_) {
      if (relation.schema == schema_of(range) && relation.name == range.relname) return relation;
    }
    throw std::runtime_error("no relation " + schema_of(range) + "." + range.relname);
  }

  static Column& new_column(Relation& relation, std::string name) {
    Column column;
    column.name = std::move(name);
    column.attribute = static_cast<std::int16_t>(relation.columns.size() + 1);
    relation.columns.push_back(std::move(column));
    return relation.columns.back();
  }

  void create_table(const CreateStmt& create, RelationKind kind) {
    Relation& relation = add(*create.relation, create.partspec != nullptr ? RelationKind::partitioned_table : kind);
    for (const auto* parent : elements<RangeVar>(create.inhRelations)) inherit(relation, find(*parent), create.partbound != nullptr);
    for (const Node* element : elements(create.tableElts)) {
      if (IsA(element, ColumnDef)) add_column(relation, as<ColumnDef>(element));
      if (IsA(element, TableLikeClause)) copy_columns(relation, find(*as<TableLikeClause>(element).relation));
    }
    add_expressions(relation.oid, 'd');
    for (const Node* element : elements(create.tableElts)) {
      if (IsA(element, Constraint)) add_constraint(relation, as<Constraint>(element), {});
    }
    for (const Node* element : elements(create.tableElts)) {
      if (!IsA(element, ColumnDef)) continue;
      for (const auto* constraint : elements<Constraint>(as<ColumnDef>(element).constraints)) {
        add_constraint(relation, *constraint, as<ColumnDef>(element).colname);
      }
    }
  }

  static void copy_columns(Relation& relation, const Relation& from) {
    for (const Column& column : from.columns) {
      Column copy = column;
      copy.attribute = static_cast<std::int16_t>(relation.columns.size() + 1);
      copy.generated = false;
      copy.generated_from.clear();
      relation.columns.push_back(std::move(copy));
    }
  }

  static void inherit(Relation& relation, const Relation& parent, bool partition) {
    relation.parents.push_back(parent.oid);
    relation.columns.insert(relation.columns.end(), parent.columns.begin(), parent.columns.end());
    relation.checks = parent.checks;
    if (!partition) return;
    relation.primary_key = parent.primary_key;
    relation.unique_keys = parent.unique_keys;
    relation.conflict_keys = parent.conflict_keys;
    relation.foreign_keys = parent.foreign_keys;
  }

  void add_column(Relation& relation, const ColumnDef& definition) {
    if (definition.typeName == nullptr) return;  // of a partition: changes a parent's column
    Column& column = new_column(relation, definition.colname);
    types_.apply(*definition.typeName, column);
    const std::string_view type = text_of(elements(definition.typeName->names).back());
    if (!type.ends_with("serial")) return;
    column.not_null = true;
    const std::string name = relation.name + "_" + column.name + "_seq";
    add(relation.schema, name, RelationKind::sequence);
  }

  std::vector<std::int16_t> attributes(const Relation& relation, const List* names) {
    std::vector<std::int16_t> result;
    for (const Node* name : elements(names)) {
      const Column* column = relation.column(text_of(name));
      if (column == nullptr) throw std::runtime_error("no column " + std::string(text_of(name)));
      result.push_back(column->attribute);
    }
    return result;
  }

  static Column& column_of(Relation& relation, std::int16_t attribute) { return relation.columns[static_cast<std::size_t>(attribute - 1)]; }

  /// `column`: whose own constraint it is; empty: of the table.
  void add_constraint(Relation& relation, const Constraint& constraint, std::string_view column) {
    const auto keys = [&] {
      return column.empty() ? attributes(relation, constraint.keys) : std::vector<std::int16_t>{relation.column(column)->attribute};
    };
    switch (constraint.contype) {
      case CONSTR_NOTNULL: column_of(relation, keys()[0]).not_null = true; return;
      case CONSTR_IDENTITY: column_of(relation, keys()[0]).not_null = true; return;
      case CONSTR_PRIMARY:
        relation.primary_key = keys();
        for (const std::int16_t attribute : relation.primary_key) column_of(relation, attribute).not_null = true;
        if (!constraint.deferrable) relation.unique_keys.push_back(relation.primary_key);
        break;
      case CONSTR_UNIQUE:
        (constraint.deferrable ? relation.conflict_keys : relation.unique_keys).push_back(keys());
        break;
      case CONSTR_GENERATED: {
        Column& generated = column_of(relation, keys()[0]);
        generated.generated = true;
        generated.generated_from = named_in_parentheses(relation, constraint.location);
        return;
      }
      case CONSTR_CHECK: relation.checks.push_back(named_in_parentheses(relation, constraint.location)); return;
      case CONSTR_FOREIGN: add_foreign_key(relation, constraint, column); return;
      case CONSTR_NULL: case CONSTR_DEFAULT: case CONSTR_EXCLUSION: case CONSTR_ATTR_DEFERRABLE:
      case CONSTR_ATTR_NOT_DEFERRABLE: case CONSTR_ATTR_DEFERRED: case CONSTR_ATTR_IMMEDIATE:
        return;
    }
    std::sort(relation.unique_keys.begin(), relation.unique_keys.end());
  }

  /// Every column whose name stands in the first parentheses after a byte: those of CHECK (…), GENERATED ALWAYS AS (…), WHERE (…).
  std::vector<std::int16_t> named_in_parentheses(const Relation& relation, int location) const {
    int at = tokens_.at(location);
    while (at >= 0 && at < tokens_.size() && !tokens_.is(at, "(")) ++at;
    return named_between(relation, at, tokens_.closing(at));
  }

  std::vector<std::int16_t> named_between(const Relation& relation, int first, int last) const {
    std::vector<std::int16_t> result;
    for (int i = first; i >= 0 && i < last; ++i) {
      std::string name(tokens_.text(i));
      if (name.starts_with('"')) name = name.substr(1, name.size() - 2);
      if (const Column* column = relation.column(name)) result.push_back(column->attribute);
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

  void add_foreign_key(Relation& relation, const Constraint& constraint, std::string_view column) {
    ForeignKey key;
    key.columns = column.empty() ? attributes(relation, constraint.fk_attrs) : std::vector<std::int16_t>{relation.column(column)->attribute};
    const Relation& referenced = find(*constraint.pktable);
    key.referenced = referenced.oid;
    key.on_update = constraint.fk_upd_action;
    key.on_delete = constraint.fk_del_action;
    key.referenced_columns = constraint.pk_attrs == nullptr ? referenced.primary_key : attributes(referenced, constraint.pk_attrs);
    relation.foreign_keys.push_back(std::move(key));
  }

  void create_index(const IndexStmt& index) {
    add_expressions(find(*index.relation).oid, 'i');
    if (!index.unique) return;
    Relation& relation = find(*index.relation);
    std::vector<std::int16_t> key;
    bool plain = index.whereClause == nullptr;
    for (const auto* element : elements<IndexElem>(index.indexParams)) {
      if (element->name == nullptr) plain = false;
      else key.push_back(relation.column(text_of(element->name))->attribute);
    }
    if (plain) {
      relation.unique_keys.push_back(std::move(key));
      std::sort(relation.unique_keys.begin(), relation.unique_keys.end());
      return;
    }
    int last = 0;  // every column that the statement names
    while (last < tokens_.size() && tokens_[last].begin < static_cast<int>(range_.begin + range_.size)) ++last;
    relation.conflict_keys.push_back(named_between(relation, tokens_.at(index.relation->location) + 1, last));
  }

  void alter_table(const AlterTableStmt& alter) {
    Relation& relation = find(*alter.relation);
    for (const auto* command : elements<AlterTableCmd>(alter.cmds)) {
      if (command->subtype == AT_EnableRowSecurity) relation.has_row_security = true;
      if (command->subtype == AT_AddConstraint) add_constraint(relation, as<Constraint>(command->def), {});
      if (command->subtype == AT_AddColumn) add_column(relation, as<ColumnDef>(command->def));
      if (command->subtype == AT_AttachPartition) find(*as<PartitionCmd>(command->def).name).parents.push_back(relation.oid);
      if (command->subtype == AT_AddInherit) relation.parents.push_back(find(as<RangeVar>(command->def)).oid);
      if (command->subtype == AT_DropColumn) {
        const std::string_view name = text_of(command->name);
        std::erase_if(relation.columns, [&](const Column& column) { return column.name == name; });
      }
    }
  }

  // Views

  void create_view(const RangeVar& name, const Node* query, const List* aliases, RelationKind kind) {
    const std::string definition = definition_text();
    NameContext names;
    names.search_path.clear();
    for (const auto& function : functions_) names.allowed_functions.push_back(function.schema + "." + function.name);
    std::sort(names.allowed_functions.begin(), names.allowed_functions.end());
    auto analysed = analyse_text(definition, build(1), names, {});
    if (!analysed.ok()) throw std::runtime_error(analysed.error().message);
    const auto& outputs = analysed->statements().front().outputs;
    const auto targets = elements<ResTarget>(as<SelectStmt>(query).targetList);

    Relation& view = add(name, kind);
    if (kind != RelationKind::table) view.view_definition = definition;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto given = elements(aliases);
      Column& column = new_column(view, i < given.size() ? std::string(text_of(given[i])) : outputs[i].name);
      apply_type(outputs[i], targets.size() == outputs.size() ? targets[i]->val : nullptr, column);
    }
  }

  /// A column that is copied has the type of its source; of the others only the simplest are known.
  void apply_type(const OutputColumn& output, const Node* expression, Column& column) const {
    const Column* source = nullptr;
    for (const Relation& relation : relations_) {
      if (!output.flow.empty() && relation.oid == output.flow[0].column.relation) source = relation.column(output.flow[0].column.attribute);
    }
    const auto take = [&](const Column& from) {
      column.type = from.type;
      column.type_modifier = from.type_modifier;
      column.type_name = from.type_name;
      column.type_category = from.type_category;
      column.type_kind = from.type_kind;
    };
    types_.apply("text", column);
    if (output.flow.size() == 1 && output.flow[0].kind == FlowKind::copied && source != nullptr) return take(*source);
    if (expression == nullptr) return;
    if (IsA(expression, TypeCast)) return types_.apply(*as<TypeCast>(expression).typeName, column);
    if (IsA(expression, A_Const) && IsA(&as<A_Const>(expression).val.node, Integer)) return types_.apply("int4", column);
    if (!IsA(expression, FuncCall)) return;
    const std::string_view function = text_of(elements(as<FuncCall>(expression).funcname).back());
    if (function == "count") types_.apply("int8", column);
    if (function == "avg") types_.apply("numeric", column);
    if ((function == "max" || function == "min") && source != nullptr) take(*source);
    if (function == "sum" && source != nullptr) types_.apply(source->type == 23 ? "int8" : "numeric", column);
  }

  /// What follows AS in CREATE … VIEW … AS, without the options at the end.
  std::string definition_text() const {
    int first = -1;
    int depth = 0;
    const int begin = static_cast<int>(range_.begin);
    const int end = static_cast<int>(range_.begin + range_.size);
    int last = -1;
    for (int i = 0; i < tokens_.size() && tokens_[i].begin < end; ++i) {
      if (tokens_[i].begin < begin) continue;
      if (tokens_.is(i, "(")) ++depth;
      if (tokens_.is(i, ")")) --depth;
      if (first < 0 && depth == 0 && tokens_.is(i, "as")) first = i + 1;
      last = i;
    }
    if (first < 0) throw std::runtime_error("no definition");
    if (tokens_.is(last, "data") && tokens_.is(last - 1, "no")) last -= 1;
    if (tokens_.is(last, "data") || (tokens_.is(last, "no") && tokens_.is(last - 1, "with"))) last -= 2;
    return std::string(ddl_.substr(static_cast<std::size_t>(tokens_[first].begin), static_cast<std::size_t>(tokens_[last].end - tokens_[first].begin)));
  }

  // Types, functions, operators

  static std::pair<std::string, std::string> qualified(const List* name) {
    const auto parts = elements(name);
    return {parts.size() > 1 ? std::string(text_of(parts[0])) : "public", std::string(text_of(parts.back()))};
  }

  void define_type(const List* name, char kind, char category) {
    const auto [schema, type] = qualified(name);
    types_.define(schema, type, next_oid_, kind, category);
    next_oid_ += 2;
  }

  void create_domain(const CreateDomainStmt& domain) {
    Column base;
    types_.apply(*domain.typeName, base);
    define_type(domain.domainname, 'd', base.type_category);
    for (const Function& function : mentioned()) code_.add_type(qualified(domain.domainname).second, function.oid);
  }

  void add_type_of(const RangeVar& range) {
    types_.define(schema_of(range), range.relname, next_oid_, 'c', 'C');
    next_oid_ += 2;
  }

  void define(const DefineStmt& statement) {
    const std::string name(text_of(elements(statement.defnames).back()));
    if (statement.kind == OBJECT_OPERATOR) {
      for (const Function& function : mentioned()) code_.add_operator(name, function.oid);
    }
    if (statement.kind != OBJECT_AGGREGATE) return;
    Routine routine = new_routine(statement.defnames);
    routine.kind = 'a';
    for (const Function& function : mentioned()) code_.add_call(routine.oid, function.oid);
    for (const auto* option : elements<DefElem>(statement.definition)) {
      const std::string_view word = text_of(option->defname);
      if (!word.ends_with("func")) continue;
      const std::string support(text_of(elements(as<TypeName>(option->arg).names).back()));
      if (std::none_of(functions_.begin(), functions_.end(), [&](const Function& f) { return f.name == support; })) code_.add_support(routine.oid, support);
    }
    code_.add(std::move(routine), {});
  }

  void create_cast(const CreateCastStmt& cast) {
    for (const Function& function : mentioned()) {
      for (const TypeName* type : {cast.sourcetype, cast.targettype}) code_.add_type(std::string(text_of(elements(type->names).back())), function.oid);
      if (cast.context != COERCION_EXPLICIT) code_.add_type("*", function.oid);
    }
  }

  struct Function {
    Oid oid = 0;
    std::string schema;
    std::string name;
  };

  Routine new_routine(const List* name) {
    Routine routine;
    routine.oid = next_oid_++;
    std::tie(routine.schema, routine.name) = qualified(name);
    functions_.push_back({routine.oid, routine.schema, routine.name});
    return routine;
  }

  void create_function(const CreateFunctionStmt& create) {
    Routine routine = new_routine(create.funcname);
    RoutineSource source;
    routine.kind = create.is_procedure ? 'p' : 'f';
    routine.arguments = 0;
    for (const auto* parameter : elements<FunctionParameter>(create.parameters)) {
      const bool out = parameter->mode == FUNC_PARAM_OUT || parameter->mode == FUNC_PARAM_TABLE;
      if (out || parameter->mode == FUNC_PARAM_INOUT) routine.result_columns.emplace_back(text_of(parameter->name));
      if (!out) ++routine.arguments;
      if (parameter->defexpr != nullptr) ++routine.defaults;
      if (parameter->mode == FUNC_PARAM_VARIADIC) routine.variadic = true;
    }
    if (create.returnType != nullptr) {
      const auto names = elements(create.returnType->names);
      source.trigger = text_of(names.back()) == "trigger";
      routine.returns_set = create.returnType->setof;
      for (const Relation& relation : relations_) {
        const bool schema = names.size() < 2 || relation.schema == text_of(names.front());
        if (schema && relation.name == text_of(names.back()) && !relation.system) routine.result_relation = relation.oid;
      }
    }
    if (create.sql_body != nullptr) {
      const std::size_t begin = ddl_.find_first_not_of(" \t\r\n", range_.begin);
      source.body = ddl_.substr(begin, range_.begin + range_.size - begin);
      source.parsed = true;
      source.language = "sql";
    }
    for (const auto* option : elements<DefElem>(create.options)) {
      const std::string_view word = text_of(option->defname);
      if (word == "language") source.language = text_of(option->arg);
      if (word == "security") source.security_definer = as<Boolean>(option->arg).boolval;
      if (word == "as") source.body = text_of(elements(reinterpret_cast<const List*>(option->arg)).front());
      if (word != "set") continue;
      const auto& set = as<VariableSetStmt>(option->arg);
      std::string value;
      for (const Node* each : elements(set.args)) value += (value.empty() ? "" : ", ") + std::string(as<A_Const>(each).val.sval.sval);
      settings_.push_back({routine.oid, text_of(set.name), std::move(value)});
    }
    const Oid oid = routine.oid;
    code_.add(std::move(routine), std::move(source));
    for (const Setting& setting : settings_) code_.add_setting(setting.routine, setting.name, setting.value);
    for (const auto* parameter : elements<FunctionParameter>(create.parameters)) {
      if (parameter->defexpr == nullptr) continue;
      for (const Function& function : mentioned()) {
        if (function.oid != oid) code_.add_call(oid, function.oid);
      }
    }
  }

  void create_trigger(const CreateTrigStmt& create) {
    Relation& relation = find(*create.relation);
    relation.has_user_triggers = true;
    TriggerSource trigger;
    trigger.relation = relation.oid;
    trigger.routine_name = text_of(elements(create.funcname).back());
    trigger.definition = ddl_.substr(range_.begin, range_.size);
    for (const Function& function : functions_) {
      if (std::pair(function.schema, function.name) == qualified(create.funcname)) trigger.routine = function.oid;
    }
    code_.add_trigger(std::move(trigger));
  }

  /// Functions that the statement at hand names anywhere.
  std::vector<Function> mentioned() const {
    std::vector<Function> found;
    for (int i = tokens_.first_from(static_cast<int>(range_.begin)); i < tokens_.size() && tokens_[i].begin < static_cast<int>(range_.begin + range_.size); ++i) {
      for (const Function& function : functions_) {
        if (tokens_.is(i, function.name)) found.push_back(function);
      }
    }
    return found;
  }

  void add_expressions(Oid relation, char kind) {
    for (const Function& function : mentioned()) code_.add_expression(relation, kind, function.oid);
  }

  struct Setting {
    Oid routine = 0;
    std::string_view name;
    std::string value;
  };

  std::string_view ddl_;
  Tokens tokens_;
  ByteRange range_;
  Oid next_oid_ = 16385;
  DdlTypes types_;
  std::deque<Relation> relations_;  // references stay valid
  std::vector<std::string> schemas_;
  std::vector<Function> functions_;
  std::vector<Setting> settings_;
  CodeCollector code_;
};

}  // namespace

std::shared_ptr<const sql::Catalog> catalog_from_ddl(std::string_view ddl, std::uint64_t version) { return DdlReader(ddl).read(version); }

}  // namespace sluice::test
