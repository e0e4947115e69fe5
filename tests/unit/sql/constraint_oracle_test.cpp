// Constraints as oracles: whether a write succeeds must tell nothing of masked values.

#include "sql/constraint_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "sql/analyse.h"
#include "support/catalog_from_ddl.h"

namespace sluice::sql {
namespace {

constexpr std::string_view kDdl = R"(
CREATE TABLE people (id int PRIMARY KEY, tenant int, email text, salary int, bonus int, nick text, code int UNIQUE,
                     CHECK (bonus < salary), UNIQUE (tenant, salary));
CREATE UNIQUE INDEX ON people (lower(email));
CREATE UNIQUE INDEX ON people (nick) WHERE salary > 10;
CREATE TABLE mails (id int PRIMARY KEY, code int REFERENCES people (code), note text);
CREATE TABLE badges (badge int PRIMARY KEY, label text);
CREATE TABLE wearers (id int PRIMARY KEY, badge int REFERENCES badges);
CREATE TABLE parent (id int, a int, b int) PARTITION BY RANGE (id);
CREATE TABLE child PARTITION OF parent (CHECK (a < b)) FOR VALUES FROM (1) TO (2);
CREATE TABLE traced (id int, secret text) PARTITION BY RANGE (id);
CREATE TABLE traced_1 PARTITION OF traced FOR VALUES FROM (1) TO (2);
CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS 'begin execute tg_argv[0]; return null; end';
CREATE TRIGGER t AFTER INSERT ON traced_1 EXECUTE FUNCTION log();
)";

class Oracle : public testing::Test {
 protected:
  void mask(std::string_view table, std::string_view column) {
    const Relation* relation = catalog_->relation("public", table);
    masks_.emplace_back(ColumnId{relation->oid, relation->column(column)->attribute}, NullMask{});
    std::sort(masks_.begin(), masks_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  bool allowed(std::string_view text) {
    auto analysed = analyse_text(text, catalog_, {});
    EXPECT_TRUE(analysed.ok()) << text << ": " << (analysed.ok() ? "" : analysed.error().message);
    auto rewritten = rewrite(*analysed, text, masks_);
    if (!rewritten.ok()) {
      EXPECT_EQ(rewritten.error().kind, ErrorKind::denied) << rewritten.error().message;
    }
    return rewritten.ok();
  }

  std::shared_ptr<const Catalog> catalog_ = test::catalog_from_ddl(kDdl);
  Masks masks_;
};

TEST_F(Oracle, UniqueIndexesOverExpressionsTellWhetherAValueExists) {
  mask("people", "email");
  EXPECT_FALSE(allowed("INSERT INTO people (id, email) VALUES (1, 'guess') ON CONFLICT DO NOTHING"));
  EXPECT_TRUE(allowed("INSERT INTO people (id, tenant) VALUES (1, 2)"));
  EXPECT_TRUE(allowed("UPDATE people SET bonus = 1"));
}

TEST_F(Oracle, ChecksCompareWhatIsWrittenWithWhatIsMasked) {
  mask("people", "salary");
  EXPECT_FALSE(allowed("UPDATE people SET bonus = 100 WHERE id = 1"));
  EXPECT_FALSE(allowed("UPDATE people SET nick = 'x' WHERE id = 1"));    // in the index or not: by the salary
  EXPECT_FALSE(allowed("UPDATE people SET tenant = 5 WHERE id = 1"));    // unique together with the salary
  EXPECT_FALSE(allowed("INSERT INTO people (id, tenant) VALUES (1, 5)"));
  EXPECT_TRUE(allowed("UPDATE people SET email = 'x' WHERE id = 1"));
  EXPECT_TRUE(allowed("INSERT INTO people (id, bonus) VALUES (1, 5)"));  // compared with what is inserted alone
  EXPECT_FALSE(allowed("INSERT INTO people (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET bonus = 7"));
}

TEST_F(Oracle, ForeignKeysTellWhatIsInTheRelationTheyReferTo) {
  mask("people", "code");
  EXPECT_FALSE(allowed("INSERT INTO mails (id, code) VALUES (1, 42)"));
  EXPECT_FALSE(allowed("UPDATE mails SET code = 42"));
  EXPECT_TRUE(allowed("INSERT INTO mails (id, note) VALUES (1, 'x')"));
  EXPECT_FALSE(allowed("COPY mails FROM STDIN"));
}

TEST_F(Oracle, DeletingTellsWhetherAMaskedForeignKeyStillRefers) {
  mask("wearers", "badge");
  EXPECT_FALSE(allowed("DELETE FROM badges WHERE badge = 7"));
  EXPECT_FALSE(allowed("DELETE FROM ONLY badges WHERE badge = 7"));
  EXPECT_FALSE(allowed("WITH d AS (DELETE FROM badges RETURNING badge) SELECT * FROM d"));
  EXPECT_FALSE(allowed("MERGE INTO badges b USING mails m ON b.badge = m.id WHEN MATCHED THEN DELETE"));
  EXPECT_FALSE(allowed("UPDATE badges SET badge = 8 WHERE badge = 7"));
  EXPECT_TRUE(allowed("UPDATE badges SET label = 'x'"));
  EXPECT_TRUE(allowed("INSERT INTO badges VALUES (9, 'x')"));
  EXPECT_TRUE(allowed("DELETE FROM mails"));
}

TEST_F(Oracle, ConstraintsOfPartitionsCount) {
  mask("parent", "b");
  EXPECT_FALSE(allowed("UPDATE parent SET a = 1"));
  EXPECT_TRUE(allowed("INSERT INTO parent (id, a) VALUES (1, 1)"));
}

TEST_F(Oracle, TriggersOfPartitionsCount) {
  mask("traced", "secret");
  EXPECT_FALSE(allowed("INSERT INTO traced (id) VALUES (1)"));
}

TEST_F(Oracle, WithoutMasksEverythingIsAllowed) {
  EXPECT_TRUE(allowed("UPDATE people SET bonus = 100, email = 'x', salary = 1"));
  EXPECT_TRUE(allowed("DELETE FROM badges"));
}

}  // namespace
}  // namespace sluice::sql
