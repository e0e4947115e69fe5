#pragma once

#include <string_view>

namespace sluice::sql {

/// What calling a function of pg_catalog can do. All overloads of one name share the worst class.
enum class FunctionClass {
  pure,          ///< depends on its arguments alone, or on clock, time zone, random numbers
  catalog_text,  ///< reads the schema's definitions: pg_get_viewdef, format_type, has_table_privilege …
  session,       ///< tells of the session or server: version, pg_backend_pid, txid_current …
  sequence,      ///< nextval, currval, setval, lastval: a write, but none of data
  sleep,         ///< pg_sleep and kin: harmless but for time
  lock,          ///< advisory locks: names that sessions agree upon, nothing of the data
  size,          ///< how much room relations or databases take: hidden where that follows masked values
  setting,       ///< current_setting, set_config: the caller must look at the arguments
  refused,       ///< files, large objects, other sessions, SQL from text, physical layout … and every unknown name
};

struct BuiltinFunction {
  FunctionClass function_class = FunctionClass::refused;
  bool known = false;          ///< exists in pg_catalog of PostgreSQL 15, or was reviewed for a later one
  bool aggregate = false;      ///< one of the overloads is an aggregate
  bool window = false;         ///< one of the overloads is a window function
  bool returns_set = false;    ///< one of the overloads returns a set
};

/// `name` as in pg_proc.proname, without a schema.
[[nodiscard]] BuiltinFunction builtin_function(std::string_view name);

}  // namespace sluice::sql
