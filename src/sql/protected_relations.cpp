#include "sql/protected_relations.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace sluice::sql {
namespace {

// Definitions of the schema and settings. What is missing here is so on purpose: statistics (values of rows), pg_authid and
// its kin (secrets), most of pg_stat_… (other sessions), pg_largeobject, pg_user_mapping, configuration files, replication.
constexpr std::string_view kHarmless[] = {
    "pg_aggregate", "pg_am", "pg_amop", "pg_amproc", "pg_attrdef", "pg_attribute", "pg_auth_members",
    "pg_available_extension_versions", "pg_available_extensions", "pg_cast", "pg_class", "pg_collation", "pg_constraint",
    "pg_conversion", "pg_cursors", "pg_database", "pg_db_role_setting", "pg_default_acl", "pg_depend", "pg_description",
    "pg_enum", "pg_event_trigger", "pg_extension", "pg_foreign_data_wrapper", "pg_foreign_server", "pg_foreign_table",
    "pg_group", "pg_index", "pg_indexes", "pg_inherits", "pg_init_privs", "pg_language", "pg_largeobject_metadata",
    "pg_locks", "pg_matviews", "pg_namespace", "pg_opclass", "pg_operator", "pg_opfamily", "pg_parameter_acl",
    "pg_partitioned_table", "pg_policies", "pg_policy", "pg_prepared_statements", "pg_proc", "pg_publication",
    "pg_publication_namespace", "pg_publication_rel", "pg_publication_tables", "pg_range", "pg_rewrite", "pg_roles",
    "pg_rules", "pg_seclabel", "pg_seclabels", "pg_sequence", "pg_sequences", "pg_settings", "pg_shdepend",
    "pg_shdescription", "pg_shseclabel", "pg_stat_activity", "pg_stat_ssl",
    "pg_statistic_ext", "pg_subscription", "pg_tables", "pg_tablespace",
    "pg_timezone_abbrevs", "pg_timezone_names", "pg_transform", "pg_trigger", "pg_ts_config", "pg_ts_config_map",
    "pg_ts_dict", "pg_ts_parser", "pg_ts_template", "pg_type", "pg_user", "pg_user_mappings", "pg_views",
};
static_assert(std::is_sorted(std::begin(kHarmless), std::end(kHarmless)));

using namespace std::string_view_literals;

struct Hidden {
  std::string_view relation;
  std::array<std::string_view, 4> columns;
};
constexpr Hidden kHidden[] = {
    {"pg_attribute"sv, {"attmissingval"sv}},
    {"pg_class"sv, {"relpages"sv, "relallvisible"sv}},
    {"pg_cursors"sv, {"statement"sv}},
    {"pg_db_role_setting"sv, {"setconfig"sv}},
    {"pg_locks"sv, {"page"sv, "tuple"sv}},
    {"pg_prepared_statements"sv, {"statement"sv}},
    {"pg_stat_activity"sv, {"query"sv, "client_addr"sv, "client_hostname"sv, "client_port"sv}},
    {"pg_stat_ssl"sv, {"client_dn"sv, "client_serial"sv, "issuer_dn"sv}},
    {"pg_subscription"sv, {"subconninfo"sv}},
    {"pg_user_mappings"sv, {"umoptions"sv}},
};

constexpr std::string_view kProtectedInformation[] = {"_pg_user_mappings", "user_mapping_options", "user_mappings"};

// Relations of widespread extensions, which may lie in any schema.
constexpr std::string_view kProtectedAnywhere[] = {"pg_buffercache", "pg_stat_kcache", "pg_stat_kcache_detail", "pg_stat_monitor",
                                                   "pg_stat_statements", "pg_stat_statements_info"};

template <std::size_t N>
bool contains(const std::string_view (&names)[N], std::string_view name) {
  return std::binary_search(std::begin(names), std::end(names), name);
}

}  // namespace

bool is_protected_relation(std::string_view schema, std::string_view name) {
  if (schema == "pg_catalog") return !contains(kHarmless, name);
  if (schema == "information_schema") return contains(kProtectedInformation, name);
  if (schema.starts_with("pg_toast")) return true;
  return contains(kProtectedAnywhere, name);
}

std::span<const std::string_view> hidden_columns(std::string_view schema, std::string_view name) {
  if (schema != "pg_catalog") return {};
  const auto found = std::find_if(std::begin(kHidden), std::end(kHidden), [&](const Hidden& hidden) { return hidden.relation == name; });
  if (found == std::end(kHidden)) return {};
  const auto end = std::find(found->columns.begin(), found->columns.end(), std::string_view());
  return {found->columns.begin(), end};
}

}  // namespace sluice::sql
