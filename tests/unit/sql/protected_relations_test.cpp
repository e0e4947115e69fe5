#include "sql/protected_relations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace sluice::sql {
namespace {

TEST(ProtectedRelations, HoldValuesSecretsOrOtherSessions) {
  for (const std::string_view name :
       {"pg_statistic", "pg_stats", "pg_stats_ext", "pg_stats_ext_exprs", "pg_statistic_ext_data", "pg_authid", "pg_shadow", "pg_user_mapping",
        "pg_largeobject", "pg_prepared_xacts", "pg_hba_file_rules", "pg_ident_file_mappings", "pg_file_settings", "pg_subscription_rel",
        "pg_statio_user_tables", "pg_replication_slots", "pg_replication_origin", "pg_backend_memory_contexts", "pg_shmem_allocations", "pg_config"}) {
    EXPECT_TRUE(is_protected_relation("pg_catalog", name)) << name;
  }
  EXPECT_TRUE(is_protected_relation("information_schema", "user_mapping_options"));
  EXPECT_TRUE(is_protected_relation("pg_toast", "pg_toast_16385"));
  EXPECT_TRUE(is_protected_relation("pg_toast_temp_3", "pg_toast_16385"));
}

TEST(ProtectedRelations, IncludeWhatIsUnknownInTheSystemCatalog) {
  EXPECT_TRUE(is_protected_relation("pg_catalog", "pg_new_in_a_later_version"));
  EXPECT_TRUE(is_protected_relation("pg_catalog", ""));
}

TEST(ProtectedRelations, SomeHideColumnsInstead) {
  for (const auto& [name, column] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"pg_stat_activity", "query"}, {"pg_prepared_statements", "statement"}, {"pg_cursors", "statement"}, {"pg_class", "relpages"},
           {"pg_user_mappings", "umoptions"}, {"pg_subscription", "subconninfo"}, {"pg_db_role_setting", "setconfig"}}) {
    EXPECT_FALSE(is_protected_relation("pg_catalog", name)) << name;
    const auto hidden = hidden_columns("pg_catalog", name);
    EXPECT_NE(std::find(hidden.begin(), hidden.end(), column), hidden.end()) << name;
  }
  EXPECT_TRUE(hidden_columns("public", "pg_class").empty());
  EXPECT_TRUE(hidden_columns("pg_catalog", "pg_type").empty());
}

TEST(ProtectedRelations, IncludeStatementStatisticsWhereverTheExtensionLies) {
  EXPECT_TRUE(is_protected_relation("public", "pg_stat_statements"));
  EXPECT_TRUE(is_protected_relation("monitoring", "pg_stat_statements_info"));
}

TEST(ProtectedRelations, ExcludeWhatDescribesTheSchema) {
  for (const std::string_view name :
       {"pg_class", "pg_attribute", "pg_attrdef", "pg_namespace", "pg_type", "pg_proc", "pg_index", "pg_constraint", "pg_inherits", "pg_trigger",
        "pg_roles", "pg_database", "pg_am", "pg_collation", "pg_depend", "pg_description", "pg_policy", "pg_publication", "pg_statistic_ext",
        "pg_settings", "pg_tables", "pg_views", "pg_indexes", "pg_enum", "pg_rewrite", "pg_partitioned_table", "pg_foreign_table", "pg_language"}) {
    EXPECT_FALSE(is_protected_relation("pg_catalog", name)) << name;
  }
  EXPECT_FALSE(is_protected_relation("information_schema", "columns"));
  EXPECT_FALSE(is_protected_relation("public", "users"));
}

}  // namespace
}  // namespace sluice::sql
