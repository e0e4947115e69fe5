#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/audit_store.h"
#include "store/migrations.h"
#include "support/scratch_directory.h"

namespace sluice::store {
namespace {

TEST(Store, KeepsItsIdentityAndIsReadableByItsOwnerOnly) {
  const test::ScratchDirectory scratch;
  const std::string path = scratch / "store.db";
  std::string id;
  {
    const auto store = Store::open(path);
    ASSERT_TRUE(store.ok());
    id = (*store)->id();
  }
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ((*Store::open(path))->id(), id);
  EXPECT_NE((*Store::open(scratch / "other.db"))->id(), id);
}

TEST(Store, RefusesASchemaThatItDoesNotKnow) {
  const test::ScratchDirectory scratch;
  const std::string path = scratch / "store.db";
  (*Store::open(path))->use([](const Database& database) {
    EXPECT_TRUE(database.execute("UPDATE schema_version SET checksum = 'x'").ok());
    return 0;
  });
  EXPECT_EQ(Store::open(path).error().kind, ErrorKind::store_unavailable);
  EXPECT_EQ(Store::open(scratch / "no/such/folder.db").error().kind, ErrorKind::store_unavailable);
}

TEST(Store, AVersionChangesWithItsContentAndOutlivesTheProcess) {
  const test::ScratchDirectory scratch;
  for (int round = 0; round < 2; ++round) {
    const auto store = Store::open(scratch / "store.db");
    EXPECT_EQ(*(*store)->version_of("policy", "", round == 0 ? "a" : "b"), round == 0 ? 1u : 2u);
    EXPECT_EQ(*(*store)->version_of("policy", "", "b"), 2u);
    EXPECT_EQ(*(*store)->version_of("catalog", "shop", "x"), 1u);
  }
}

TEST(Store, ATransactionThatIsNotCommittedNeverWas) {
  const test::ScratchDirectory scratch;
  const auto store = Store::open(scratch / "store.db");
  (*store)->use([](const Database& database) {
    const auto transaction = Transaction::begin(database);
    EXPECT_TRUE(enqueue(database, Timestamp{}, audit::GatewayStopped{}).ok());
    return 0;
  });
  EXPECT_TRUE(AuditStore(**store).outbox(0)->empty());
}

AuditStore::Batch sample_batch(std::uint64_t sequence) {
  AuditStore::Batch batch;
  batch.head = {sequence, sha256(std::to_string(sequence))};
  usage::StatementShape shape;
  shape.identity.text = "bot";
  shape.columns = {{"public.t", "c", {"a b", "pii"}, sql::Use::output, true}};
  shape.output_columns = 1;
  usage::fold(batch.counts, shape, 10, {1, 2, 0, 3});
  return batch;
}

TEST(AuditStore, CountsAddUpAndRememberHowFarTheyGo) {
  const test::ScratchDirectory scratch;
  const auto store = Store::open(scratch / "store.db");
  AuditStore audit(**store);
  EXPECT_EQ(audit.folded()->sequence, 0u);
  ASSERT_TRUE(audit.fold(sample_batch(5)).ok());
  ASSERT_TRUE(audit.fold(sample_batch(9)).ok());
  EXPECT_EQ(*audit.folded(), (audit::ChainHead{9, sha256("9")}));
  usage::UsageQuery query;
  query.group_by = {usage::Dimension::tag};
  EXPECT_EQ(usage::to_csv(*audit.usage(query)),
            "tag,use,masked,statements,rows,values,bytes\r\na b,output,masked,2,4,4,6\r\npii,output,masked,2,4,4,6\r\n");
}

TEST(AuditStore, AReaderWithoutRightsToWriteSeesTheSame) {
  const test::ScratchDirectory scratch;
  const auto store = Store::open(scratch / "store.db");
  ASSERT_TRUE(AuditStore(**store).fold(sample_batch(5)).ok());
  const auto reader = Database::open(scratch / "store.db", OpenMode::read_only);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(read_usage(*reader, {})->lines.size(), 1u);
  EXPECT_FALSE(reader->execute("DELETE FROM usage").ok());
}

TEST(AuditStore, TheOutboxKeepsItsNumbersAfterItWasEmptied) {
  const test::ScratchDirectory scratch;
  const auto store = Store::open(scratch / "store.db");
  AuditStore audit(**store);
  ASSERT_TRUE(audit.enqueue(Timestamp{}, audit::GatewayStopped{}).ok());
  AuditStore::Batch batch = sample_batch(5);
  batch.outbox_done = 1;
  ASSERT_TRUE(audit.fold(batch).ok());
  EXPECT_TRUE(audit.outbox(0)->empty());
  ASSERT_TRUE(audit.enqueue(Timestamp{}, audit::GatewayStopped{}).ok());
  EXPECT_EQ(audit.outbox(0)->at(0).source, (audit::Source{(*store)->id(), 2}));
}

}  // namespace
}  // namespace sluice::store
