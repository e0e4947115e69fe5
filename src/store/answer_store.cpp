#include "store/answer_store.h"

#include "store/approval_rows.h"

namespace sluice::store {

Result<Claim> AnswerStore::claim(const IdentityId& identity, const std::string& key, const Digest& call, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<Claim> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(old, database.prepare("DELETE FROM api_answers WHERE at < ?"));
    SLUICE_CHECK(old.bind(number_of(now - kAnswersKept)).run());
    Claim claim;
    {
      SLUICE_TRY(known, database.prepare("SELECT call_sha256, status, answer FROM api_answers WHERE identity = ? AND key = ?"));
      known.bind(identity.text).bind(key);
      SLUICE_TRY(row, known.step());
      if (row) {
        if (known.text(0) != to_hex(call)) {
          claim.kind = Claim::Kind::other_call;
        } else if (known.is_null(1)) {
          claim.kind = Claim::Kind::under_way;
        } else {
          claim = {Claim::Kind::answered, static_cast<int>(known.number(1)), known.text(2)};
        }
        return claim;
      }
    }
    {
      SLUICE_TRY(count, database.prepare("SELECT count(*) FROM api_answers WHERE identity = ?"));
      count.bind(identity.text);
      SLUICE_TRY(counted, count.step());
      if (counted && count.unsigned_number(0) >= kMaxAnswers) {
        claim.kind = Claim::Kind::too_many;
        return claim;
      }
    }
    SLUICE_TRY(insert, database.prepare("INSERT INTO api_answers (identity, key, call_sha256, at) VALUES (?, ?, ?, ?)"));
    SLUICE_CHECK(insert.bind(identity.text).bind(key).bind(to_hex(call)).bind(number_of(now)).run());
    SLUICE_CHECK(transaction.commit());
    return claim;
  });
}

Status AnswerStore::settle(const IdentityId& identity, const std::string& key, int status, const std::string& answer) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(update, database.prepare("UPDATE api_answers SET status = ?, answer = ? WHERE identity = ? AND key = ?"));
    return update.bind(status).bind(answer).bind(identity.text).bind(key).run();
  });
}

Status AnswerStore::release(const IdentityId& identity, const std::string& key) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(remove, database.prepare("DELETE FROM api_answers WHERE identity = ? AND key = ? AND status IS NULL"));
    return remove.bind(identity.text).bind(key).run();
  });
}

Status AnswerStore::release_all() {
  return store_.use([](const Database& database) { return database.execute("DELETE FROM api_answers WHERE status IS NULL"); });
}

}  // namespace sluice::store
