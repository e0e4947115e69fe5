// Ways to masked values that no name in the statement shows.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sql/analyse.h"
#include "sql/catalog.h"
#include "support/catalog_from_ddl.h"

namespace sluice::sql {
namespace {

constexpr Oid kPeople = 100;
constexpr Oid kLetters = 200;
constexpr Oid kLettersLow = 201;
constexpr Oid kDiary = 300;
constexpr Oid kLength = 400;
constexpr Oid kDomain = 50000;

Column column(std::int16_t attribute, std::string name, Oid type = 25) {
  Column made;
  made.name = std::move(name);
  made.attribute = attribute;
  made.type = type;
  made.type_name = type == kDomain ? "public.known" : type == 23 ? "integer" : "text";
  made.type_category = 'S';
  return made;
}

Relation relation(Oid oid, std::string name, std::vector<Column> columns) {
  Relation made;
  made.oid = oid;
  made.schema = "public";
  made.name = std::move(name);
  made.columns = std::move(columns);
  made.primary_key = {1};
  made.unique_keys = {{1}};
  return made;
}

void add_function(CatalogBuilder& builder, Oid oid, std::string name, std::string body) {
  Routine routine;
  routine.oid = oid;
  routine.schema = "public";
  routine.name = std::move(name);
  routine.arguments = 1;
  RoutineSource source;
  source.language = "sql";
  source.body = std::move(body);
  builder.code().add(std::move(routine), std::move(source));
}

class HiddenPaths : public testing::Test {
 protected:
  void SetUp() override {
    CatalogBuilder builder(1, "shop", "1");
    builder.add_schema("public");
    builder.add_schema("pg_catalog");
    Relation people = relation(kPeople, "people", {column(1, "id", 23), column(2, "name"), column(3, "secret")});
    people.unique_keys.push_back({3});
    people.fixed_defaults = {3};
    builder.add_relation(std::move(people));
    Relation letters = relation(kLetters, "letters", {column(1, "id", 23), column(2, "body")});
    letters.kind = RelationKind::partitioned_table;
    letters.partition_key = {2};
    builder.add_relation(std::move(letters));
    Relation low = relation(kLettersLow, "letters_low", {column(1, "id", 23), column(2, "body")});
    low.parents = {kLetters};
    builder.add_relation(std::move(low));
    builder.add_relation(relation(kDiary, "diary", {column(1, "id", 23), column(2, "word", kDomain)}));
    Relation length = relation(kLength, "length_of", {column(1, "bytes", 23)});
    length.kind = RelationKind::view;
    length.view_definition = " SELECT pg_relation_size('100'::pg_catalog.oid) AS bytes;";
    builder.add_relation(std::move(length));
    for (const auto& [oid, name] : {std::pair(1259, "pg_class"), {2610, "pg_index"}}) {
      Relation known = relation(static_cast<Oid>(oid), name, {column(1, "oid", 26)});
      known.schema = "pg_catalog";
      known.system = true;
      builder.add_relation(std::move(known));
    }
    add_function(builder, 1000, "secret_of", "SELECT secret FROM public.people WHERE id = $1");
    add_function(builder, 1001, "is_known", "SELECT EXISTS (SELECT 1 FROM public.people WHERE secret = $1)");
    add_function(builder, 1002, "size_of", "SELECT pg_relation_size($1::oid)");
    add_function(builder, 1003, "tidy", "SELECT lower($1)");
    builder.code().add_type("known", 1001, kDomain);
    builder.code().add_call(1003, 1001);  // its parameter is of the type
    builder.code().add_policy(kLetters, "SELECT (letters.id > 3) FROM public.letters");
    builder.code().add_policy(kDiary, "SELECT true FROM public.diary");
    catalog_ = std::move(builder).build();
  }

  /// The refusal's message; empty: it may run with people.secret and letters.body masked.
  std::string refusal(std::string_view text) {
    const Masks masks{{{kPeople, 3}, NullMask{}}, {{kLetters, 2}, NullMask{}}};
    auto analysed = analyse_text(text, catalog_, {});
    if (!analysed.ok()) return analysed.error().message;
    const auto rewritten = rewrite(*analysed, text, masks);
    return rewritten.ok() ? "" : rewritten.error().message;
  }

  std::shared_ptr<const Catalog> catalog_;
};

TEST_F(HiddenPaths, AFunctionCalledLikeAField) {
  EXPECT_NE(refusal("SELECT (1).secret_of"), "");
  EXPECT_NE(refusal("SELECT (id).secret_of FROM people"), "");
  EXPECT_NE(refusal("SELECT 1 WHERE ((SELECT 3)).secret_of > 'm'"), "");
  EXPECT_EQ(refusal("SELECT ('people').pg_read_file"), "permission denied for function pg_read_file");
  EXPECT_NE(refusal("SELECT ('people'::regclass).pg_table_size"), "");
  EXPECT_EQ(refusal("SELECT (people).name, (people).secret, ('x'::text).upper FROM people"), "");
}

TEST_F(HiddenPaths, ATypeWhoseValuesRunCode) {
  EXPECT_NE(refusal("SELECT word FROM diary"), "");
  EXPECT_NE(refusal("SELECT tidy('guess')"), "");
  EXPECT_NE(refusal("PREPARE p(known) AS SELECT $1"), "");
  EXPECT_NE(refusal("CREATE TEMP TABLE mine (LIKE diary)"), "");
  EXPECT_EQ(catalog_->code().of_type(kDomain).size(), 1u);
}

TEST_F(HiddenPaths, WhereARowLies) {
  EXPECT_NE(refusal("SELECT id FROM letters_low"), "");
  EXPECT_NE(refusal("DELETE FROM letters_low WHERE id = 1"), "");
  EXPECT_NE(refusal("TRUNCATE letters_low"), "");
  EXPECT_NE(refusal("SELECT id, tableoid FROM letters"), "");
  EXPECT_NE(refusal("UPDATE letters SET id = 1 WHERE id = 1 RETURNING tableoid"), "");
  EXPECT_EQ(refusal("SELECT id, body FROM letters"), "");
  EXPECT_EQ(refusal("INSERT INTO letters_low (id) VALUES (1)"), "");
  EXPECT_EQ(refusal("SELECT id, tableoid FROM people"), "");
}

TEST_F(HiddenPaths, WhatANewRowLeavesOut) {
  EXPECT_NE(refusal("INSERT INTO people (id, name) VALUES (1, 'x')"), "");
  EXPECT_NE(refusal("INSERT INTO people DEFAULT VALUES"), "");
  EXPECT_NE(refusal("COPY people (id) FROM STDIN"), "");
  EXPECT_NE(refusal("MERGE INTO people p USING (SELECT 1 AS id) AS s ON p.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)"), "");
}

TEST_F(HiddenPaths, SizesBehindViewsAndFunctions) {
  EXPECT_NE(refusal("SELECT size_of('people')"), "");
  const Masks masks{{{kPeople, 3}, NullMask{}}};
  const std::string_view text = "SELECT bytes FROM length_of";
  const auto analysed = analyse_text(text, catalog_, {});
  ASSERT_TRUE(analysed.ok()) << analysed.error().message;
  const auto rewritten = rewrite(*analysed, text, masks);
  ASSERT_TRUE(rewritten.ok()) << rewritten.error().message;
  EXPECT_NE(rewritten->text().find("ALL ('{100}'"), std::string::npos) << rewritten->text();
}

TEST(EventTriggers, RunWithDefinitions) {
  const auto refused = [](const std::string& body, std::string_view text) {
    CatalogBuilder builder(1, "shop", "1");
    builder.add_schema("public");
    builder.add_relation(relation(kPeople, "people", {column(1, "id", 23), column(2, "secret")}));
    add_function(builder, 1000, "tell", body);
    builder.code().add_expression(0, 'e', 1000);
    const std::shared_ptr<const Catalog> catalog = std::move(builder).build();
    auto analysed = analyse_text(text, catalog, {});
    return !analysed.ok() || !rewrite(*analysed, text, {{{kPeople, 2}, NullMask{}}}).ok();
  };
  EXPECT_TRUE(refused("SELECT secret FROM public.people", "CREATE TEMP TABLE mine (a integer)"));
  EXPECT_TRUE(refused("SELECT secret FROM public.people", "SELECT 1 AS a INTO TEMP mine"));
  EXPECT_FALSE(refused("SELECT secret FROM public.people", "SELECT id FROM people"));
  EXPECT_FALSE(refused("SELECT id FROM public.people", "CREATE TEMP TABLE mine (a integer)"));
  EXPECT_FALSE(refused("NOTIFY ddl", "CREATE TEMP TABLE mine (a integer)"));  // what cannot be followed has to be trusted
}

TEST(Truncate, CascadesToWhatRefers) {
  const auto catalog = test::catalog_from_ddl("CREATE TABLE public.a (id integer PRIMARY KEY);"
                                              "CREATE TABLE public.b (id integer PRIMARY KEY, a integer REFERENCES public.a);"
                                              "CREATE TABLE public.c (id integer PRIMARY KEY, b integer REFERENCES public.b);", 1);
  EXPECT_EQ(analyse_text("TRUNCATE a CASCADE", catalog, {})->statements().front().relations.size(), 3u);
  EXPECT_EQ(analyse_text("TRUNCATE a", catalog, {})->statements().front().relations.size(), 1u);
}

TEST(RowSecurity, ReadsWhatItChoosesRowsBy) {
  CatalogBuilder builder(1, "shop", "1");
  builder.add_schema("public");
  builder.add_relation(relation(1, "patients", {column(1, "id", 23), column(2, "diagnosis"), column(3, "ward", 23)}));
  builder.code().add_policy(1, "SELECT (patients.diagnosis > 'm') FROM public.patients");
  const auto catalog = std::move(builder).build();
  for (const CodeEvent event : {CodeEvent::read, CodeEvent::insert, CodeEvent::update, CodeEvent::delete_}) {
    const auto roots = catalog->code().set_off(1, event);
    ASSERT_EQ(roots.size(), 1u);
    EXPECT_EQ(roots.front().effect.reads, (std::vector<ColumnId>{{1, 2}}));
  }
}

TEST(RowSecurity, ThatCannotBeReadIsUnknown) {
  CatalogBuilder builder(1, "shop", "1");
  builder.add_schema("public");
  builder.add_relation(relation(1, "patients", {column(1, "id", 23)}));
  builder.code().add_policy(1, "SELECT no_such(patients.id) FROM public.patients");
  const auto catalog = std::move(builder).build();
  EXPECT_FALSE(catalog->code().set_off(1, CodeEvent::read).front().effect.unknown.empty());
}

TEST(MaterializedViews, TellOfWhatTheirRowsAreChosenBy) {
  const auto chosen_by = [](const std::string& query) {
    const auto catalog = test::catalog_from_ddl("CREATE TABLE public.users (id integer PRIMARY KEY, name text, email text);"
                                                "CREATE MATERIALIZED VIEW public.v AS " + query + ";", 1);
    const auto roots = catalog->code().set_off(catalog->relation("public", "v")->oid, CodeEvent::read);
    return roots.empty() ? std::vector<ColumnId>{} : roots.front().effect.reads;
  };
  EXPECT_EQ(chosen_by("SELECT id, email FROM public.users").size(), 0u);
  EXPECT_EQ(chosen_by("SELECT id, lower(email) AS mail FROM public.users").size(), 0u);
  EXPECT_EQ(chosen_by("SELECT id FROM public.users WHERE email > 'm'").size(), 1u);
  EXPECT_EQ(chosen_by("SELECT DISTINCT email FROM public.users").size(), 1u);
  EXPECT_EQ(chosen_by("SELECT email, count(*) AS n FROM public.users GROUP BY email").size(), 1u);
  EXPECT_EQ(chosen_by("SELECT id FROM public.users ORDER BY email").size(), 1u);
  EXPECT_EQ(chosen_by("SELECT id, regexp_split_to_table(email, '@') AS part FROM public.users").size(), 1u);
}

}  // namespace
}  // namespace sluice::sql
