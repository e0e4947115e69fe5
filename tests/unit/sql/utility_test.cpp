#include "sql/utility.h"

#include <gtest/gtest.h>

#include <string>

#include "sql/parse.h"
#include "sql/relation_names.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

Relation relation(Oid oid, std::string schema, std::string name, RelationKind kind = RelationKind::table) {
  Relation r;
  r.oid = oid;
  r.schema = std::move(schema);
  r.name = std::move(name);
  r.kind = kind;
  r.system = r.schema == "pg_catalog";
  return r;
}

std::shared_ptr<const Catalog> catalog() {
  CatalogBuilder builder(1, "shop", "1");
  builder.add_relation(relation(10, "public", "users"));
  builder.add_relation(relation(11, "public", "orders"));
  builder.add_relation(relation(12, "archive", "users"));
  builder.add_relation(relation(13, "public", "user_view", RelationKind::view));
  builder.add_relation(relation(14, "public", "ids", RelationKind::sequence));
  builder.add_relation(relation(15, "public", "totals", RelationKind::materialized_view));
  builder.add_relation(relation(1260, "pg_catalog", "pg_authid"));
  builder.add_relation(relation(1259, "pg_catalog", "pg_class"));
  builder.add_function("public", "now");
  return std::move(builder).build();
}

/// The answer without its pointers into the tree, which is gone.
struct Answer {
  Result<Analysis> analysis;
  std::vector<NameSite> names;
  bool query = false;
  std::size_t expressions = 0;
};

Answer analyse(std::string_view text, const NameContext& names = {}) {
  auto parsed = ParsedText::parse(text, {});
  if (!parsed.ok()) {
    ADD_FAILURE() << text << ": " << parsed.error().message;
    return {parsed.error(), {}, false, 0};
  }
  auto result = analyse_utility(parsed->statement(parsed->size() - 1)->stmt, text, *catalog(), names);
  if (!result.ok()) return {result.error(), {}, false, 0};
  return {result->analysis, result->names, result->query != nullptr, elements(result->expressions).size()};
}

Analysis understood(std::string_view text, const NameContext& names = {}) {
  Answer answer = analyse(text, names);
  EXPECT_TRUE(answer.analysis.ok()) << text << ": " << (answer.analysis.ok() ? "" : answer.analysis.error().message);
  return answer.analysis.ok() ? *answer.analysis : Analysis{};
}

void expect_kind(std::string_view text, StatementKind kind, const std::vector<Action>& actions) {
  const Analysis analysis = understood(text);
  EXPECT_EQ(analysis.kind, kind) << text;
  EXPECT_EQ(analysis.actions, actions) << text;
}

void expect_refused(std::string_view text, ErrorKind kind) {
  const Answer answer = analyse(text);
  ASSERT_FALSE(answer.analysis.ok()) << text;
  EXPECT_EQ(answer.analysis.error().kind, kind) << text << ": " << answer.analysis.error().message;
}

TEST(UtilityTransaction, CommandsAreKnown) {
  expect_kind("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", StatementKind::begin, {Action::transaction});
  expect_kind("START TRANSACTION", StatementKind::begin, {Action::transaction});
  expect_kind("COMMIT AND CHAIN", StatementKind::commit, {Action::transaction});
  expect_kind("END", StatementKind::commit, {Action::transaction});
  expect_kind("ABORT", StatementKind::rollback, {Action::transaction});
  expect_kind("SAVEPOINT a", StatementKind::savepoint, {Action::transaction});
  expect_kind("RELEASE a", StatementKind::release_savepoint, {Action::transaction});
  expect_kind("ROLLBACK TO a", StatementKind::rollback_to_savepoint, {Action::transaction});
  expect_kind("SET CONSTRAINTS ALL DEFERRED", StatementKind::set_setting, {Action::transaction});
}

TEST(UtilityTransaction, TwoPhaseCommitIsRefused) {
  for (const std::string_view text : {"PREPARE TRANSACTION 'a'", "COMMIT PREPARED 'a'", "ROLLBACK PREPARED 'a'"}) expect_refused(text, ErrorKind::not_supported);
}

TEST(UtilitySetting, ChangesAreReportedForTheSessionToFollow) {
  EXPECT_EQ(understood("SET search_path TO a, \"B\", \"$user\"").session_change, SessionChange(SettingChange{"search_path", {"a", "B", "$user"}, false}));
  EXPECT_EQ(understood("SET LOCAL search_path = ''").session_change, SessionChange(SettingChange{"search_path", {""}, true}));
  EXPECT_EQ(understood("SET SCHEMA 'x'").session_change, SessionChange(SettingChange{"search_path", {"x"}, false}));
  EXPECT_EQ(understood("SET \"TimeZone\" TO 'UTC'").session_change, SessionChange(SettingChange{"timezone", {"UTC"}, false}));
  EXPECT_EQ(understood("SET statement_timeout = 5000").session_change, SessionChange(SettingChange{"statement_timeout", {"5000"}, false}));
  EXPECT_EQ(understood("SET search_path TO DEFAULT").session_change, SessionChange(SettingChange{"search_path", {}, false}));
  EXPECT_EQ(understood("RESET search_path").session_change, SessionChange(SettingChange{"search_path", {}, false}));
  EXPECT_EQ(understood("RESET ALL").session_change, SessionChange(SettingChange{"", {}, false}));
  EXPECT_EQ(understood("SET search_path = a, b").kind, StatementKind::set_setting);
  EXPECT_EQ(understood("RESET ALL").kind, StatementKind::reset_setting);
}

TEST(UtilitySetting, WhatDriversSetIsAllowed) {
  for (const std::string_view text :
       {"SET client_encoding TO 'UTF8'", "SET NAMES 'utf8'", "SET TIME ZONE 'Europe/Berlin'", "SET TIME ZONE LOCAL", "SET TIME ZONE INTERVAL '1' HOUR TO MINUTE",
        "SET extra_float_digits = 3", "SET application_name = 'x'", "SET DateStyle = ISO, MDY", "SET standard_conforming_strings = on",
        "SET client_min_messages TO warning", "SET default_transaction_read_only = on", "RESET client_encoding"}) {
    expect_kind(text, understood(text).kind, {Action::session});
  }
  expect_kind("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", StatementKind::set_setting, {Action::transaction});
  expect_kind("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", StatementKind::set_setting, {Action::session});
}

TEST(UtilitySetting, WhatChangesTheMeaningOfStatementsOrTheRoleIsRefused) {
  for (const std::string_view text :
       {"SET client_encoding TO 'SJIS'", "SET NAMES 'BIG5'", "SET standard_conforming_strings = off", "SET backslash_quote = on",
        "SET session_replication_role = replica", "SET enable_seqscan = off", "SET plan_cache_mode = force_custom_plan", "SET log_statement = 'all'",
        "SET row_security = off", "SET plpgsql.variable_conflict = 'x'", "SET TRANSACTION SNAPSHOT '1'", "RESET log_statement",
        "SET debug_print_plan = on", "SET lo_compat_privileges = on", "SET transform_null_equals = on", "SET array_nulls = off", "SET quote_all_identifiers = on"}) {
    expect_refused(text, ErrorKind::not_supported);
  }
  for (const std::string_view text : {"SET ROLE admin", "SET SESSION AUTHORIZATION x", "SET LOCAL ROLE admin", "SET role = 'admin'",
                                      "SET SESSION AUTHORIZATION none"}) {
    expect_refused(text, ErrorKind::denied);
  }
}

TEST(UtilitySetting, TheRoleMayStayWhatItIs) {
  for (const std::string_view text : {"SET ROLE NONE", "SET LOCAL ROLE NONE", "SET ROLE TO DEFAULT", "SET SESSION AUTHORIZATION DEFAULT"}) {
    expect_kind(text, StatementKind::set_setting, {Action::session});
  }
  for (const std::string_view text : {"RESET ROLE", "RESET SESSION AUTHORIZATION"}) expect_kind(text, StatementKind::reset_setting, {Action::session});
}

TEST(UtilitySetting, WhatDumpsAndReportsSetPasses) {
  for (const std::string_view text : {"SET app.user_id = 'x'", "SET work_mem = '1GB'", "SET LOCAL synchronous_commit TO off", "SET check_function_bodies = false",
                                      "SET default_tablespace = ''", "SET default_table_access_method = heap", "SET escape_string_warning = off"}) {
    expect_kind(text, StatementKind::set_setting, {Action::session});
  }
}

TEST(UtilitySetting, ShowReturnsOneColumnNamedLikeTheSetting) {
  const Analysis show = understood("SHOW search_path");
  EXPECT_EQ(show.kind, StatementKind::show_setting);
  EXPECT_TRUE(show.returns_rows);
  EXPECT_EQ(show.outputs, (std::vector<OutputColumn>{{"search_path", {}}}));
  EXPECT_EQ(show.max_rows, 1u);
  EXPECT_EQ(understood("SHOW ALL").outputs.size(), 3u);
  EXPECT_EQ(understood("SHOW TIME ZONE").outputs[0].name, "timezone");
}

TEST(UtilitySetting, DiscardTellsWhetherAllGoes) {
  EXPECT_EQ(understood("DISCARD ALL").session_change, SessionChange(DiscardChange{true}));
  EXPECT_EQ(understood("DISCARD TEMP").session_change, SessionChange(DiscardChange{false, true}));
}

TEST(UtilityCursor, DeclareFetchAndClose) {
  const Answer declare = analyse("DECLARE c CURSOR WITH HOLD FOR SELECT 1");
  EXPECT_EQ(declare.analysis->session_change, SessionChange(CursorUse{"c", true}));
  EXPECT_TRUE(declare.query);
  EXPECT_EQ(understood("FETCH FORWARD 5 FROM c").max_rows, 5u);
  EXPECT_EQ(understood("FETCH BACKWARD 7 FROM c").max_rows, 7u);
  EXPECT_EQ(understood("FETCH -3 FROM c").max_rows, 3u);
  EXPECT_EQ(understood("FETCH 0 FROM c").max_rows, 1u);
  EXPECT_EQ(understood("FETCH ABSOLUTE 100 FROM c").max_rows, 1u);
  EXPECT_EQ(understood("FETCH c").max_rows, 1u);
  EXPECT_EQ(understood("FETCH ALL FROM c").max_rows, std::nullopt);
  EXPECT_TRUE(understood("FETCH ALL FROM c").returns_rows);
  EXPECT_FALSE(understood("MOVE ALL FROM c").returns_rows);
  EXPECT_EQ(understood("CLOSE c").session_change, SessionChange(CursorUse{"c", false}));
  EXPECT_EQ(understood("CLOSE ALL").session_change, SessionChange(CursorUse{"", false}));
}

TEST(UtilityPrepared, PrepareExecuteDeallocate) {
  EXPECT_TRUE(analyse("PREPARE p AS SELECT 1").query);
  const Answer execute = analyse("EXECUTE p(1, now())");
  EXPECT_EQ(execute.analysis->session_change, SessionChange(PreparedUse{"p", true}));
  EXPECT_EQ(execute.expressions, 2u);
  EXPECT_EQ(understood("DEALLOCATE ALL").session_change, SessionChange(PreparedUse{""}));
}

TEST(UtilityNotification, BelongsToTheSession) {
  expect_kind("LISTEN c", StatementKind::listen, {Action::session});
  expect_kind("UNLISTEN *", StatementKind::unlisten, {Action::session});
  expect_kind("NOTIFY c, 'x'", StatementKind::notify, {Action::session});
}

TEST(UtilityCopy, DirectionsAndFilesAreDifferentKinds) {
  expect_kind("COPY users TO STDOUT", StatementKind::copy_out, {Action::export_});
  expect_kind("COPY users (id) FROM STDIN WITH (FORMAT csv, HEADER)", StatementKind::copy_in, {Action::copy_in});
  expect_kind("COPY users TO '/tmp/x'", StatementKind::copy_server_file, {Action::server_file});
  expect_kind("COPY users FROM PROGRAM 'id'", StatementKind::copy_server_file, {Action::server_file});
  expect_kind("COPY (SELECT 1) TO PROGRAM 'cat'", StatementKind::copy_server_file, {Action::server_file});
  const Answer answer = analyse("COPY public.users TO STDOUT");
  EXPECT_EQ(answer.analysis->relations, (std::vector<RelationAccess>{{.relation = 10, .reads = true}}));
  EXPECT_EQ(answer.names, (std::vector<NameSite>{{5, 10}}));
  EXPECT_TRUE(analyse("COPY (SELECT 1) TO STDOUT").query);
}

TEST(UtilityCopy, ProtectedRelationsAndOtherEncodingsAreRefused) {
  expect_refused("COPY pg_authid TO STDOUT", ErrorKind::denied);
  expect_refused("COPY pg_class FROM STDIN", ErrorKind::denied);
  expect_refused("COPY users TO STDOUT WITH (ENCODING 'SJIS')", ErrorKind::not_supported);
  expect_refused("COPY nothing TO STDOUT", ErrorKind::undefined_table);
}

TEST(UtilityTable, TemporaryTablesAreNoDdl) {
  expect_kind("CREATE TEMP TABLE t (id serial PRIMARY KEY, a text DEFAULT 'x', b timestamptz DEFAULT pg_catalog.now(), c date DEFAULT current_date)",
              StatementKind::create_temporary, {Action::temporary});
  expect_kind("CREATE TABLE pg_temp.t (LIKE users)", StatementKind::create_temporary, {Action::temporary});
  expect_kind("CREATE TEMP TABLE t AS SELECT 1", StatementKind::create_temporary, {Action::temporary});
  expect_kind("CREATE TEMP VIEW v AS SELECT 1", StatementKind::create_temporary, {Action::temporary});
  EXPECT_FALSE(understood("CREATE TEMP TABLE t (a int)").changes_catalog);
}

TEST(UtilityTable, TemporaryTablesThatTakeFromOthersAreDdl) {
  for (const std::string_view text : {"CREATE TEMP TABLE t () INHERITS (users)", "CREATE TEMP TABLE t PARTITION OF users DEFAULT",
                                      "CREATE TEMP TABLE t OF x"}) {
    expect_kind(text, StatementKind::ddl, {Action::ddl});
  }
}

TEST(UtilityTable, ADeepDefaultIsTooComplex) {
  std::string text = "CREATE TEMP TABLE t (a text DEFAULT 1";
  for (int i = 0; i < 100000; ++i) text += "::a";
  EXPECT_EQ(ParsedText::parse(text + ")", {}).error().kind, ErrorKind::statement_too_complex);
}

TEST(UtilityTable, PermanentTablesAreDdl) {
  for (const std::string_view text : {"CREATE TABLE t (a int)", "CREATE UNLOGGED TABLE t (a int)", "CREATE VIEW v AS SELECT 1", "CREATE SEQUENCE s",
                                      "CREATE MATERIALIZED VIEW v AS SELECT 1", "CREATE FOREIGN TABLE t (a int) SERVER s"}) {
    const Analysis analysis = understood(text);
    EXPECT_EQ(analysis.kind, StatementKind::ddl) << text;
    EXPECT_EQ(analysis.actions, (std::vector<Action>{Action::ddl})) << text;
    EXPECT_TRUE(analysis.changes_catalog) << text;
  }
  expect_kind("CREATE TABLE t AS SELECT 1", StatementKind::create_table_as, {Action::ddl});
  EXPECT_TRUE(analyse("CREATE TABLE t AS SELECT 1").query);
  EXPECT_TRUE(analyse("CREATE VIEW v AS SELECT 1").query);
}

TEST(UtilityTable, RelationsThatADefinitionNamesAreTouchedAndPinned) {
  const std::string text = "CREATE TABLE t (LIKE users, o int REFERENCES orders, self int REFERENCES t) INHERITS (archive.users)";
  const Answer answer = analyse(text);
  ASSERT_TRUE(answer.analysis.ok());
  EXPECT_EQ(answer.analysis->relations, (std::vector<RelationAccess>{{.relation = 10}, {.relation = 11}, {.relation = 12}}));
  for (const NameSite& site : answer.names) {
    const std::string rest = text.substr(static_cast<std::size_t>(site.location));
    EXPECT_TRUE(rest.starts_with(site.relation == 10 ? "users," : site.relation == 11 ? "orders," : "archive.users")) << rest;
  }
  EXPECT_EQ(answer.names.size(), 3u);
}

TEST(UtilityAlter, NamesTheRelation) {
  for (const std::string_view text :
       {"ALTER TABLE users ADD COLUMN a int", "ALTER TABLE users RENAME TO b", "ALTER TABLE users RENAME COLUMN a TO b", "ALTER TABLE users SET SCHEMA x",
        "CREATE INDEX ON users (a)", "CREATE TRIGGER t BEFORE INSERT ON users EXECUTE FUNCTION f()", "CREATE RULE r AS ON INSERT TO users DO NOTHING",
        "CREATE POLICY p ON users", "CREATE STATISTICS s ON a, b FROM users", "COMMENT ON TABLE users IS 'x'", "COMMENT ON COLUMN users.a IS 'x'",
        "SECURITY LABEL ON COLUMN public.users.a IS 'x'", "DROP TRIGGER t ON users", "DROP POLICY p ON public.users", "ALTER TABLE users OWNER TO x"}) {
    const Analysis analysis = understood(text);
    EXPECT_EQ(analysis.kind, StatementKind::ddl) << text;
    EXPECT_TRUE(analysis.changes_catalog) << text;
    ASSERT_EQ(analysis.relations.size(), 1u) << text;
    EXPECT_EQ(analysis.relations[0].relation, 10u) << text;
  }
  EXPECT_EQ(understood("ALTER TABLE users ATTACH PARTITION archive.users DEFAULT").relations.size(), 2u);
  EXPECT_EQ(understood("ALTER TABLE users ADD FOREIGN KEY (a) REFERENCES orders").relations.size(), 2u);
}

TEST(UtilityAlter, UnknownRelationsAreUndefinedUnlessTheyNeedNotExist) {
  const Answer answer = analyse("SELECT 'ä'; ALTER TABLE nothing ADD COLUMN a int");
  ASSERT_FALSE(answer.analysis.ok());
  EXPECT_EQ(answer.analysis.error().kind, ErrorKind::undefined_table);
  EXPECT_EQ(answer.analysis.error().position, 0);  // as PostgreSQL has it
  const Answer like = analyse("SELECT 'ä'; CREATE TABLE a (LIKE nothing)");
  ASSERT_FALSE(like.analysis.ok());
  EXPECT_EQ(like.analysis.error().position, 34);
  expect_refused("DROP TABLE users, nothing", ErrorKind::undefined_table);
  EXPECT_TRUE(analyse("ALTER TABLE IF EXISTS nothing ADD COLUMN a int").analysis.ok());
  EXPECT_TRUE(analyse("DROP TABLE IF EXISTS nothing").analysis.ok());
  expect_refused("ALTER TABLE other.public.users ADD COLUMN a int", ErrorKind::not_supported);
}

TEST(UtilityDrop, NamesArePinnedWhereTheyStand) {
  const std::string text = "SELECT 'drop table users'; DROP TABLE IF EXISTS orders, /* , */ archive . users, \"users\" CASCADE";
  const Answer answer = analyse(text);
  ASSERT_TRUE(answer.analysis.ok());
  ASSERT_EQ(answer.names.size(), 3u);
  EXPECT_TRUE(text.substr(static_cast<std::size_t>(answer.names[0].location)).starts_with("orders"));
  EXPECT_EQ(answer.names[0].relation, 11u);
  EXPECT_TRUE(text.substr(static_cast<std::size_t>(answer.names[1].location)).starts_with("archive . users"));
  EXPECT_EQ(answer.names[1].relation, 12u);
  EXPECT_TRUE(text.substr(static_cast<std::size_t>(answer.names[2].location)).starts_with("\"users\""));
  EXPECT_EQ(answer.names[2].relation, 10u);
  EXPECT_EQ(analyse("DROP MATERIALIZED VIEW totals").names, (std::vector<NameSite>{{23, 15}}));
  EXPECT_EQ(analyse("drop view if exists user_view").names, (std::vector<NameSite>{{20, 13}}));
}

TEST(UtilityDrop, OtherObjectsAreDdl) {
  for (const std::string_view text : {"DROP FUNCTION f(int)", "DROP TYPE t", "DROP SCHEMA s CASCADE", "DROP INDEX i", "DROP EXTENSION e", "DROP CAST (int AS text)"})
    expect_kind(text, StatementKind::ddl, {Action::ddl});
}

TEST(UtilityPath, UnqualifiedNamesFollowTheSearchPath) {
  NameContext archive;
  archive.search_path = {"archive", "public"};
  EXPECT_EQ(understood("TRUNCATE users", archive).relations[0].relation, 12u);
  EXPECT_EQ(understood("TRUNCATE users").relations[0].relation, 10u);
  EXPECT_EQ(understood("LOCK TABLE pg_class", archive).relations[0].relation, 1259u);
}

TEST(UtilityPath, TemporaryRelationsComeFirstUnlessThePathNamesThemLater) {
  CatalogBuilder builder(1, "shop", "1");
  builder.add_relation(relation(10, "public", "users"));
  builder.add_relation(relation(20, "pg_temp_3", "users"));
  const auto with_temporary = std::move(builder).build();
  NameContext names;
  names.temporary_schema = "pg_temp_3";
  EXPECT_EQ(find_relation(*with_temporary, names, "", "users")->oid, 20u);
  EXPECT_EQ(find_relation(*with_temporary, names, "pg_temp", "users")->oid, 20u);
  EXPECT_EQ(find_relation(*with_temporary, names, "public", "users")->oid, 10u);
  for (const std::string later : {"pg_temp", "pg_temp_3"}) {
    names.search_path = {"public", later};
    EXPECT_EQ(find_relation(*with_temporary, names, "", "users")->oid, 10u) << later;
  }
  EXPECT_EQ(find_relation(*with_temporary, NameContext{}, "pg_temp", "users"), nullptr);
}

TEST(UtilityDefinition, EverythingElseThatDefinesIsDdl) {
  for (const std::string_view text :
       {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'", "CREATE SCHEMA s", "CREATE TYPE t AS ENUM ('a')", "CREATE TYPE t AS (a int)",
        "CREATE DOMAIN d AS int", "CREATE CAST (int AS text) WITHOUT FUNCTION", "CREATE OPERATOR === (leftarg = int, rightarg = int, function = f)",
        "CREATE EXTENSION e", "CREATE SERVER s FOREIGN DATA WRAPPER f", "CREATE PUBLICATION p FOR ALL TABLES", "CREATE DATABASE d", "ALTER DATABASE d SET a = b",
        "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()", "CREATE AGGREGATE a (int) (sfunc = f, stype = int)",
        "CREATE TABLESPACE t LOCATION '/x'", "ALTER TYPE t ADD VALUE 'b'", "IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "CREATE LANGUAGE l", "ALTER FUNCTION f() OWNER TO x", "CREATE PROCEDURE p() LANGUAGE sql AS ''",
        "CREATE COLLATION c FROM \"C\"", "CREATE TEXT SEARCH CONFIGURATION c (PARSER = p)", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x"}) {
    const Analysis analysis = understood(text);
    if (text.starts_with("ALTER DEFAULT")) EXPECT_EQ(analysis.actions, (std::vector<Action>{Action::role_change}));
    else EXPECT_EQ(analysis.actions, (std::vector<Action>{Action::ddl})) << text;
  }
  expect_refused("ALTER SYSTEM SET archive_command = 'x'", ErrorKind::not_supported);
  expect_refused("LOAD 'x'", ErrorKind::not_supported);
}

TEST(UtilityRole, RolesPrivilegesAndSecrets) {
  expect_kind("CREATE ROLE r LOGIN", StatementKind::role, {Action::role_change});
  expect_kind("CREATE USER r PASSWORD 'x'", StatementKind::secret_rotation, {Action::role_change, Action::secret_rotation});
  expect_kind("ALTER ROLE r WITH LOGIN PASSWORD NULL", StatementKind::secret_rotation, {Action::role_change, Action::secret_rotation});
  expect_kind("ALTER ROLE r SET search_path = x", StatementKind::role, {Action::role_change});
  expect_kind("GRANT a TO b", StatementKind::role, {Action::role_change});
  expect_kind("GRANT SELECT ON users TO b", StatementKind::role, {Action::role_change});
  expect_kind("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM b", StatementKind::role, {Action::role_change});
  expect_kind("DROP ROLE r", StatementKind::role, {Action::role_change});
  expect_kind("CREATE USER MAPPING FOR r SERVER s OPTIONS (password 'x')", StatementKind::secret_rotation, {Action::role_change, Action::secret_rotation});
  expect_kind("REASSIGN OWNED BY a TO b", StatementKind::role, {Action::ddl, Action::role_change});
  EXPECT_EQ(understood("GRANT SELECT (id) ON users TO b").relations.size(), 1u);
}

TEST(UtilityMaintenance, NamesTheRelations) {
  for (const std::string_view text : {"VACUUM FULL users", "ANALYZE users (a)", "REINDEX TABLE users", "CLUSTER users"}) {
    expect_kind(text, StatementKind::maintenance, {Action::maintenance});
    EXPECT_EQ(understood(text).relations, (std::vector<RelationAccess>{{.relation = 10}})) << text;
  }
  expect_kind("VACUUM", StatementKind::maintenance, {Action::maintenance});
  expect_kind("CHECKPOINT", StatementKind::maintenance, {Action::maintenance});
  expect_kind("REFRESH MATERIALIZED VIEW totals", StatementKind::maintenance, {Action::maintenance});
  expect_kind("LOCK users, orders IN SHARE MODE", StatementKind::lock_table, {Action::lock});
  expect_kind("TRUNCATE users CASCADE", StatementKind::truncate, {Action::truncate});
  EXPECT_TRUE(understood("TRUNCATE users").relations[0].deletes);
  expect_kind("DO 'begin end'", StatementKind::code, {Action::code});
}

}  // namespace
}  // namespace sluice::sql
