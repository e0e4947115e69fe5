#include "sql/settings.h"

#include <gtest/gtest.h>

namespace sluice::sql {
namespace {

TEST(Settings, HarmlessOnesMayHaveAnyValue) {
  for (const std::string_view name : {"application_name", "TimeZone", "DATESTYLE", "search_path", "statement_timeout", "extra_float_digits", "jit",
                                      "work_mem", "synchronous_commit", "app.user_id", "request.jwt.claims"}) {
    EXPECT_TRUE(check_setting(name, "anything").ok()) << name;
    EXPECT_TRUE(check_setting(name, "").ok()) << name;
  }
}

TEST(Settings, ThoseThatDecideHowTextIsReadAreBoundToWhatTheParserUnderstands) {
  EXPECT_TRUE(check_setting("client_encoding", "UTF8").ok());
  EXPECT_TRUE(check_setting("client_encoding", "utf-8").ok());
  EXPECT_TRUE(check_setting("standard_conforming_strings", "on").ok());
  for (const std::string_view value : {"SJIS", "LATIN1", "SQL_ASCII", "utf8x"}) EXPECT_FALSE(check_setting("client_encoding", value).ok()) << value;
  EXPECT_FALSE(check_setting("standard_conforming_strings", "off").ok());
  EXPECT_FALSE(check_setting("backslash_quote", "on").ok());
  EXPECT_FALSE(check_setting("row_security", "off").ok());
}

TEST(Settings, EverythingElseIsRefusedWithAHint) {
  for (const std::string_view name : {"role", "session_authorization", "session_replication_role", "enable_seqscan", "random_page_cost", "log_statement",
                                      "plan_cache_mode", "plpgsql.variable_conflict", "auto_explain.log_min_duration", "app", ".", "", "search_path2", "shared_preload_libraries", "local_preload_libraries"}) {
    const Status status = check_setting(name, "x");
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_EQ(status.error().kind, ErrorKind::not_supported);
    EXPECT_FALSE(status.error().hint.empty());
  }
}

}  // namespace
}  // namespace sluice::sql
