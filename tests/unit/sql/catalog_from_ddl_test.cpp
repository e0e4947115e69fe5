#include "support/catalog_from_ddl.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace sluice::test {
namespace {

using sql::Column;
using sql::Relation;

constexpr std::string_view kDdl = R"(
CREATE SCHEMA app;
CREATE DOMAIN app.mail AS text CHECK (value LIKE '%@%');
CREATE TYPE app.mood AS ENUM ('good', 'bad');
CREATE TABLE app.users (
  id bigserial PRIMARY KEY,
  name varchar(20) NOT NULL,
  email app.mail UNIQUE,
  moods app.mood[],
  born timestamp(3) with time zone,
  balance numeric(10,2) DEFAULT 0,
  code char(4),
  folded text GENERATED ALWAYS AS (lower(name) || "code") STORED,
  UNIQUE (name, code),
  UNIQUE (born) DEFERRABLE,
  CHECK (balance > id)
);
CREATE TABLE app.notes (name varchar(20), "user" bigint REFERENCES app.users, code char(4), FOREIGN KEY (name, code) REFERENCES app.users (name, code));
CREATE TABLE app.events (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE app.events_1 PARTITION OF app.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE UNIQUE INDEX ON app.users (balance) WHERE id > 3;
CREATE UNIQUE INDEX ON app.users (code);
CREATE VIEW app.names AS SELECT u.id, u.name AS called, count(*) AS n FROM app.users u GROUP BY u.id, u.name;
CREATE MATERIALIZED VIEW app.stored AS SELECT users.email FROM app.users WITH NO DATA;
CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'begin end';
CREATE TRIGGER t BEFORE INSERT ON app.users FOR EACH ROW EXECUTE FUNCTION app.f();
ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;
INSERT INTO app.users VALUES (1);
)";

TEST(CatalogFromDdl, KnowsColumnsAsTheDatabaseWould) {
  const auto catalog = catalog_from_ddl(kDdl);
  const Relation* users = catalog->relation("app", "users");
  ASSERT_NE(users, nullptr);
  const auto type = [&](std::string_view name) { return users->column(name)->type_name; };
  EXPECT_EQ(type("id"), "bigint");
  EXPECT_EQ(type("name"), "character varying(20)");
  EXPECT_EQ(users->column("name")->type_modifier, 24);
  EXPECT_EQ(type("email"), "app.mail");
  EXPECT_EQ(users->column("email")->type_kind, 'd');
  EXPECT_EQ(users->column("email")->type_category, 'S');
  EXPECT_EQ(type("moods"), "app.mood[]");
  EXPECT_EQ(users->column("moods")->type_category, 'A');
  EXPECT_EQ(type("born"), "timestamp(3) with time zone");
  EXPECT_EQ(type("balance"), "numeric(10,2)");
  EXPECT_EQ(users->column("balance")->type_modifier, (10 << 16 | 2) + 4);
  EXPECT_EQ(type("code"), "character(4)");
  EXPECT_TRUE(users->column("id")->not_null);
  EXPECT_TRUE(users->column("name")->not_null);
  EXPECT_EQ(users->column("folded")->generated_from, (std::vector<std::int16_t>{2, 7}));
  EXPECT_EQ(users->primary_key, (std::vector<std::int16_t>{1}));
  EXPECT_EQ(users->unique_keys, (std::vector<std::vector<std::int16_t>>{{1}, {2, 7}, {3}, {7}}));
  EXPECT_EQ(users->conflict_keys, (std::vector<std::vector<std::int16_t>>{{1, 6}, {5}}));
  EXPECT_EQ(users->checks, (std::vector<std::vector<std::int16_t>>{{1, 6}}));
  const Relation* notes = catalog->relation("app", "notes");
  EXPECT_EQ(notes->foreign_keys, (std::vector<sql::ForeignKey>{{{1, 3}, users->oid, {2, 7}}, {{2}, users->oid, {1}}}));
  EXPECT_TRUE(users->has_user_triggers);
  EXPECT_TRUE(users->has_row_security);
  EXPECT_NE(catalog->relation("app", "users_id_seq"), nullptr);
}

TEST(CatalogFromDdl, KnowsPartitionsViewsAndWhatElseHasAName) {
  const auto catalog = catalog_from_ddl(kDdl);
  const Relation* events = catalog->relation("app", "events");
  const Relation* part = catalog->relation("app", "events_1");
  EXPECT_EQ(events->kind, sql::RelationKind::partitioned_table);
  ASSERT_EQ(catalog->children(events->oid).size(), 1u);
  EXPECT_EQ(catalog->children(events->oid)[0], part->oid);
  EXPECT_EQ(part->columns.size(), 2u);
  EXPECT_EQ(part->primary_key, events->primary_key);

  const Relation* names = catalog->relation("app", "names");
  ASSERT_EQ(names->columns.size(), 3u);
  EXPECT_EQ(names->columns[1].name, "called");
  EXPECT_EQ(names->columns[1].type_name, "character varying(20)");
  EXPECT_EQ(names->columns[2].type_name, "bigint");
  EXPECT_TRUE(names->view_definition.starts_with("SELECT u.id"));
  EXPECT_EQ(catalog->relation("app", "stored")->view_definition, "SELECT users.email FROM app.users");

  EXPECT_TRUE(catalog->has_user_function("app", "f"));
  EXPECT_TRUE(catalog->has_schema("app"));
  EXPECT_TRUE(catalog->relation("pg_catalog", "pg_class")->system);
}

TEST(CatalogFromDdl, ThrowsForWhatItDoesNotUnderstand) {
  EXPECT_THROW((void)catalog_from_ddl("CREATE TABLE t (a nosuchtype)"), std::runtime_error);
  EXPECT_THROW((void)catalog_from_ddl("DROP TABLE t"), std::runtime_error);
  EXPECT_THROW((void)catalog_from_ddl("CREATE"), std::runtime_error);
}

}  // namespace
}  // namespace sluice::test
