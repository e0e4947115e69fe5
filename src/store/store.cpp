#include "store/store.h"

#include <array>

#include "audit/record_json.h"
#include "base/digest.h"
#include "store/migrations.h"

namespace sluice::store {
namespace {

Result<std::string> identity_of(const Database& database) {
  std::array<std::uint8_t, 8> random{};
  fill_random(random);
  SLUICE_TRY(insert, database.prepare("INSERT INTO meta (name, value) VALUES ('store_id', ?) ON CONFLICT DO NOTHING"));
  SLUICE_CHECK(insert.bind(to_hex(random)).run());
  SLUICE_TRY(select, database.prepare("SELECT value FROM meta WHERE name = 'store_id'"));
  SLUICE_TRY(row, select.step());
  if (!row) return make_error(ErrorKind::store_unavailable, "store has no identity");
  return select.text(0);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
  SLUICE_TRY(database, Database::open(path, OpenMode::read_write));
  SLUICE_CHECK(migrate(database));
  std::unique_ptr<Store> store(new Store(std::move(database)));
  SLUICE_TRY(id, identity_of(store->database_));
  store->id_ = std::move(id);
  return store;
}

Result<std::uint64_t> Store::version_of(const std::string& kind, const std::string& name, const std::string& fingerprint) {
  return use([&](const Database& database) -> Result<std::uint64_t> {
    SLUICE_TRY(upsert, database.prepare("INSERT INTO versions (kind, name, version, fingerprint) VALUES (?1, ?2, 1, ?3) "
                                        "ON CONFLICT (kind, name) DO UPDATE SET version = version + (fingerprint <> excluded.fingerprint), "
                                        "fingerprint = excluded.fingerprint RETURNING version"));
    SLUICE_TRY(row, upsert.bind(kind).bind(name).bind(fingerprint).step());
    if (!row) return make_error(ErrorKind::store_unavailable, "store gave no version");
    const std::uint64_t version = upsert.unsigned_number(0);
    SLUICE_TRY(more, upsert.step());  // the statement is only done, and committed, after its last row
    static_cast<void>(more);
    return version;
  });
}

Status enqueue(const Database& database, Timestamp at, const audit::Event& event) {
  std::string text;
  audit::append_record(text, {0, at, {}, event});
  text.push_back('}');
  SLUICE_TRY(insert, database.prepare("INSERT INTO audit_outbox (record) VALUES (?)"));
  return insert.bind(text).run();
}

}  // namespace sluice::store
