#include "store/approval_rows.h"

#include <cstring>
#include <utility>

#include "approvals/request_json.h"

namespace sluice::store {
namespace {

using approvals::ApprovalRequest;
using approvals::Vote;

Error damaged() { return make_error(ErrorKind::store_unavailable, "stored approval request is damaged"); }

Status load_votes(const Database& database, ApprovalRequest& request) {
  SLUICE_TRY(votes, database.prepare("SELECT approver, approve, reason, at, channel, card FROM approval_votes WHERE request = ? ORDER BY position"));
  votes.bind(request.id.text);
  for (;;) {
    SLUICE_TRY(row, votes.step());
    if (!row) return Done{};
    request.votes.push_back({IdentityId{votes.text(0)}, votes.number(1) != 0, votes.text(2), time_of(votes.number(3)), votes.text(4)});
    request.votes.back().card = votes.text(5);
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
  // Who could edit the document but not the digest must not get another statement approved.
  if (approvals::digest_of(request.held, request.requirement) != request.digest) return damaged();
  return request;
}

}  // namespace

Result<std::vector<ApprovalRequest>> load_requests(const Database& database, std::string_view condition, const std::vector<std::string>& texts,
                                                   std::optional<std::int64_t> number) {
  std::string sql = "SELECT id, digest, state, created, expires, valid_until, document, execution FROM approval_requests WHERE ";
  sql += condition;
  SLUICE_TRY(select, database.prepare(sql));
  for (const std::string& text : texts) select.bind_blob(text);
  if (number) select.bind(*number);
  std::vector<ApprovalRequest> requests;
  for (;;) {
    SLUICE_TRY(row, select.step());
    if (!row) return requests;
    SLUICE_TRY(request, read_row(select));
    SLUICE_CHECK(load_votes(database, request));
    requests.push_back(std::move(request));
  }
}

Status insert_request(const Database& database, const ApprovalRequest& request) {
  SLUICE_TRY(document, approvals::encode_request_document(request.held, request.requirement));
  SLUICE_TRY(insert, database.prepare("INSERT INTO approval_requests (id, digest, state, waits, created, expires, changed, document, "
                                      "requester, shape) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(request.id.text).bind_blob(bytes_of(request.digest)).bind(approvals::to_text(request.state));
  insert.bind(request.requirement.mode == policy::HoldMode::wait).bind(number_of(request.created)).bind(number_of(request.expires));
  SLUICE_CHECK(insert.bind(number_of(request.created)).bind(document).bind(request.held.requester.id.text).bind(request.held.shape).run());
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

Status update_request(const Database& database, const ApprovalRequest& before, const ApprovalRequest& after, Timestamp now) {
  SLUICE_TRY(update, database.prepare("UPDATE approval_requests SET state = ?, valid_until = ?, changed = ? "
                                      "WHERE id = ? AND state = ? AND digest = ?"));
  update.bind(approvals::to_text(after.state));
  if (after.valid_until) {
    update.bind(number_of(*after.valid_until));
  } else {
    update.bind_null();
  }
  update.bind(number_of(now)).bind(before.id.text).bind(approvals::to_text(before.state)).bind_blob(bytes_of(before.digest));
  SLUICE_CHECK(update.run());
  if (database.changes() != 1) return make_error(ErrorKind::conflict, "approval request was changed by somebody else");

  SLUICE_TRY(insert, database.prepare("INSERT INTO approval_votes (request, position, approver, approve, reason, at, channel, card) "
                                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  for (std::size_t i = before.votes.size(); i < after.votes.size(); ++i) {
    const Vote& vote = after.votes[i];
    insert.reset();
    insert.bind(before.id.text).bind(i).bind(vote.approver.text).bind(vote.approve).bind(vote.reason);
    SLUICE_CHECK(insert.bind(number_of(vote.at)).bind(vote.channel).bind(vote.card).run());
  }
  return note_change(database, before.id, after.state == before.state ? "voted" : approvals::to_text(after.state), now);
}

}  // namespace sluice::store
