#include "sql/builtin_functions.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace sluice::sql {
namespace {

std::string_view class_name(FunctionClass function_class) {
  switch (function_class) {
    case FunctionClass::pure: return "pure";
    case FunctionClass::catalog_text: return "catalog_text";
    case FunctionClass::session: return "session";
    case FunctionClass::sequence: return "sequence";
    case FunctionClass::sleep: return "sleep";
    case FunctionClass::lock: return "lock";
    case FunctionClass::size: return "size";
    case FunctionClass::setting: return "setting";
    case FunctionClass::refused: return "refused";
  }
  return "";
}

TEST(BuiltinFunctions, TheTableIsWhatWasReviewed) {
  std::ifstream file(std::string(SLUICE_TESTS_DIR) + "/../src/sql/builtin_functions.tsv");
  ASSERT_TRUE(file);
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    ++rows;
    const std::size_t first = line.find('\t');
    const std::size_t second = std::min(line.find('\t', first + 1), line.size());
    const std::string flags = line.substr(second);
    const BuiltinFunction function = builtin_function(line.substr(0, first));
    EXPECT_TRUE(function.known) << line;
    EXPECT_EQ(class_name(function.function_class), line.substr(first + 1, second - first - 1)) << line;
    EXPECT_EQ(function.aggregate, flags.find('a') != std::string::npos) << line;
    EXPECT_EQ(function.window, flags.find('w') != std::string::npos) << line;
    EXPECT_EQ(function.returns_set, flags.find('s') != std::string::npos) << line;
  }
  EXPECT_GT(rows, 2600);
}

TEST(BuiltinFunctions, EverythingUnknownIsRefused) {
  for (const std::string_view name : {"", "dblink", "Lower", "lower ", "crosstab", "no_such_function", "lo_import_", "zzzz"}) {
    const BuiltinFunction function = builtin_function(name);
    EXPECT_EQ(function.function_class, FunctionClass::refused) << name;
    EXPECT_FALSE(function.known) << name;
  }
}

TEST(BuiltinFunctions, DoorsOutOfTheStatementAreRefused) {
  for (const std::string_view name :
       {"pg_read_file", "pg_read_binary_file", "pg_ls_dir", "pg_stat_file", "lo_get", "lo_import", "lo_export", "loread", "query_to_xml",
        "table_to_xml", "schema_to_xml", "database_to_xml", "cursor_to_xml", "query_to_xml_and_xmlschema", "ts_stat", "ts_rewrite",
        "pg_stat_get_activity", "pg_stat_get_backend_activity", "pg_terminate_backend", "pg_cancel_backend", "pg_reload_conf",
        "pg_export_snapshot", "pg_logical_slot_get_changes", "pg_logical_emit_message",
        "pg_mcv_list_items", "current_query", "pg_prepared_statement", "pg_cursor",
        "currtid2", "binary_upgrade_set_missing_value", "brin_summarize_range", "plpgsql_call_handler", "textin",
        "pg_show_all_file_settings", "pg_hba_file_rules", "pg_nextoid", "pg_current_wal_lsn"}) {
    EXPECT_EQ(builtin_function(name).function_class, FunctionClass::refused) << name;
    EXPECT_TRUE(builtin_function(name).known) << name;
  }
}

TEST(BuiltinFunctions, OrdinaryFunctionsAreAllowed) {
  for (const std::string_view name :
       {"lower", "upper", "substring", "substr", "length", "now", "date_trunc", "count", "sum", "avg", "array_agg", "json_agg", "jsonb_build_object",
        "row_to_json", "generate_series", "unnest", "random", "gen_random_uuid", "md5", "sha256", "to_char", "regexp_replace", "string_agg",
        "percentile_cont", "row_number", "lag", "format", "pg_typeof", "overlay", "position", "timezone", "extract", "like_escape"}) {
    EXPECT_EQ(builtin_function(name).function_class, FunctionClass::pure) << name;
  }
}

TEST(BuiltinFunctions, WhatToolsAskTheCatalogIsAllowed) {
  for (const std::string_view name :
       {"pg_get_viewdef", "pg_get_indexdef", "pg_get_constraintdef", "pg_get_expr", "pg_get_userbyid", "pg_table_is_visible", "pg_type_is_visible",
        "format_type", "obj_description", "col_description", "has_table_privilege", "has_schema_privilege", "pg_get_partkeydef",
        "pg_relation_is_publishable", "pg_get_statisticsobjdef_columns", "pg_get_triggerdef", "pg_partition_ancestors", "to_regclass"}) {
    EXPECT_EQ(builtin_function(name).function_class, FunctionClass::catalog_text) << name;
  }
}

TEST(BuiltinFunctions, KnowsAggregatesAndWindowFunctions) {
  EXPECT_TRUE(builtin_function("count").aggregate);
  EXPECT_TRUE(builtin_function("mode").aggregate);
  EXPECT_FALSE(builtin_function("lower").aggregate);
  EXPECT_TRUE(builtin_function("row_number").window);
  EXPECT_TRUE(builtin_function("rank").aggregate);
  EXPECT_TRUE(builtin_function("rank").window);
  EXPECT_TRUE(builtin_function("unnest").returns_set);
}

TEST(BuiltinFunctions, SequencesSettingsAndSleepHaveClassesOfTheirOwn) {
  EXPECT_EQ(builtin_function("nextval").function_class, FunctionClass::sequence);
  EXPECT_EQ(builtin_function("set_config").function_class, FunctionClass::setting);
  EXPECT_EQ(builtin_function("current_setting").function_class, FunctionClass::setting);
  EXPECT_EQ(builtin_function("pg_sleep").function_class, FunctionClass::sleep);
  EXPECT_EQ(builtin_function("version").function_class, FunctionClass::session);
}

}  // namespace
}  // namespace sluice::sql
