#include <algorithm>
#include <array>

#include "sql/builtin_functions.h"
#include "sql/builtin_types.h"
#include "sql/query_analyser.h"
#include "sql/settings.h"
#include "sql/storage_use.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr std::string_view kSystemSchema = "pg_catalog";

// The helpers of information_schema's own views: they compute from their arguments alone, and JDBC calls them.
constexpr std::array<std::string_view, 10> kSchemaFunctions{
    "_pg_char_max_length", "_pg_char_octet_length",       "_pg_datetime_precision", "_pg_expandarray",      "_pg_index_position",
    "_pg_interval_type",   "_pg_numeric_precision_radix", "_pg_numeric_precision",  "_pg_numeric_scale", "_pg_truetypid"};

std::optional<std::string_view> constant_text(const Node* node) {
  if (node != nullptr && IsA(node, TypeCast)) node = as<TypeCast>(node).arg;
  if (node == nullptr || !IsA(node, A_Const) || as<A_Const>(node).isnull) return std::nullopt;
  const A_Const& constant = as<A_Const>(node);
  if (nodeTag(&constant.val.node) != T_String) return std::nullopt;
  return std::string_view(constant.val.sval.sval);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace

void QueryAnalyser::function_call(const FuncCall& call, Scope& scope, const Reading& reading) {
  const std::string_view name = text_of(elements(call.funcname).back());
  if (!check_function(call, name, scope, reading)) return;
  const BuiltinFunction builtin = builtin_function(name);
  const bool aggregate = call.over == nullptr &&
                         (builtin.aggregate || call.agg_star || call.agg_distinct || call.agg_within_group || call.agg_filter != nullptr);
  if (aggregate) scope.aggregates = true;
  if (builtin.returns_set || !builtin.known) scope.set_functions = true;

  const Use use = aggregate || builtin.aggregate ? Use::aggregate : Use::function_argument;
  const Reading inner = reading.also(use).as(aggregate || builtin.aggregate ? FlowKind::aggregated : FlowKind::derived);
  expressions(call.args, scope, inner);
  for (const SortBy* element : elements<SortBy>(call.agg_order)) {
    expression(element->node, scope, inner.also(Use::ordering));
    if (element->sortby_dir == SORTBY_USING) check_operator(element->useOp, element->location);
  }
  expression(call.agg_filter, scope, reading.also(Use::predicate).as(FlowKind::aggregated));
  if (call.over != nullptr) window(*call.over, scope, reading.uses);
}

// A name without a schema could mean any function of that name along the search path: it is pinned to
// pg_catalog where only that has one, and refused where somebody else's could be chosen.
bool QueryAnalyser::check_function(const FuncCall& call, std::string_view name, Scope& scope, const Reading& reading) {
  const auto parts = elements(call.funcname);
  if (parts.size() > 2) return not_supported("a function name of more than two parts", call.location), false;
  const bool system = parts.size() == 2 && text_of(parts.front()) == kSystemSchema;
  if (parts.size() == 2 && !system) return check_user_function(call, text_of(parts.front()), name, reading);

  const BuiltinFunction builtin = builtin_function(name);
  if (!system) {
    std::string_view owner;
    for (const std::string& schema : names_.search_path) {
      if (schema == kSystemSchema || candidates(call, schema, name).empty()) continue;
      if (!check_user_function(call, schema, name, reading)) return false;
      if (owner.empty()) owner = schema;
    }
    if (any_schema_) {
      for (const Routine* routine : candidates(call, {}, name)) {
        this->call(*routine, call.location, &reading);
        owner = routine->schema;
      }
    }
    if (!owner.empty()) {
      if (!builtin.known) {
        sites_.functions.push_back({call.location, std::string(owner)});
        return true;
      }
      // Both may be meant, and PostgreSQL's own must be one that may be called.
      if (builtin.function_class == FunctionClass::refused || builtin.function_class == FunctionClass::setting) {
        fail(make_error(ErrorKind::denied, "permission denied for function " + std::string(name)), call.location);
      }
      return !failed();
    }
    if (!builtin.known && projects_column(call, name, scope)) return true;
  }
  if (!builtin.known) {
    // type(value) is a cast, where no function has the name.
    const bool cast = is_builtin_type(name) && elements(call.args).size() == 1 && call.over == nullptr && !call.agg_star && !call.agg_distinct;
    if (!cast) return undefined_function(call, scope), false;
    if (!system) sites_.functions.push_back({call.location, std::string(kSystemSchema)});
    return true;
  }
  switch (builtin.function_class) {
    case FunctionClass::pure:
    case FunctionClass::catalog_text:
    case FunctionClass::sleep:
      break;
    case FunctionClass::session:
      if (name == "pg_notify") actions_ |= 1u << static_cast<unsigned>(Action::session);
      break;
    case FunctionClass::sequence:
      if (name == "setval") actions_ |= 1u << static_cast<unsigned>(Action::update);
      break;
    case FunctionClass::lock:
      actions_ |= 1u << static_cast<unsigned>(Action::lock);
      break;
    case FunctionClass::size:
      uses_.push_back({kStorageOfAnyRelation, Use::function_argument});
      sites_.sizes.push_back({call.location, name != "pg_database_size" && name != "pg_tablespace_size"});
      break;
    case FunctionClass::setting:
      check_setting_function(call, name);
      if (failed()) return false;
      break;
    case FunctionClass::refused:
      if (name == "ts_rewrite" && elements(call.args).size() == 3) break;  // the other form runs SQL from text
      fail(make_error(ErrorKind::denied, "permission denied for function " + std::string(name)), call.location);
      return false;
  }
  // unnest(a, b) is a construct of FROM that its bare name alone stands for.
  const bool construct = name == "unnest" && elements(call.args).size() > 1;
  if (!system && !construct && call.funcformat == COERCE_EXPLICIT_CALL) {
    sites_.functions.push_back({call.location, std::string(kSystemSchema)});
  }
  return true;
}

// email(c) of a row c is c.email, where no function has the name.
bool QueryAnalyser::projects_column(const FuncCall& call, std::string_view name, Scope& scope) {
  const auto arguments = elements(call.args);
  if (catalog_.has_user_function(name) || elements(call.funcname).size() != 1) return false;
  if (arguments.size() != 1 || call.over != nullptr || call.agg_star || call.agg_distinct || call.func_variadic) return false;
  if (!IsA(arguments.front(), ColumnRef)) return false;
  const auto fields = elements(as<ColumnRef>(arguments.front()).fields);
  if (fields.size() != 1 || !IsA(fields.front(), String)) return false;
  const auto row = resolve_item({}, text_of(fields.front()), scope, call.location);
  Reference column;
  return row && find_in_item(*row->item, name, column) && column.column;
}

bool QueryAnalyser::check_user_function(const FuncCall& call, std::string_view schema, std::string_view name, const Reading& reading) {
  if (schema == "pg_temp") return fail(make_error(ErrorKind::denied, "permission denied for function " + std::string(name)), call.location), false;
  if (schema == "information_schema" && std::find(kSchemaFunctions.begin(), kSchemaFunctions.end(), name) != kSchemaFunctions.end()) {
    return true;
  }
  const std::string full = std::string(schema) + "." + std::string(name);
  if (code_ == nullptr && allowed(full)) return true;
  const auto found = candidates(call, schema, name);
  if (found.empty()) {
    Scope none(nullptr);
    undefined_function(call, none);
  }
  for (const Routine* routine : found) this->call(*routine, call.location, &reading);
  return !failed();
}

// current_setting() reads; set_config() is a SET in disguise, and may do no more than change what nothing
// depends on, or the search path where it is the whole statement's purpose.
void QueryAnalyser::check_setting_function(const FuncCall& call, std::string_view name) {
  if (name == "current_setting") return;
  const auto arguments = elements(call.args);
  const auto setting = arguments.size() == 3 ? constant_text(arguments[0]) : std::nullopt;
  if (name == "set_config" && setting) {
    const std::string changed = lower(*setting);
    if (is_harmless_setting(changed)) return;
    if (is_of_application(changed) && code_ == nullptr) return;  // stored code could keep values of rows there
    if (changed == "search_path" && view_depth_ == 0 && code_ == nullptr) {  // what it has become is asked of PostgreSQL afterwards
      setting_ = SettingChange{changed, {std::string(constant_text(arguments[1]).value_or(""))}, false};
      return;
    }
  }
  fail(make_error(ErrorKind::denied, "permission denied for function " + std::string(name), "Use SET with a constant value."),
       call.location);
}

}  // namespace sluice::sql
