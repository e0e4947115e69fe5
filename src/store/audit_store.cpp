#include "store/audit_store.h"

#include <cstring>
#include <utility>

#include "audit/record_json.h"
#include "store/approval_rows.h"
#include "usage/shape_bytes.h"

namespace sluice::store {
namespace {

constexpr std::string_view kSelectDescribed =
    "SELECT d.sequence, d.journal, d.number, s.id, s.shape FROM described AS d JOIN shapes AS s ON s.id = d.shape WHERE ";

Result<std::optional<Described>> read_described(Query& select) {
  SLUICE_TRY(row, select.step());
  if (!row) return std::optional<Described>();
  auto known = std::make_shared<KnownShape>();
  known->id = select.number(3);
  known->bytes = select.text(4);
  SLUICE_TRY(shape, usage::decode_shape(known->bytes));
  known->shape = std::move(shape);
  return std::optional(Described{select.unsigned_number(0), {select.text(1), select.unsigned_number(2)}, std::move(known)});
}

/// The store's number of a shape that is new to it.
Result<std::int64_t> number_shape(const Database& database, const std::string& bytes) {
  SLUICE_TRY(insert, database.prepare("INSERT INTO shapes (shape) VALUES (?) ON CONFLICT DO NOTHING"));
  SLUICE_CHECK(insert.bind_blob(bytes).run());
  SLUICE_TRY(select, database.prepare("SELECT id FROM shapes WHERE shape = ?"));
  SLUICE_TRY(row, select.bind_blob(bytes).step());
  if (!row) return make_error(ErrorKind::store_unavailable, "store did not keep a shape");
  return select.number(0);
}

Status add_described(const Database& database, const std::vector<Described>& list, std::vector<std::shared_ptr<KnownShape>>& numbered) {
  if (list.empty()) return Done{};
  SLUICE_TRY(insert, database.prepare("INSERT INTO described (sequence, journal, number, shape) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"));
  for (const Described& described : list) {
    KnownShape& shape = *described.shape;
    if (shape.id == 0) {
      SLUICE_TRY(id, number_shape(database, shape.bytes));
      shape.id = id;
      numbered.push_back(described.shape);
    }
    insert.reset();
    insert.bind(described.sequence).bind(described.source.journal).bind(described.source.number);
    SLUICE_CHECK(insert.bind(shape.id).run());
  }
  return Done{};
}

std::string joined(const std::vector<std::string>& tags) {
  std::string text;
  for (const std::string& tag : tags) text += "\n" + tag;
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> tags;
  while (!text.empty()) {
    text.remove_prefix(1);
    tags.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(tags.back().size());
  }
  return tags;
}

Status add_counts(const Database& database, const usage::UsageMap& counts) {
  if (counts.empty()) return Done{};
  SLUICE_TRY(upsert,
             database.prepare("INSERT INTO usage (subject, hour, identity, acts_for, database, table_name, column_name, tags, use, masked, "
                              "statements, row_count, value_count, byte_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                              "ON CONFLICT DO UPDATE SET statements = statements + excluded.statements, "
                              "row_count = row_count + excluded.row_count, value_count = value_count + excluded.value_count, "
                              "byte_count = byte_count + excluded.byte_count"));
  for (const auto& [key, count] : counts) {
    upsert.reset();
    upsert.bind(usage::to_text(key.subject)).bind(key.hour).bind(key.identity).bind(key.acts_for).bind(key.database).bind(key.table);
    upsert.bind(key.column).bind(joined(key.tags)).bind(key.use).bind(key.masked);
    upsert.bind(count.statements).bind(count.rows).bind(count.values).bind(count.bytes);
    SLUICE_CHECK(upsert.run());
  }
  return Done{};
}

Status set_folded(const Database& database, const audit::ChainHead& head) {
  SLUICE_TRY(set, database.prepare("INSERT INTO audit_folded (one, sequence, digest) VALUES (1, ?, ?) "
                                   "ON CONFLICT DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest"));
  return set.bind(head.sequence).bind_blob(bytes_of(head.digest)).run();
}

Status delete_outbox(const Database& database, std::uint64_t done) {
  SLUICE_TRY(remove, database.prepare("DELETE FROM audit_outbox WHERE number <= ?"));
  return remove.bind(done).run();
}

}  // namespace

Result<std::vector<audit::Record>> AuditStore::outbox(std::uint64_t after) {
  return store_.use([&](const Database& database) -> Result<std::vector<audit::Record>> {
    SLUICE_TRY(select, database.prepare("SELECT number, record FROM audit_outbox WHERE number > ? ORDER BY number LIMIT 1000"));
    select.bind(after);
    std::vector<audit::Record> records;
    for (;;) {
      SLUICE_TRY(row, select.step());
      if (!row) return records;
      SLUICE_TRY(record, audit::decode_record(select.text(1)));
      record.source = {store_.id(), select.unsigned_number(0)};
      records.push_back(std::move(record));
    }
  });
}

Status AuditStore::enqueue(Timestamp at, const audit::Event& event) {
  return store_.use([&](const Database& database) { return store::enqueue(database, at, event); });
}

Result<audit::ChainHead> AuditStore::folded() {
  return store_.use([&](const Database& database) -> Result<audit::ChainHead> {
    SLUICE_TRY(select, database.prepare("SELECT sequence, digest FROM audit_folded"));
    SLUICE_TRY(row, select.step());
    audit::ChainHead head;
    if (!row) return head;
    head.sequence = select.unsigned_number(0);
    const std::string digest = select.text(1);
    if (digest.size() != head.digest.size()) return make_error(ErrorKind::store_unavailable, "stored head of the audit log is damaged");
    std::memcpy(head.digest.data(), digest.data(), digest.size());
    return head;
  });
}

Status AuditStore::fold(const Batch& batch) {
  std::vector<std::shared_ptr<KnownShape>> numbered;
  Status folded = store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_CHECK(add_described(database, batch.described, numbered));
    SLUICE_CHECK(add_counts(database, batch.counts));
    SLUICE_CHECK(set_folded(database, batch.head));
    SLUICE_CHECK(delete_outbox(database, batch.outbox_done));
    return transaction.commit();
  });
  if (!folded.ok()) {
    for (const auto& shape : numbered) shape->id = 0;  // rolled back with the rest
  }
  return folded;
}

Result<std::optional<Described>> AuditStore::described(const audit::Source& source) {
  return store_.use([&](const Database& database) -> Result<std::optional<Described>> {
    SLUICE_TRY(select, database.prepare(std::string(kSelectDescribed) + "d.journal = ? AND d.number = ?"));
    select.bind(source.journal).bind(source.number);
    return read_described(select);
  });
}

Result<std::optional<Described>> AuditStore::described(std::uint64_t sequence) {
  return store_.use([&](const Database& database) -> Result<std::optional<Described>> {
    SLUICE_TRY(select, database.prepare(std::string(kSelectDescribed) + "d.sequence = ?"));
    select.bind(sequence);
    return read_described(select);
  });
}

Status AuditStore::forget_journal(const std::string& journal) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(remove, database.prepare("DELETE FROM described WHERE journal = ?"));
    return remove.bind(journal).run();
  });
}

Result<usage::UsageReport> AuditStore::usage(const usage::UsageQuery& query) {
  return store_.use([&](const Database& database) { return read_usage(database, query); });
}

Result<usage::UsageReport> read_usage(const Database& database, const usage::UsageQuery& query) {
  const usage::Subject subject = usage::subject_of(query);
  SLUICE_TRY(select, database.prepare("SELECT hour, identity, acts_for, database, table_name, column_name, tags, use, masked, statements, "
                                      "row_count, value_count, byte_count FROM usage WHERE subject = ? AND hour >= ? AND hour <= ?"));
  select.bind(usage::to_text(subject)).bind(query.from ? usage::hour_of(*query.from) : 0);
  select.bind(query.to ? usage::hour_of(*query.to) : INT64_MAX);
  usage::UsageMap counts;
  for (;;) {
    SLUICE_TRY(row, select.step());
    if (!row) return usage::make_report(counts, query);
    usage::UsageKey key{subject,        select.number(0), select.text(1), select.text(2), select.text(3),
                        select.text(4), select.text(5),   split(select.text(6)), select.text(7), select.number(8) != 0};
    counts[std::move(key)] += {select.unsigned_number(9), select.unsigned_number(10), select.unsigned_number(11), select.unsigned_number(12)};
  }
}

usage::StatementShape shape_of(const audit::StatementFacts& facts) {
  usage::StatementShape shape{facts.identity.id, facts.identity.acts_for, facts.database, facts.tables, {}, facts.output_columns};
  for (const audit::ColumnUsage& column : facts.columns) {
    shape.columns.push_back({column.table, column.column, column.tags, column.use, column.masked});
  }
  return shape;
}

}  // namespace sluice::store
