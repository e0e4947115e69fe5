#include "store/approval_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "approvals/card_record.h"
#include "approvals/request_id.h"
#include "store/approval_rows.h"
#include "store/approver_rows.h"
#include "store/standing_use.h"

namespace sluice::store {
namespace {

using approvals::ApprovalRequest;
using approvals::RequestState;

constexpr std::size_t kFindBatch = 50;
constexpr std::size_t kFindRows = 1000;  ///< that one call looks at; a multiple of the batch

/// What the log says of a change that apply() has allowed.
audit::Event audit_of(const approvals::Event& event, const ApprovalRequest& before, const ApprovalRequest& after) {
  if (std::holds_alternative<approvals::Decided>(event)) {
    const approvals::Vote& vote = after.votes.back();
    return audit::ApprovalDecided{after.id,     vote.approver, vote.groups, vote.approve, vote.reason, vote.channel,
                                  std::string(approvals::to_text(after.state)), vote.on_behalf_of, vote.break_glass, vote.card};
  }
  if (const auto* withdrawn = std::get_if<approvals::Withdrawn>(&event)) return audit::ApprovalWithdrawn{after.id, withdrawn->why, withdrawn->by};
  if (std::holds_alternative<approvals::Reviewed>(event)) {
    const approvals::Review& review = *after.review;
    return audit::ApprovalReviewed{after.id, review.reviewer, review.justified, review.reason, review.channel};
  }
  if (after.state == RequestState::consumed) return audit::ApprovalConsumed{after.id, after.digest, after.standing.text};
  audit::ApprovalReopened reopened{after.id, {}, std::string(approvals::to_text(after.state))};
  for (std::size_t i = 0; i < after.votes.size(); ++i) {
    if (after.votes[i].lapsed && !before.votes[i].lapsed) reopened.lapsed.push_back(after.votes[i].approver);
  }
  return reopened;
}

audit::Event audit_of_filing(const ApprovalRequest& request) {
  return audit::ApprovalRequested{request.id,
                                  request.requirement.rule,
                                  request.held.requester,
                                  request.held.database,
                                  request.held.actions,
                                  sha256(request.held.statement),
                                  request.digest,
                                  request.requirement.approver_groups,
                                  request.requirement.approvals,
                                  request.expires};
}

/// Writes down that time has ended the request, if it has.
Status lapse(const Database& database, ApprovalRequest& request, Timestamp now) {
  const RequestState state = approvals::state_at(request, now);
  if (state == request.state) return Done{};
  ApprovalRequest after = request;
  after.state = state;
  SLUICE_CHECK(update_request(database, request, after, now));
  SLUICE_CHECK(enqueue(database, now, audit::ApprovalExpired{request.id, request.state == RequestState::approved}));
  request = std::move(after);
  return Done{};
}

Result<ApprovalRequest> load(const Database& database, const RequestId& id) {
  SLUICE_TRY(found, load_requests(database, "id = CAST(? AS TEXT)", {id.text}));
  if (found.empty()) return make_error(ErrorKind::not_found, "approval request does not exist");
  return std::move(found.front());
}

/// The open request for the digest, or the denial that still holds.
Result<std::optional<ApprovalRequest>> find_known(const Database& database, const Digest& digest, std::chrono::seconds denied_for, Timestamp now) {
  SLUICE_TRY(open, load_requests(database, "digest = ? AND state IN ('pending', 'approved')", {std::string(bytes_of(digest))}));
  if (!open.empty()) {
    SLUICE_CHECK(lapse(database, open.front(), now));
    if (approvals::is_open(open.front().state)) return std::optional(std::move(open.front()));
  }
  SLUICE_TRY(denied, load_requests(database, "digest = ? AND state = 'denied' AND changed > ? ORDER BY changed DESC LIMIT 1",
                                   {std::string(bytes_of(digest))}, number_of(now - denied_for)));
  if (!denied.empty()) return std::optional(std::move(denied.front()));
  return std::optional<ApprovalRequest>();
}

/// Who broke the glass before and has waited too long for a review must see to that first.
Status check_reviews(const Database& database, const IdentityId& person, Timestamp now) {
  SLUICE_TRY(open, database.prepare("SELECT count(*) FROM approval_votes v JOIN approval_requests r ON r.id = v.request "
                                    "WHERE v.break_glass = 1 AND v.approver = ? AND v.at < ? AND r.review IS NULL"));
  open.bind(person.text).bind(number_of(now - kReviewWithin));
  SLUICE_TRY(row, open.step());
  if (!row || open.number(0) > 0) {
    return make_error(ErrorKind::denied, "permission denied to break the glass again", "An earlier use waits for its review by another person.");
  }
  return Done{};
}

Status store_waits(const Database& database, const RequestId& id, bool waits) {
  SLUICE_TRY(update, database.prepare("UPDATE approval_requests SET waits = ? WHERE id = ? AND state IN ('pending', 'approved')"));
  return update.bind(waits).bind(id.text).run();
}

Error reopened(const ApprovalRequest& request) {
  if (request.state != RequestState::pending) {
    return make_error(ErrorKind::approval_expired, "the approval no longer counts, and its time is over", "run the statement again to ask anew");
  }
  return make_error(ErrorKind::approval_pending, "the approval no longer counts (request " + request.id.text + ")",
                    "run exactly the same statement again once the request is approved anew");
}

Error nobody_may_approve() {
  return make_error(ErrorKind::approval_denied, "permission denied: nobody may approve this statement",
                    "the rule that holds it has too few approvers: tell who configures Sluice");
}

ApprovalRequest make_request(approvals::HeldStatement held, policy::RequireApproval requirement, const Digest& digest, Timestamp now) {
  std::array<std::uint8_t, 10> random{};
  fill_random(random);
  ApprovalRequest request;
  request.id = approvals::make_request_id(now, random);
  request.digest = digest;
  request.held = std::move(held);
  request.requirement = std::move(requirement);
  request.created = now;
  request.expires = now + request.requirement.expires_after;
  request.waits = request.requirement.mode == policy::HoldMode::wait;
  return request;
}

}  // namespace

Result<ApprovalRequest> ApprovalStore::submit(approvals::HeldStatement held, policy::RequireApproval requirement, Timestamp now,
                                              const Directory& directory) {
  const Digest digest = approvals::digest_of(held, requirement);
  return store_.use([&](const Database& database) -> Result<ApprovalRequest> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(people, load_people(database, directory, now));
    const bool waits = requirement.mode == policy::HoldMode::wait;
    SLUICE_TRY(known, find_known(database, digest, requirement.denied_for, now));
    ApprovalRequest request = known ? std::move(*known) : make_request(std::move(held), std::move(requirement), digest, now);
    std::optional<approvals::StandingApproval> standing;
    if (directory != nullptr && request.state == RequestState::pending) {
      SLUICE_TRY(found, find_standing(database, request, now, people));
      standing = std::move(found);
      if (!standing) {
        SLUICE_TRY(candidates, load_candidates(database, people));
        if (!policy::can_be_approved(request.requirement, request.held.requester, candidates)) return nobody_may_approve();
      }
    }
    if (!known) {
      SLUICE_CHECK(insert_request(database, request));
      SLUICE_CHECK(enqueue(database, now, audit_of_filing(request)));
    } else if (approvals::is_open(request.state) && request.waits != waits) {
      request.waits = waits;
      SLUICE_CHECK(store_waits(database, request.id, waits));
    }
    if (standing) SLUICE_CHECK(approve_by_standing(database, request, *standing, now));
    SLUICE_CHECK(transaction.commit());
    return request;
  });
}

Result<ApprovalRequest> ApprovalStore::apply(const RequestId& id, const approvals::Event& event, Timestamp now, const Directory& directory) {
  return store_.use([&](const Database& database) -> Result<ApprovalRequest> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(people, load_people(database, directory, now));
    SLUICE_TRY(before, load(database, id));
    SLUICE_CHECK(lapse(database, before, now));
    approvals::Event happens = event;
    if (auto* used = std::get_if<approvals::Used>(&happens); used != nullptr && before.state == RequestState::approved && used->digest == before.digest) {
      SLUICE_TRY(holds, use_standing(database, before, now, people));
      used->standing_holds = holds;
    }
    if (const auto* decided = std::get_if<approvals::Decided>(&happens); decided != nullptr && decided->vote.break_glass) {
      SLUICE_CHECK(check_reviews(database, decided->approver.id, now));
    }
    auto after = approvals::apply(before, happens, now, people);
    if (after.ok()) {
      const bool reviewed = std::holds_alternative<approvals::Reviewed>(happens);
      SLUICE_CHECK(update_request(database, before, *after, now, reviewed ? "reviewed" : ""));
      SLUICE_CHECK(enqueue(database, now, audit_of(happens, before, *after)));
    }
    SLUICE_CHECK(transaction.commit());
    if (after.ok() && std::holds_alternative<approvals::Used>(happens) && after->state != RequestState::consumed) return reopened(*after);
    return after;
  });
}

Status ApprovalStore::withdraw_if_waiting(const RequestId& id, const std::string& why, Timestamp now) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(before, load(database, id));
    SLUICE_CHECK(lapse(database, before, now));
    if (before.waits && approvals::is_open(before.state)) {
      const approvals::Event event = approvals::Withdrawn{why};
      SLUICE_TRY(after, approvals::apply(before, event, now));
      SLUICE_CHECK(update_request(database, before, after, now));
      SLUICE_CHECK(enqueue(database, now, audit_of(event, before, after)));
    }
    return transaction.commit();
  });
}

Status ApprovalStore::detach(const RequestId& id) {
  return store_.use([&](const Database& database) { return store_waits(database, id, false); });
}

Result<ApprovalRequest> ApprovalStore::get(const RequestId& id, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<ApprovalRequest> {
    SLUICE_TRY(request, load(database, id));
    request.state = approvals::state_at(request, now);
    return request;
  });
}

Result<std::vector<ApprovalRequest>> ApprovalStore::list(bool pending_only, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<std::vector<ApprovalRequest>> {
    SLUICE_TRY(requests, pending_only ? load_requests(database, "state = 'pending' ORDER BY id", {})
                                      : load_requests(database, "TRUE ORDER BY id DESC LIMIT 500", {}));
    for (ApprovalRequest& request : requests) request.state = approvals::state_at(request, now);
    if (pending_only) std::erase_if(requests, [](const ApprovalRequest& request) { return request.state != RequestState::pending; });
    return requests;
  });
}

Result<approvals::ApprovalPage> ApprovalStore::find(const approvals::ApprovalQuery& query, Timestamp now) {
  std::string condition = "id < CAST(? AS TEXT)";
  std::vector<std::string> texts{query.before.empty() ? "~" : query.before};  // '~' comes after every id
  const auto add = [&](const char* text, std::string value) {
    condition += text;
    texts.push_back(std::move(value));
  };
  if (query.state) add(" AND state = CAST(? AS TEXT)", std::string(approvals::to_text(*query.state)));
  if (!query.requester.empty()) add(" AND requester = CAST(? AS TEXT)", query.requester);
  if (!query.database.empty()) add(" AND json_extract(document, '$.held.database') = CAST(? AS TEXT)", query.database);
  condition += " ORDER BY id DESC LIMIT " + std::to_string(kFindBatch);
  return store_.use([&](const Database& database) -> Result<approvals::ApprovalPage> {
    approvals::ApprovalPage page;
    for (std::size_t looked = 0; looked < kFindRows; looked += kFindBatch) {
      SLUICE_TRY(batch, load_requests(database, condition, texts));
      for (ApprovalRequest& request : batch) {
        if (page.requests.size() == query.limit) {
          page.next = texts.front();
          return page;
        }
        texts.front() = request.id.text;
        request.state = approvals::state_at(request, now);
        if (approvals::matches(query, request)) page.requests.push_back(std::move(request));
      }
      if (batch.size() < kFindBatch) return page;
    }
    page.next = texts.front();
    return page;
  });
}

Result<std::string> ApprovalStore::keep_card(const RequestId& id, const approvals::DecisionCard& card) {
  return store_.use([&](const Database& database) -> Result<std::string> {
    std::string digest = to_hex(approvals::digest_of(card));
    SLUICE_TRY(insert, database.prepare("INSERT INTO approval_cards (request, digest, card) SELECT id, ?, ? FROM approval_requests WHERE id = ? "
                                        "ON CONFLICT DO NOTHING"));
    SLUICE_CHECK(insert.bind(digest).bind(approvals::encode_card(card)).bind(id.text).run());
    return digest;
  });
}

Result<std::string> ApprovalStore::card(const RequestId& id, const std::string& digest) {
  return store_.use([&](const Database& database) -> Result<std::string> {
    SLUICE_TRY(query, database.prepare("SELECT card FROM approval_cards WHERE request = ? AND digest = ?"));
    query.bind(id.text).bind(digest);
    SLUICE_TRY(row, query.step());
    if (!row) return make_error(ErrorKind::not_found, "no such card");
    return query.text(0);
  });
}

Result<std::vector<ApprovalRequest>> ApprovalStore::to_review() {
  return store_.use([&](const Database& database) {
    return load_requests(database, "review IS NULL AND id IN (SELECT request FROM approval_votes WHERE break_glass = 1) ORDER BY id", {});
  });
}

Status ApprovalStore::executed(const RequestId& id, const approvals::Execution& execution) {
  return store_.use([&](const Database& database) -> Status {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_CHECK(store_execution(database, id, execution));
    SLUICE_TRY(request, load(database, id));
    // Of what has an unknown end nobody knows how many rows it was.
    if (!request.standing.empty() && execution.outcome != "unknown" && execution.rows < request.standing_rows) {
      SLUICE_TRY(give_back, database.prepare("UPDATE standing_approvals SET rows_left = rows_left + ? WHERE id = ?"));
      SLUICE_CHECK(give_back.bind(request.standing_rows - execution.rows).bind(request.standing.text).run());
    }
    return transaction.commit();
  });
}

Result<approvals::CardHistory> ApprovalStore::history(const ApprovalRequest& request, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<approvals::CardHistory> {
    approvals::CardHistory history;
    const std::string& requester = request.held.requester.id.text;
    if (!request.held.shape.empty()) {
      SLUICE_TRY(last, database.prepare("SELECT v.approver, v.approve, v.reason, v.at, v.channel FROM approval_requests r JOIN approval_votes v "
                                        "ON v.request = r.id WHERE r.requester = ? AND r.shape = ? AND r.id <> ? ORDER BY v.at DESC LIMIT 1"));
      last.bind(requester).bind(request.held.shape).bind(request.id.text);
      SLUICE_TRY(found, last.step());
      if (found) history.last_decision = approvals::Vote{IdentityId{last.text(0)}, last.number(1) != 0, last.text(2), time_of(last.number(3)), last.text(4)};
    }
    SLUICE_TRY(denials, database.prepare("SELECT count(*) FROM approval_requests WHERE requester = ? AND state = 'denied' AND changed > ?"));
    denials.bind(requester).bind(number_of(now - std::chrono::hours(1)));
    SLUICE_TRY(counted, denials.step());
    if (counted) history.denials_last_hour = static_cast<std::uint32_t>(denials.number(0));
    return history;
  });
}

Result<std::vector<RequestId>> ApprovalStore::expire_due(Timestamp now) {
  return store_.use([&](const Database& database) -> Result<std::vector<RequestId>> {
    std::vector<RequestId> ended;
    SLUICE_TRY(due, load_requests(database, "((state = 'pending' AND expires <= ?1) OR (state = 'approved' AND valid_until <= ?1))", {},
                                  number_of(now)));
    if (due.empty()) return ended;
    SLUICE_TRY(transaction, Transaction::begin(database));
    for (ApprovalRequest& request : due) {
      SLUICE_CHECK(lapse(database, request, now));
      ended.push_back(request.id);
    }
    SLUICE_CHECK(transaction.commit());
    return ended;
  });
}

Result<std::size_t> ApprovalStore::remind_due(Timestamp now) {
  return store_.use([&](const Database& database) -> Result<std::size_t> {
    SLUICE_TRY(due, load_requests(database, "state = 'pending' AND due <= ?", {}, number_of(now)));
    if (due.empty()) return std::size_t{0};
    SLUICE_TRY(transaction, Transaction::begin(database));
    // Another gateway on the same store may have been faster: what counts is what is there within the transaction.
    SLUICE_TRY(requests, load_requests(database, "state = 'pending' AND due <= ?", {}, number_of(now)));
    std::size_t told = 0;
    for (ApprovalRequest& request : requests) {
      SLUICE_CHECK(lapse(database, request, now));
      if (request.state != RequestState::pending) continue;
      const ApprovalRequest after = approvals::after_due(request, now);
      const bool escalated = after.escalated && !request.escalated;
      const bool reminded = after.reminders != request.reminders;
      if (!escalated && !reminded) continue;
      SLUICE_CHECK(update_request(database, request, after, now, escalated ? "escalated" : "reminded"));
      if (escalated) SLUICE_CHECK(enqueue(database, now, audit::ApprovalEscalated{request.id, request.requirement.escalation_groups}));
      if (escalated && reminded) SLUICE_CHECK(note_change(database, request.id, "reminded", now));
      if (reminded) SLUICE_CHECK(enqueue(database, now, audit::ApprovalReminded{request.id, after.reminders}));
      ++told;
    }
    SLUICE_CHECK(transaction.commit());
    return told;
  });
}

Status ApprovalStore::detach_all() {
  return store_.use([](const Database& database) {
    return database.execute("UPDATE approval_requests SET waits = 0 WHERE waits = 1 AND state IN ('pending', 'approved')");
  });
}

}  // namespace sluice::store
