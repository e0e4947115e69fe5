#include "sql/stored_code.h"

#include <gtest/gtest.h>

#include <string>

#include "sql/catalog.h"
#include "sql/extension_functions.h"
#include "support/catalog_from_ddl.h"

namespace sluice::sql {
namespace {

constexpr std::string_view kTables =
    "CREATE TABLE public.users (id integer PRIMARY KEY, name text, email text);"
    "CREATE TABLE public.notes (id integer PRIMARY KEY, user_id integer REFERENCES public.users ON DELETE CASCADE, body text);";

const Routine& routine(const Catalog& catalog, std::string_view name) {
  const auto found = catalog.code().routines("public", name);
  EXPECT_EQ(found.size(), 1u) << name;
  return *found.front();
}

std::shared_ptr<const Catalog> with(const std::string& ddl) { return test::catalog_from_ddl(std::string(kTables) + ddl, 1); }

std::string function(const std::string& name, const std::string& body, const std::string& options = "LANGUAGE sql") {
  return "CREATE FUNCTION public." + name + "(integer) RETURNS text " + options + " AS $body$" + body + "$body$;";
}

TEST(StoredCode, AFunctionThatTouchesNothingHasNoEffect) {
  const auto catalog = with(function("f", "SELECT upper($1::text)") + function("g", "BEGIN RETURN public.f($1); END", "LANGUAGE plpgsql"));
  EXPECT_TRUE(routine(*catalog, "f").effect.empty());
  EXPECT_TRUE(routine(*catalog, "g").effect.empty());
}

TEST(StoredCode, ABodyOfNoStatementsDoesNothing) {
  const auto catalog = with("CREATE FUNCTION public.f(integer) RETURNS void LANGUAGE sql BEGIN ATOMIC END;"
                            "CREATE FUNCTION public.g(integer) RETURNS void LANGUAGE sql BEGIN ATOMIC ; SELECT 1; END;");
  EXPECT_TRUE(routine(*catalog, "f").effect.empty());
  EXPECT_TRUE(routine(*catalog, "g").effect.empty());
}

TEST(StoredCode, WhatACallReadsIsReadByTheCaller) {
  const auto catalog = with(function("f", "SELECT email FROM public.users WHERE id = $1") + function("g", "SELECT public.f($1)"));
  const Oid users = catalog->relation("public", "users")->oid;
  for (const char* name : {"f", "g"}) {
    EXPECT_EQ(routine(*catalog, name).effect.reads, (std::vector<ColumnId>{{users, 1}, {users, 3}})) << name;
  }
}

TEST(StoredCode, FunctionsMayCallEachOtherInCircles) {
  const auto catalog = with(function("f", "BEGIN RETURN public.g($1); END", "LANGUAGE plpgsql") +
                            function("g", "BEGIN PERFORM name FROM public.users; RETURN public.f($1); END", "LANGUAGE plpgsql"));
  EXPECT_EQ(routine(*catalog, "f").effect, routine(*catalog, "g").effect);
  EXPECT_EQ(routine(*catalog, "f").effect.reads.size(), 1u);
}

TEST(StoredCode, WhatCannotBeFollowedIsUnknownToAllWhoCallIt) {
  for (const auto& [body, options] : std::vector<std::pair<std::string, std::string>>{
           {"BEGIN EXECUTE 'x'; END", "LANGUAGE plpgsql"}, {"SELECT no_such($1)", "LANGUAGE sql"}, {"SELECT * FROM nothing", "LANGUAGE sql"}, {"SELEC 1", "LANGUAGE sql"},
           {"CREATE TABLE x ()", "LANGUAGE sql"}, {"SELECT pg_read_file('x')", "LANGUAGE sql"}, {"SELECT rolpassword FROM pg_authid", "LANGUAGE sql"},
           {"return 1", "LANGUAGE plpython3u"}, {"SELECT 'x'", "LANGUAGE sql SECURITY DEFINER"}, {"SELECT 'x'", "LANGUAGE sql SET role = 'x'"},
           {"CREATE OR REPLACE FUNCTION x() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "LANGUAGE sql"}, {"BEGIN COPY users TO '/x'; END", "LANGUAGE plpgsql"},
           {"SELECT set_config('app.x', 'y', false)", "LANGUAGE sql"}, {"BEGIN DO $$x$$; END", "LANGUAGE plpgsql"}}) {
    const auto catalog = with(function("f", body, options) + function("g", "SELECT public.f($1)"));
    EXPECT_EQ(routine(*catalog, "f").effect.unknown, (std::vector<std::string>{"public.f"})) << body;
    EXPECT_EQ(routine(*catalog, "g").effect.unknown, (std::vector<std::string>{"public.f"})) << body;
    EXPECT_FALSE(routine(*catalog, "f").obstacle.empty()) << body;
  }
}

TEST(StoredCode, HostileBodiesEnd) {
  std::string deep = "SELECT 1";
  for (int i = 0; i < 20000; ++i) deep += "+1";
  std::string wide = "SELECT '" + std::string(300 * 1024, 'x') + "'";
  std::string nested;
  for (int i = 0; i < 3000; ++i) nested += "(";
  std::string chain;
  for (int i = 0; i < 2100; ++i) chain += function("c" + std::to_string(i), "SELECT public.c" + std::to_string(i == 0 ? 0 : i - 1) + "($1)");
  const auto catalog = with(function("deep", deep) + function("wide", wide) + function("nested", "SELECT " + nested) + chain);
  for (const char* name : {"deep", "wide", "nested", "c2099"}) EXPECT_FALSE(routine(*catalog, name).effect.unknown.empty()) << name;
  EXPECT_TRUE(routine(*catalog, "c100").effect.empty());
}

std::shared_ptr<const Catalog> with_trigger(const std::string& body, const std::string& events, const std::string& when = "") {
  return with("CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS $body$" + body + "$body$;CREATE TRIGGER t BEFORE " + events +
              " ON public.users FOR EACH ROW " + when + " EXECUTE FUNCTION public.t();");
}

std::vector<ColumnId> set_off(const Catalog& catalog, CodeEvent event, std::string_view table = "users") {
  const auto roots = catalog.code().set_off(catalog.relation("public", table)->oid, event);
  return roots.empty() ? std::vector<ColumnId>() : roots.front().effect.reads;
}

TEST(StoredCode, ATriggerReadsTheFieldsThatItNames) {
  const auto catalog = with_trigger("BEGIN IF NEW.email = 'x' THEN NEW.name := OLD.name; END IF; RETURN NEW; END", "INSERT OR UPDATE");
  const Oid users = catalog->relation("public", "users")->oid;
  EXPECT_EQ(set_off(*catalog, CodeEvent::update), (std::vector<ColumnId>{{users, 2}, {users, 3}}));
  EXPECT_EQ(set_off(*catalog, CodeEvent::insert), (std::vector<ColumnId>{}));  // a new row is its writer's
  EXPECT_TRUE(catalog->code().set_off(users, CodeEvent::delete_).empty());
}

TEST(StoredCode, ATriggerThatNotifiesTellsWhatItNotifiesOf) {
  const auto catalog = with_trigger("BEGIN PERFORM pg_notify('news', OLD.email); RETURN NEW; END", "UPDATE");
  const Oid users = catalog->relation("public", "users")->oid;
  EXPECT_EQ(set_off(*catalog, CodeEvent::update), (std::vector<ColumnId>{{users, 3}}));
}

TEST(StoredCode, AWholeRowIsAllOfIts) {
  for (const char* body : {"BEGIN PERFORM row_to_json(NEW); RETURN NEW; END", "BEGIN PERFORM NEW.*; RETURN NEW; END", "DECLARE r users; BEGIN r := OLD; RETURN NEW; END",
                           "DECLARE n ALIAS FOR new; BEGIN RETURN NEW; END", "BEGIN NEW := OLD; RETURN NEW; END", "BEGIN PERFORM (NEW).id; RETURN NEW; END"}) {
    EXPECT_EQ(set_off(*with_trigger(body, "UPDATE"), CodeEvent::update).size(), 3u) << body;
  }
}

TEST(StoredCode, TidyingAFieldTellsNothingOfIt) {
  for (const char* body : {"BEGIN NEW.email := lower(trim(NEW.email)); RETURN NEW; END", "BEGIN NEW.email = nullif(NEW.email, ''); RETURN COALESCE(NEW, OLD); END"}) {
    EXPECT_TRUE(set_off(*with_trigger(body, "UPDATE"), CodeEvent::update).empty()) << body;
  }
  for (const char* body : {"BEGIN NEW.name := lower(NEW.email); RETURN NEW; END", "BEGIN NEW.email := (NEW.email::integer)::text; RETURN NEW; END",
                           "BEGIN NEW.email := lower(OLD.email); RETURN NEW; END", "BEGIN NEW.email := tidy(NEW.email); RETURN NEW; END"}) {
    const auto catalog = with_trigger(body, "UPDATE");
    const auto roots = catalog->code().set_off(catalog->relation("public", "users")->oid, CodeEvent::update);
    ASSERT_EQ(roots.size(), 1u) << body;
    EXPECT_TRUE(!roots[0].effect.reads.empty() || !roots[0].effect.unknown.empty()) << body;
  }
}

TEST(StoredCode, ComparingNewWithOldTellsNothingButWhenARowIsDeleted) {
  const std::string body = "BEGIN IF NEW.email IS DISTINCT FROM OLD.email OR OLD IS NOT DISTINCT FROM NEW THEN NEW.name := 'x'; END IF; RETURN NEW; END";
  EXPECT_TRUE(set_off(*with_trigger(body, "UPDATE"), CodeEvent::update).empty());
  EXPECT_EQ(set_off(*with_trigger(body, "DELETE"), CodeEvent::delete_).size(), 3u);
  EXPECT_EQ(set_off(*with_trigger("BEGIN IF NEW.email IS DISTINCT FROM OLD.name THEN NULL; END IF; RETURN NEW; END", "UPDATE"), CodeEvent::update).size(), 2u);
  EXPECT_EQ(set_off(*with_trigger("BEGIN RETURN NEW; END", "UPDATE", "WHEN (OLD.email > 'm')"), CodeEvent::update).size(), 1u);
  EXPECT_TRUE(with_trigger("BEGIN RETURN NEW; END", "UPDATE", "WHEN (OLD.* IS DISTINCT FROM NEW.*)")->code().set_off(16385, CodeEvent::update).empty());
}

TEST(StoredCode, KeysThatCascadeSetOffTheTriggersOfTheirTables) {
  const auto catalog = with("CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM email FROM public.users; RETURN OLD; END $$;"
                            "CREATE TRIGGER t BEFORE DELETE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.t();"
                            "CREATE FUNCTION public.f(integer) RETURNS void LANGUAGE sql AS 'DELETE FROM public.users WHERE id = $1';");
  EXPECT_EQ(set_off(*catalog, CodeEvent::delete_).size(), 1u);
  EXPECT_TRUE(set_off(*catalog, CodeEvent::update).empty());
  EXPECT_EQ(routine(*catalog, "f").effect.reads.size(), 2u);  // the function's own key, and what the trigger reads
}

TEST(StoredCode, OperatorsAndTypesOfAnExtensionThatNobodyReviewedWork) {
  CatalogBuilder builder(1, "shop", "1");
  Routine same;
  same.oid = 20000;
  same.schema = "gis";
  same.name = "geometry_eq";
  RoutineSource source;
  source.language = "c";
  source.extension = "somebodys";
  builder.code().add(same, source);
  builder.code().add_operator("=", 20000);
  builder.code().add_type("geometry", 20000);
  const auto catalog = std::move(builder).build();
  EXPECT_TRUE(catalog->code().of_operator("=").empty());
  EXPECT_TRUE(catalog->code().of_type("geometry").empty());
  EXPECT_FALSE(catalog->code().routine(20000)->effect.unknown.empty());
}

TEST(StoredCode, ExtensionsAreKnownByName) {
  EXPECT_EQ(extension_function("pg_trgm", "similarity"), ExtensionFunction::harmless);
  EXPECT_EQ(extension_function("tablefunc", "normal_rand"), ExtensionFunction::harmless);
  EXPECT_EQ(extension_function("tablefunc", "crosstab"), ExtensionFunction::refused);
  EXPECT_EQ(extension_function("dblink", "dblink"), ExtensionFunction::refused);
  EXPECT_EQ(extension_function("pg_trgm", "something_new"), ExtensionFunction::unknown);
  EXPECT_EQ(extension_function("somebodys", "similarity"), ExtensionFunction::unknown);
}

}  // namespace
}  // namespace sluice::sql
