#include "sql/function_columns.h"

#include <algorithm>
#include <array>

namespace sluice::sql {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxColumns = 17;
struct FunctionColumns {
  std::string_view function;
  std::array<std::string_view, kMaxColumns> columns;
};

// OUT parameters of PostgreSQL 15's own functions that may be called, by name.
constexpr FunctionColumns kFunctionColumns[] = {
    {"aclexplode"sv, {"grantor"sv, "grantee"sv, "privilege_type"sv, "is_grantable"sv}},
    {"json_array_elements"sv, {"value"sv}},
    {"json_array_elements_text"sv, {"value"sv}},
    {"json_each"sv, {"key"sv, "value"sv}},
    {"json_each_text"sv, {"key"sv, "value"sv}},
    {"jsonb_array_elements"sv, {"value"sv}},
    {"jsonb_array_elements_text"sv, {"value"sv}},
    {"jsonb_each"sv, {"key"sv, "value"sv}},
    {"jsonb_each_text"sv, {"key"sv, "value"sv}},
    {"pg_available_extension_versions"sv,
     {"name"sv, "version"sv, "superuser"sv, "trusted"sv, "relocatable"sv, "schema"sv, "requires"sv, "comment"sv}},
    {"pg_available_extensions"sv, {"name"sv, "default_version"sv, "comment"sv}},
    {"pg_extension_update_paths"sv, {"source"sv, "target"sv, "path"sv}},
    {"pg_get_catalog_foreign_keys"sv, {"fktable"sv, "fkcols"sv, "pktable"sv, "pkcols"sv, "is_array"sv, "is_opt"sv}},
    {"pg_get_keywords"sv, {"word"sv, "catcode"sv, "barelabel"sv, "catdesc"sv, "baredesc"sv}},
    {"pg_get_object_address"sv, {"classid"sv, "objid"sv, "objsubid"sv}},
    {"pg_get_publication_tables"sv, {"relid"sv, "attrs"sv, "qual"sv}},
    {"pg_identify_object"sv, {"type"sv, "schema"sv, "name"sv, "identity"sv}},
    {"pg_identify_object_as_address"sv, {"type"sv, "object_names"sv, "object_args"sv}},
    {"pg_options_to_table"sv, {"option_name"sv, "option_value"sv}},
    {"pg_partition_ancestors"sv, {"relid"sv}},
    {"pg_partition_tree"sv, {"relid"sv, "parentrelid"sv, "isleaf"sv, "level"sv}},
    {"pg_sequence_parameters"sv,
     {"start_value"sv, "minimum_value"sv, "maximum_value"sv, "increment"sv, "cycle_option"sv, "cache_size"sv,
      "data_type"sv}},
    {"pg_show_all_settings"sv,
     {"name"sv, "setting"sv, "unit"sv, "category"sv, "short_desc"sv, "extra_desc"sv, "context"sv, "vartype"sv,
      "source"sv, "min_val"sv, "max_val"sv, "enumvals"sv, "boot_val"sv, "reset_val"sv, "sourcefile"sv,
      "sourceline"sv, "pending_restart"sv}},
    {"pg_timezone_abbrevs"sv, {"abbrev"sv, "utc_offset"sv, "is_dst"sv}},
    {"pg_timezone_names"sv, {"name"sv, "abbrev"sv, "utc_offset"sv, "is_dst"sv}},
    {"ts_debug"sv, {"alias"sv, "description"sv, "token"sv, "dictionaries"sv, "dictionary"sv, "lexemes"sv}},
    {"ts_parse"sv, {"tokid"sv, "token"sv}},
    {"ts_token_type"sv, {"tokid"sv, "alias"sv, "description"sv}},
};

}  // namespace

std::span<const std::string_view> function_columns(std::string_view name) {
  const auto found = std::lower_bound(std::begin(kFunctionColumns), std::end(kFunctionColumns), name,
                                      [](const FunctionColumns& entry, std::string_view n) { return entry.function < n; });
  if (found == std::end(kFunctionColumns) || found->function != name) return {};
  const auto end = std::find(found->columns.begin(), found->columns.end(), std::string_view());
  return {found->columns.begin(), end};
}

}  // namespace sluice::sql
