#include "store/approval_rows.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "approvals/lifecycle.h"
#include "approvals/request_json.h"

namespace sluice::store {
namespace {

using approvals::ApprovalRequest;
using approvals::Vote;

Error damaged() { return make_error(ErrorKind::store_unavailable, "stored approval request is damaged"); }

Status load_votes(Query& votes, ApprovalRequest& request) {
  votes.reset();
  votes.bind(request.id.text);
  for (;;) {
    SLUICE_TRY(row, votes.step());
    if (!row) return Done{};
    Vote vote{IdentityId{votes.text(0)}, votes.number(1) != 0, votes.text(2), time_of(votes.number(3)), votes.text(4)};
    vote.on_behalf_of.text = votes.text(5);
    vote.groups = groups_of(votes.text(6));
    vote.break_glass = votes.number(7) != 0;
    vote.lapsed = votes.number(8) != 0;
    vote.card = votes.text(9);
    request.votes.push_back(std::move(vote));
  }
}

Result<ApprovalRequest> read_row(const Query& row) {
  ApprovalRequest request;
  request.id.text = row.text(0);
  const std::string digest = row.text(1);
  const auto state = approvals::state_from_text(row.text(2));
  if (digest.size() != request.digest.size() || !state) return damaged();
  std::memcpy(request.digest.data(), digest.data(), digest.size());
  request.state = *state;
  request.created = time_of(row.number(3));
  request.expires = time_of(row.number(4));
  if (!row.is_null(5)) request.valid_until = time_of(row.number(5));
  SLUICE_CHECK(approvals::decode_request_document(row.text(6), request));
  if (!row.is_null(7)) SLUICE_CHECK(approvals::decode_execution(row.text(7), request));
  request.waits = row.number(8) != 0;
  if (!row.is_null(9)) request.escalated = time_of(row.number(9));
  request.reminders = row.unsigned_number(10);
  request.standing.text = row.text(11);
  request.standing_rows = row.unsigned_number(12);
  if (!row.is_null(13)) SLUICE_CHECK(approvals::decode_review(row.text(13), request));
  // Who could edit the document but not the digest must not get another statement approved.
  if (approvals::digest_of(request.held, request.requirement) != request.digest) return damaged();
  return request;
}

void bind_time(Query& query, const std::optional<Timestamp>& at) { at ? query.bind(number_of(*at)) : query.bind_null(); }

/// The votes that `before` did not have, and which of the others have lapsed since.
Status store_votes(const Database& database, const ApprovalRequest& before, const ApprovalRequest& after) {
  SLUICE_TRY(insert, database.prepare("INSERT INTO approval_votes (request, position, approver, approve, reason, at, channel, on_behalf_of, "
                                      "approver_groups, break_glass, lapsed, card) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  SLUICE_TRY(lapse, database.prepare("UPDATE approval_votes SET lapsed = 1 WHERE request = ? AND position = ?"));
  for (std::size_t i = 0; i < after.votes.size(); ++i) {
    const Vote& vote = after.votes[i];
    if (i >= before.votes.size()) {
      insert.reset();
      insert.bind(before.id.text).bind(i).bind(vote.approver.text).bind(vote.approve).bind(vote.reason).bind(number_of(vote.at));
      insert.bind(vote.channel).bind(vote.on_behalf_of.text).bind(text_of(vote.groups)).bind(vote.break_glass).bind(vote.lapsed).bind(vote.card);
      SLUICE_CHECK(insert.run());
    } else if (vote.lapsed != before.votes[i].lapsed) {
      lapse.reset();
      SLUICE_CHECK(lapse.bind(before.id.text).bind(i).run());
    }
  }
  return Done{};
}

}  // namespace

std::string text_of(const std::vector<GroupId>& groups) {
  std::string text;
  for (const GroupId& group : groups) text += "\n" + group.text;
  return text;
}

std::vector<GroupId> groups_of(std::string_view text) {
  std::vector<GroupId> groups;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n', 1), text.size());
    groups.push_back(GroupId{std::string(text.substr(1, end - 1))});
    text.remove_prefix(end);
  }
  return groups;
}

Result<std::vector<ApprovalRequest>> load_requests(const Database& database, std::string_view condition, const std::vector<std::string>& texts,
                                                   std::optional<std::int64_t> number) {
  std::string sql = "SELECT id, digest, state, created, expires, valid_until, document, execution, waits, escalated, reminders, standing, "
                    "standing_rows, review FROM approval_requests WHERE form = 3 AND ";
  sql += condition;
  SLUICE_TRY(select, database.prepare(sql));
  SLUICE_TRY(votes, database.prepare("SELECT approver, approve, reason, at, channel, on_behalf_of, approver_groups, break_glass, lapsed, card "
                                     "FROM approval_votes WHERE request = ? ORDER BY position"));
  for (const std::string& text : texts) select.bind_blob(text);
  if (number) select.bind(*number);
  std::vector<ApprovalRequest> requests;
  for (;;) {
    SLUICE_TRY(row, select.step());
    if (!row) return requests;
    SLUICE_TRY(request, read_row(select));
    SLUICE_CHECK(load_votes(votes, request));
    requests.push_back(std::move(request));
  }
}

Status insert_request(const Database& database, const ApprovalRequest& request) {
  SLUICE_TRY(document, approvals::encode_request_document(request.held, request.requirement));
  SLUICE_TRY(insert, database.prepare("INSERT INTO approval_requests (id, digest, state, waits, created, expires, changed, document, "
                                      "requester, shape, due, form) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 3)"));
  insert.bind(request.id.text).bind_blob(bytes_of(request.digest)).bind(approvals::to_text(request.state));
  insert.bind(request.waits).bind(number_of(request.created)).bind(number_of(request.expires));
  insert.bind(number_of(request.created)).bind(document).bind(request.held.requester.id.text).bind(request.held.shape);
  bind_time(insert, approvals::next_due(request));
  SLUICE_CHECK(insert.run());
  return note_change(database, request.id, "filed", request.created);
}

Status note_change(const Database& database, const RequestId& request, std::string_view kind, Timestamp at) {
  SLUICE_TRY(insert, database.prepare("INSERT INTO approval_changes (request, kind, at) VALUES (?, ?, ?)"));
  return insert.bind(request.text).bind(kind).bind(number_of(at)).run();
}

Status store_execution(const Database& database, const RequestId& request, const approvals::Execution& execution) {
  SLUICE_TRY(update, database.prepare("UPDATE approval_requests SET execution = ? WHERE id = ? AND state = 'consumed' AND execution IS NULL"));
  SLUICE_CHECK(update.bind(approvals::encode_execution(execution)).bind(request.text).run());
  if (database.changes() != 1) return make_error(ErrorKind::conflict, "approval request is not waiting for its statement to end");
  return note_change(database, request, "executed", execution.at);
}

Status update_request(const Database& database, const ApprovalRequest& before, const ApprovalRequest& after, Timestamp now, std::string_view kind) {
  SLUICE_TRY(update, database.prepare("UPDATE approval_requests SET state = ?, valid_until = ?, changed = ?, escalated = ?, reminders = ?, due = ?, "
                                      "standing = ?, standing_rows = ?, review = ? WHERE id = ? AND state = ? AND digest = ?"));
  update.bind(approvals::to_text(after.state));
  bind_time(update, after.valid_until);
  update.bind(number_of(now));
  bind_time(update, after.escalated);
  update.bind(after.reminders);
  bind_time(update, approvals::next_due(after));
  update.bind(after.standing.text).bind(after.standing_rows);
  after.review ? update.bind(approvals::encode_review(*after.review)) : update.bind_null();
  update.bind(before.id.text).bind(approvals::to_text(before.state)).bind_blob(bytes_of(before.digest));
  SLUICE_CHECK(update.run());
  if (database.changes() != 1) return make_error(ErrorKind::conflict, "approval request was changed by somebody else");
  SLUICE_CHECK(store_votes(database, before, after));
  if (!kind.empty()) return note_change(database, before.id, kind, now);
  return note_change(database, before.id, after.state == before.state ? "voted" : approvals::to_text(after.state), now);
}

}  // namespace sluice::store
