#include "store/channel_store.h"

#include <array>

#include "store/approval_rows.h"

namespace sluice::store {
namespace {

// Without letters and digits that people take for each other.
constexpr std::string_view kCodeAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static_assert(kCodeAlphabet.size() == 32);

std::string make_code() {
  std::array<std::uint8_t, 10> random{};
  fill_random(random);
  std::string code;
  for (const std::uint8_t byte : random) code += kCodeAlphabet[byte % kCodeAlphabet.size()];
  return code;
}

std::string code_digest(const std::string& code) { return to_hex(sha256("sluice link code " + code)); }

Result<std::uint64_t> number_from(const Database& database, const char* sql) {
  SLUICE_TRY(query, database.prepare(sql));
  SLUICE_TRY(row, query.step());
  return row && !query.is_null(0) ? query.unsigned_number(0) : 0;
}

}  // namespace

Result<std::vector<ApprovalChange>> ChannelStore::changes_after(std::uint64_t number, std::size_t limit) {
  return store_.use([&](const Database& database) -> Result<std::vector<ApprovalChange>> {
    SLUICE_TRY(query, database.prepare("SELECT number, request, kind, at FROM approval_changes WHERE number > ? ORDER BY number LIMIT ?"));
    query.bind(number).bind(limit);
    std::vector<ApprovalChange> changes;
    for (;;) {
      SLUICE_TRY(row, query.step());
      if (!row) return changes;
      changes.push_back({query.unsigned_number(0), RequestId{query.text(1)}, query.text(2), time_of(query.number(3))});
    }
  });
}

Result<std::uint64_t> ChannelStore::last_change() {
  return store_.use([](const Database& database) { return number_from(database, "SELECT max(number) FROM approval_changes"); });
}

Result<std::uint64_t> ChannelStore::position(const std::string& channel) {
  return store_.use([&](const Database& database) -> Result<std::uint64_t> {
    SLUICE_TRY(known, database.prepare("SELECT number FROM channel_positions WHERE channel = ?"));
    known.bind(channel);
    SLUICE_TRY(row, known.step());
    if (row) return known.unsigned_number(0);
    SLUICE_TRY(first, number_from(database, "SELECT min(c.number) FROM approval_changes c JOIN approval_requests r ON r.id = c.request "
                                            "WHERE r.state IN ('pending', 'approved')"));
    if (first > 0) return first - 1;
    return number_from(database, "SELECT max(number) FROM approval_changes");
  });
}

Status ChannelStore::advance(const std::string& channel, std::uint64_t number) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(upsert, database.prepare("INSERT INTO channel_positions (channel, number) VALUES (?, ?) ON CONFLICT (channel) DO UPDATE "
                                        "SET number = max(number, excluded.number)"));
    return upsert.bind(channel).bind(number).run();
  });
}

Result<std::vector<ChannelMessage>> ChannelStore::messages(const std::string& channel, const RequestId& request) {
  return store_.use([&](const Database& database) -> Result<std::vector<ChannelMessage>> {
    SLUICE_TRY(query, database.prepare("SELECT target, reference, shown FROM channel_messages WHERE channel = ? AND request = ? ORDER BY target"));
    query.bind(channel).bind(request.text);
    std::vector<ChannelMessage> messages;
    for (;;) {
      SLUICE_TRY(row, query.step());
      if (!row) return messages;
      messages.push_back({request, query.text(0), query.text(1), query.text(2)});
    }
  });
}

Status ChannelStore::keep(const std::string& channel, const ChannelMessage& message) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(upsert, database.prepare("INSERT INTO channel_messages (channel, request, target, reference, shown) VALUES (?, ?, ?, ?, ?) "
                                        "ON CONFLICT (channel, request, target) DO UPDATE SET reference = excluded.reference, shown = excluded.shown"));
    return upsert.bind(channel).bind(message.request.text).bind(message.target).bind(message.reference).bind(message.shown).run();
  });
}

Result<std::string> ChannelStore::make_link_code(const std::string& channel, const std::string& account, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<std::string> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(old, database.prepare("DELETE FROM channel_link_codes WHERE (channel = ? AND account = ?) OR expires <= ?"));
    SLUICE_CHECK(old.bind(channel).bind(account).bind(number_of(now)).run());
    std::string code = make_code();
    SLUICE_TRY(insert, database.prepare("INSERT INTO channel_link_codes (code_sha256, channel, account, expires) VALUES (?, ?, ?, ?)"));
    SLUICE_CHECK(insert.bind(code_digest(code)).bind(channel).bind(account).bind(number_of(now + kLinkCodeLife)).run());
    SLUICE_CHECK(transaction.commit());
    return code;
  });
}

Result<ChannelAccount> ChannelStore::confirm_link(const std::string& code, const IdentityId& identity, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<ChannelAccount> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(take, database.prepare("DELETE FROM channel_link_codes WHERE code_sha256 = ? AND expires > ? RETURNING channel, account"));
    take.bind(code_digest(code)).bind(number_of(now));
    SLUICE_TRY(found, take.step());
    if (!found) return make_error(ErrorKind::not_found, "no such code", "A code can be used once, and for ten minutes.");
    ChannelAccount account{take.text(0), take.text(1), identity, now};
    take.reset();
    SLUICE_TRY(upsert, database.prepare("INSERT INTO channel_accounts (channel, account, identity, linked) VALUES (?, ?, ?, ?) "
                                        "ON CONFLICT (channel, account) DO UPDATE SET identity = excluded.identity, linked = excluded.linked"));
    SLUICE_CHECK(upsert.bind(account.channel).bind(account.account).bind(identity.text).bind(number_of(now)).run());
    SLUICE_CHECK(enqueue(database, now, audit::ChannelAccountLinked{account.channel, account.account, identity, true}));
    SLUICE_CHECK(transaction.commit());
    return account;
  });
}

Result<std::optional<IdentityId>> ChannelStore::person_of(const std::string& channel, const std::string& account) {
  return store_.use([&](const Database& database) -> Result<std::optional<IdentityId>> {
    SLUICE_TRY(query, database.prepare("SELECT identity FROM channel_accounts WHERE channel = ? AND account = ?"));
    query.bind(channel).bind(account);
    SLUICE_TRY(row, query.step());
    if (!row) return std::optional<IdentityId>();
    return std::optional(IdentityId{query.text(0)});
  });
}

Result<std::vector<ChannelAccount>> ChannelStore::accounts_of(const IdentityId& identity) {
  return store_.use([&](const Database& database) -> Result<std::vector<ChannelAccount>> {
    SLUICE_TRY(query, database.prepare("SELECT channel, account, linked FROM channel_accounts WHERE identity = ? ORDER BY channel, account"));
    query.bind(identity.text);
    std::vector<ChannelAccount> accounts;
    for (;;) {
      SLUICE_TRY(row, query.step());
      if (!row) return accounts;
      accounts.push_back({query.text(0), query.text(1), identity, time_of(query.number(2))});
    }
  });
}

Status ChannelStore::unlink(const std::string& channel, const std::string& account, const IdentityId& identity, Timestamp now) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(remove, database.prepare("DELETE FROM channel_accounts WHERE channel = ? AND account = ? AND identity = ?"));
    SLUICE_CHECK(remove.bind(channel).bind(account).bind(identity.text).run());
    if (database.changes() != 1) return make_error(ErrorKind::not_found, "no such account");
    SLUICE_CHECK(enqueue(database, now, audit::ChannelAccountLinked{channel, account, identity, false}));
    return transaction.commit();
  });
}

Result<bool> ChannelStore::first_sight(const std::string& channel, const std::string& callback, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<bool> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(old, database.prepare("DELETE FROM channel_callbacks WHERE at < ?"));
    SLUICE_CHECK(old.bind(number_of(now - kCallbackMemory)).run());
    SLUICE_TRY(insert, database.prepare("INSERT INTO channel_callbacks (channel, callback, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"));
    SLUICE_CHECK(insert.bind(channel).bind(to_hex(sha256(callback))).bind(number_of(now)).run());
    const bool first = database.changes() == 1;
    SLUICE_CHECK(transaction.commit());
    return first;
  });
}

}  // namespace sluice::store
