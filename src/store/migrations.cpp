#include "store/migrations.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace sluice::store {
namespace {

// A step is never edited once it was released: its checksum is kept in every store. Times are microseconds
// since 1970 UTC, hours are hours since 1970 UTC.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE versions (              -- of policy and catalogs: the same content keeps its number
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval_requests (
  id TEXT PRIMARY KEY,
  digest BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'expired', 'withdrawn', 'consumed')),
  waits INTEGER NOT NULL,            -- 1: a session waits for it; 0: the statement will be sent again
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  valid_until INTEGER,
  changed INTEGER NOT NULL,          -- when the state was entered
  document TEXT NOT NULL             -- held statement and requirement, JSON
) STRICT;
-- At most one open request for one digest: two that are the same thing can never both be approved.
CREATE UNIQUE INDEX approval_open ON approval_requests (digest) WHERE state IN ('pending', 'approved');
CREATE INDEX approval_by_digest ON approval_requests (digest, changed);
CREATE INDEX approval_by_state ON approval_requests (state, expires);

CREATE TABLE approval_votes (
  request TEXT NOT NULL REFERENCES approval_requests (id),
  position INTEGER NOT NULL,
  approver TEXT NOT NULL,
  approve INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  PRIMARY KEY (request, approver)    -- a person counts once
) STRICT, WITHOUT ROWID;

-- Audit records born in the store, in the same transaction as what they tell of. The audit log takes them
-- over, each exactly once, by their number.
CREATE TABLE audit_outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  record TEXT NOT NULL
) STRICT;

CREATE TABLE audit_folded (          -- one row: up to where the log is contained in the usage counts
  one INTEGER PRIMARY KEY CHECK (one = 1),
  sequence INTEGER NOT NULL,
  digest BLOB NOT NULL
) STRICT;

CREATE TABLE shapes (                -- what statements can have in common: identity, database, columns …
  id INTEGER PRIMARY KEY,
  shape BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE described (             -- which shape the statement_described records of the log have
  sequence INTEGER PRIMARY KEY,
  journal TEXT NOT NULL,
  number INTEGER NOT NULL,
  shape INTEGER NOT NULL REFERENCES shapes (id)
) STRICT;
CREATE UNIQUE INDEX described_by_source ON described (journal, number);

CREATE TABLE usage (
  hour INTEGER NOT NULL,
  identity TEXT NOT NULL,
  acts_for TEXT NOT NULL,
  database TEXT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('statement', 'table', 'column', 'tag')),
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  tags TEXT NOT NULL,                -- of a column: sorted, each after a newline; of a tag: the tag
  use TEXT NOT NULL,
  masked INTEGER NOT NULL,
  statements INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  value_count INTEGER NOT NULL,
  byte_count INTEGER NOT NULL,
  PRIMARY KEY (subject, hour, identity, acts_for, database, table_name, column_name, tags, use, masked)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kTagBindings = R"sql(
CREATE TABLE tag_bindings (          -- what the tags of the configuration have denoted: they follow renames
  alias TEXT NOT NULL,               -- the database as the configuration calls it
  system_identifier TEXT NOT NULL,   -- of the upstream's cluster
  database TEXT NOT NULL,            -- as the upstream calls it
  schema_name TEXT NOT NULL,         -- the tag as written
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  relation INTEGER NOT NULL,         -- oid
  attribute INTEGER NOT NULL,        -- 0: the whole relation
  PRIMARY KEY (alias, system_identifier, database, schema_name, table_name, column_name, relation, attribute)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag_reviewed (          -- columns that tables with tags had when first seen; all others are new
  alias TEXT NOT NULL,
  system_identifier TEXT NOT NULL,
  database TEXT NOT NULL,
  relation INTEGER NOT NULL,
  attribute INTEGER NOT NULL,        -- 0: the table itself
  PRIMARY KEY (alias, system_identifier, database, relation, attribute)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kChannels = R"sql(
ALTER TABLE approval_requests ADD COLUMN requester TEXT NOT NULL DEFAULT '';
ALTER TABLE approval_requests ADD COLUMN shape TEXT NOT NULL DEFAULT '';  -- of the statement; equal for different literals
ALTER TABLE approval_requests ADD COLUMN execution TEXT;                  -- how the statement ended, JSON
CREATE INDEX approval_by_shape ON approval_requests (requester, shape, changed);

CREATE TABLE approval_changes (      -- what happened to requests, in order: what channels, streams and webhooks follow
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  request TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE channel_positions (     -- up to which change a channel has told
  channel TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_messages (      -- copies of cards, so that they can be edited after a restart
  channel TEXT NOT NULL,
  request TEXT NOT NULL,
  target TEXT NOT NULL,              -- where it is shown
  reference TEXT NOT NULL,           -- what the channel needs to edit it
  shown TEXT NOT NULL,               -- digest of what it shows
  PRIMARY KEY (channel, request, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_accounts (      -- which person stands behind an account elsewhere
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  identity TEXT NOT NULL,
  linked INTEGER NOT NULL,
  PRIMARY KEY (channel, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_link_codes (    -- one-time codes that an account got and its person has yet to confirm
  code_sha256 TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_callbacks (     -- callbacks that were let in: none twice
  channel TEXT NOT NULL,
  callback TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, callback)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kApi = R"sql(
ALTER TABLE approval_votes ADD COLUMN card TEXT NOT NULL DEFAULT '';  -- digest of the decision card that the voter saw
CREATE INDEX approval_by_state_id ON approval_requests (state, id);
CREATE INDEX approval_by_requester_id ON approval_requests (requester, id);

CREATE TABLE approval_cards (        -- decision cards that somebody voted by
  request TEXT NOT NULL REFERENCES approval_requests (id),
  digest TEXT NOT NULL,
  card TEXT NOT NULL,                -- JSON
  PRIMARY KEY (request, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_answers (           -- calls of the REST API with an idempotency key, and what they were answered
  identity TEXT NOT NULL,
  key TEXT NOT NULL,
  call_sha256 TEXT NOT NULL,
  status INTEGER,                    -- NULL: still under way
  answer TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (identity, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_answers_by_time ON api_answers (at);

CREATE TABLE webhook_deliveries (    -- events that a webhook has not taken yet
  webhook TEXT NOT NULL,
  number INTEGER NOT NULL,           -- of the change
  event TEXT NOT NULL,               -- the webhook-id header: the same for every attempt
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL,
  PRIMARY KEY (webhook, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_by_due ON webhook_deliveries (webhook, due);

CREATE TABLE webhooks_disabled (     -- by an answer 410, until the address in the configuration changes
  webhook TEXT PRIMARY KEY,
  url_sha256 TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kDecisions = R"sql(
-- Requests of earlier forms have another digest: they stay as history, nothing can happen to them any more.
ALTER TABLE approval_requests ADD COLUMN form INTEGER NOT NULL DEFAULT 2;
UPDATE approval_requests SET state = 'withdrawn' WHERE state IN ('pending', 'approved');
ALTER TABLE approval_requests ADD COLUMN escalated INTEGER;               -- since when escalation groups may approve too
ALTER TABLE approval_requests ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approval_requests ADD COLUMN due INTEGER;                     -- next reminder or escalation while pending
ALTER TABLE approval_requests ADD COLUMN standing TEXT NOT NULL DEFAULT '';  -- the standing approval that approved it
ALTER TABLE approval_requests ADD COLUMN standing_rows INTEGER NOT NULL DEFAULT 0;  -- what it may use up of that one's rows
ALTER TABLE approval_requests ADD COLUMN review TEXT;                     -- of a broken glass, JSON
CREATE INDEX approval_due ON approval_requests (due) WHERE state = 'pending';

CREATE TABLE approval_votes_now (
  request TEXT NOT NULL REFERENCES approval_requests (id),
  position INTEGER NOT NULL,
  approver TEXT NOT NULL,
  approve INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL,        -- who lent the right; empty: nobody
  approver_groups TEXT NOT NULL,     -- that the right came from, each after a newline
  break_glass INTEGER NOT NULL,
  lapsed INTEGER NOT NULL,           -- 1: the right was gone later, does not count
  card TEXT NOT NULL,                -- digest of the decision card that the voter saw
  PRIMARY KEY (request, approver, break_glass)  -- a person counts once
) STRICT, WITHOUT ROWID;
INSERT INTO approval_votes_now SELECT request, position, approver, approve, reason, at, channel, '', '', 0, 0, card FROM approval_votes;
DROP TABLE approval_votes;
ALTER TABLE approval_votes_now RENAME TO approval_votes;
CREATE UNIQUE INDEX approval_votes_lent ON approval_votes (request, on_behalf_of) WHERE on_behalf_of <> '';
CREATE INDEX approval_votes_glass ON approval_votes (approver, at) WHERE break_glass = 1;

CREATE TABLE delegations (           -- the right to decide, lent
  id TEXT PRIMARY KEY,
  lender TEXT NOT NULL,
  delegate TEXT NOT NULL,
  groups TEXT NOT NULL,              -- each after a newline
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  reason TEXT NOT NULL,
  created INTEGER NOT NULL,
  revoked INTEGER,
  revoked_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX delegations_by_end ON delegations (ends) WHERE revoked IS NULL;

CREATE TABLE standing_approvals (
  id TEXT PRIMARY KEY,
  scope BLOB NOT NULL,               -- digest of what passes by it
  request TEXT NOT NULL,             -- the approved request it was made from
  document TEXT NOT NULL,            -- held statement and requirement of that request, JSON
  votes TEXT NOT NULL,               -- who agreed, JSON
  created INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
  uses INTEGER NOT NULL,
  rows_left INTEGER NOT NULL CHECK (rows_left >= 0),
  last_used INTEGER,
  revoked INTEGER,
  revoked_by TEXT NOT NULL,
  revoked_why TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_by_scope ON standing_approvals (scope) WHERE revoked IS NULL;
)sql";

constexpr std::array kSteps{kFirst, kTagBindings, kChannels, kApi, kDecisions};

Status apply(const Database& database, std::size_t step, const std::string& checksum) {
  SLUICE_TRY(transaction, Transaction::begin(database));
  SLUICE_CHECK(database.execute(std::string(kSteps[step])));
  SLUICE_TRY(note, database.prepare("INSERT INTO schema_version (step, checksum) VALUES (?, ?)"));
  SLUICE_CHECK(note.bind(step + 1).bind(checksum).run());
  return transaction.commit();
}

}  // namespace

Status migrate(const Database& database) {
  SLUICE_CHECK(database.execute("CREATE TABLE IF NOT EXISTS schema_version (step INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT"));
  SLUICE_TRY(known, database.prepare("SELECT step, checksum FROM schema_version ORDER BY step"));
  std::size_t done = 0;
  for (;;) {
    SLUICE_TRY(row, known.step());
    if (!row) break;
    if (done >= kSteps.size()) return make_error(ErrorKind::store_unavailable, "store was written by a newer version");
    if (known.unsigned_number(0) != done + 1 || known.text(1) != to_hex(sha256(kSteps[done]))) {
      return make_error(ErrorKind::store_unavailable, "store has a schema that this version does not know");
    }
    ++done;
  }
  for (; done < kSteps.size(); ++done) SLUICE_CHECK(apply(database, done, to_hex(sha256(kSteps[done]))));
  return Done{};
}

}  // namespace sluice::store
