#include "store/webhook_store.h"

#include "store/approval_rows.h"

namespace sluice::store {
namespace {

std::string position_name(const std::string& webhook) { return "webhook:" + webhook; }

Result<std::uint64_t> count_of(const Database& database, const std::string& webhook) {
  SLUICE_TRY(query, database.prepare("SELECT count(*) FROM webhook_deliveries WHERE webhook = ?"));
  query.bind(webhook);
  SLUICE_TRY(row, query.step());
  return row ? query.unsigned_number(0) : 0;
}

Status set_position(const Database& database, const std::string& webhook, std::uint64_t number) {
  SLUICE_TRY(upsert, database.prepare("INSERT INTO channel_positions (channel, number) VALUES (?, ?) ON CONFLICT (channel) DO UPDATE "
                                      "SET number = max(number, excluded.number)"));
  return upsert.bind(position_name(webhook)).bind(number).run();
}

}  // namespace

Result<std::uint64_t> WebhookStore::position(const std::string& webhook) {
  return store_.use([&](const Database& database) -> Result<std::uint64_t> {
    {
      SLUICE_TRY(known, database.prepare("SELECT number FROM channel_positions WHERE channel = ?"));
      known.bind(position_name(webhook));
      SLUICE_TRY(row, known.step());
      if (row) return known.unsigned_number(0);
    }
    SLUICE_TRY(last, database.prepare("SELECT max(number) FROM approval_changes"));
    SLUICE_TRY(row, last.step());
    const std::uint64_t number = row && !last.is_null(0) ? last.unsigned_number(0) : 0;
    SLUICE_CHECK(set_position(database, webhook, number));
    return number;
  });
}

Result<std::uint64_t> WebhookStore::add(const std::string& webhook, const std::vector<WebhookDelivery>& deliveries, std::uint64_t number) {
  return store_.use([&](const Database& database) -> Result<std::uint64_t> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(insert, database.prepare("INSERT INTO webhook_deliveries (webhook, number, event, body, due) VALUES (?, ?, ?, ?, ?) "
                                        "ON CONFLICT DO NOTHING"));
    for (const WebhookDelivery& delivery : deliveries) {
      insert.reset();
      insert.bind(webhook).bind(delivery.number).bind(delivery.event).bind(delivery.body);
      SLUICE_CHECK(insert.bind(number_of(delivery.due)).run());
    }
    SLUICE_CHECK(set_position(database, webhook, number));
    std::uint64_t given_up = 0;
    SLUICE_TRY(count, count_of(database, webhook));
    if (count > kMaxDeliveries) {
      given_up = count - kMaxDeliveries;
      SLUICE_TRY(drop, database.prepare("DELETE FROM webhook_deliveries WHERE webhook = ?1 AND number IN "
                                        "(SELECT number FROM webhook_deliveries WHERE webhook = ?1 ORDER BY number LIMIT ?2)"));
      SLUICE_CHECK(drop.bind(webhook).bind(given_up).run());
    }
    SLUICE_CHECK(transaction.commit());
    return given_up;
  });
}

Result<std::optional<WebhookDelivery>> WebhookStore::next(const std::string& webhook) {
  return store_.use([&](const Database& database) -> Result<std::optional<WebhookDelivery>> {
    SLUICE_TRY(query, database.prepare("SELECT number, event, body, attempts, due FROM webhook_deliveries WHERE webhook = ? "
                                       "ORDER BY due, number LIMIT 1"));
    query.bind(webhook);
    SLUICE_TRY(row, query.step());
    if (!row) return std::optional<WebhookDelivery>();
    return std::optional(WebhookDelivery{query.unsigned_number(0), query.text(1), query.text(2), static_cast<std::uint32_t>(query.number(3)),
                                         time_of(query.number(4))});
  });
}

Status WebhookStore::retry(const std::string& webhook, std::uint64_t number, Timestamp due) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(update, database.prepare("UPDATE webhook_deliveries SET attempts = attempts + 1, due = ? WHERE webhook = ? AND number = ?"));
    return update.bind(number_of(due)).bind(webhook).bind(number).run();
  });
}

Status WebhookStore::remove(const std::string& webhook, std::uint64_t number) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(remove, database.prepare("DELETE FROM webhook_deliveries WHERE webhook = ? AND number = ?"));
    return remove.bind(webhook).bind(number).run();
  });
}

Result<std::uint64_t> WebhookStore::waiting(const std::string& webhook) {
  return store_.use([&](const Database& database) { return count_of(database, webhook); });
}

Status WebhookStore::disable(const std::string& webhook, const std::string& url, Timestamp now) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(upsert, database.prepare("INSERT INTO webhooks_disabled (webhook, url_sha256, at) VALUES (?, ?, ?) ON CONFLICT (webhook) DO UPDATE "
                                        "SET url_sha256 = excluded.url_sha256, at = excluded.at"));
    SLUICE_CHECK(upsert.bind(webhook).bind(to_hex(sha256(url))).bind(number_of(now)).run());
    SLUICE_TRY(drop, database.prepare("DELETE FROM webhook_deliveries WHERE webhook = ?"));
    SLUICE_CHECK(drop.bind(webhook).run());
    return transaction.commit();
  });
}

Result<bool> WebhookStore::is_disabled(const std::string& webhook, const std::string& url) {
  return store_.use([&](const Database& database) -> Result<bool> {
    SLUICE_TRY(query, database.prepare("SELECT 1 FROM webhooks_disabled WHERE webhook = ? AND url_sha256 = ?"));
    query.bind(webhook).bind(to_hex(sha256(url)));
    SLUICE_TRY(row, query.step());
    return row;
  });
}

}  // namespace sluice::store
