#include "store/approver_store.h"

#include <array>
#include <utility>

#include "approvals/request_id.h"
#include "store/approval_rows.h"
#include "store/approver_rows.h"

namespace sluice::store {
namespace {

using approvals::Delegation;
using approvals::StandingApproval;

std::string make_id(std::string_view prefix, Timestamp now) {
  std::array<std::uint8_t, 10> random{};
  fill_random(random);
  return approvals::make_sorted_id(prefix, now, random);
}

Result<StandingApproval> load_one(const Database& database, const approvals::StandingId& id) {
  SLUICE_TRY(found, load_standing(database, "id = CAST(? AS TEXT)", {id.text}));
  if (found.empty()) return make_error(ErrorKind::not_found, "standing approval does not exist");
  return std::move(found.front());
}

audit::Event audit_of(const StandingApproval& standing, Timestamp now, const approvals::People& people) {
  const approvals::Vote& vote = standing.votes.back();
  return audit::StandingApprovalAgreed{standing.id.text, standing.from,      vote.approver,      vote.on_behalf_of, vote.groups,
                                       vote.reason,      vote.channel,       standing.uses_left, standing.rows_left, standing.ends,
                                       approvals::is_in_force(standing, now, people)};
}

}  // namespace

Result<approvals::People> ApproverStore::people(const Directory& directory, Timestamp now) {
  return store_.use([&](const Database& database) { return load_people(database, directory, now); });
}

Result<Delegation> ApproverStore::lend(Delegation delegation, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<Delegation> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    delegation.id.text = make_id("DG", now);
    SLUICE_CHECK(insert_delegation(database, delegation));
    SLUICE_CHECK(enqueue(database, now, audit::RightDelegated{delegation.id.text, delegation.lender, delegation.delegate, delegation.groups,
                                                              delegation.starts, delegation.ends, delegation.reason}));
    SLUICE_CHECK(transaction.commit());
    return std::move(delegation);
  });
}

Result<Delegation> ApproverStore::revoke(const approvals::DelegationId& id, const IdentityId& by, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<Delegation> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(found, load_delegations(database, "id = ?", {id.text}));
    if (found.empty() || by.empty() || (found.front().lender != by && found.front().delegate != by)) {
      return make_error(ErrorKind::not_found, "delegation does not exist");
    }
    Delegation delegation = std::move(found.front());
    if (delegation.revoked) return make_error(ErrorKind::conflict, "delegation was revoked already");
    delegation.revoked = now;
    delegation.revoked_by = by;
    SLUICE_TRY(update, database.prepare("UPDATE delegations SET revoked = ?, revoked_by = ? WHERE id = ?"));
    SLUICE_CHECK(update.bind(number_of(now)).bind(by.text).bind(id.text).run());
    SLUICE_CHECK(enqueue(database, now, audit::DelegationRevoked{id.text, by}));
    SLUICE_CHECK(transaction.commit());
    return delegation;
  });
}

Result<std::vector<Delegation>> ApproverStore::delegations(const IdentityId& of) {
  return store_.use([&](const Database& database) {
    return load_delegations(database, "lender = ? OR delegate = ? ORDER BY id DESC LIMIT 500", {of.text, of.text});
  });
}

Result<StandingApproval> ApproverStore::make_standing(const RequestId& from, const approvals::StandingWish& wish, approvals::Vote vote,
                                                      const auth::Identity& approver, const Directory& directory, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<StandingApproval> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(people, load_people(database, directory, now));
    SLUICE_TRY(found, load_requests(database, "id = CAST(? AS TEXT)", {from.text}));
    if (found.empty()) return make_error(ErrorKind::not_found, "approval request does not exist");
    SLUICE_TRY(standing, approvals::make_standing(found.front(), wish, std::move(vote), approver, now, people));
    standing.id.text = make_id("SA", now);
    SLUICE_CHECK(save_standing(database, standing));
    SLUICE_CHECK(enqueue(database, now, audit_of(standing, now, people)));
    SLUICE_CHECK(transaction.commit());
    return standing;
  });
}

Result<StandingApproval> ApproverStore::agree(const approvals::StandingId& id, approvals::Vote vote, const auth::Identity& approver,
                                              const Directory& directory, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<StandingApproval> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(people, load_people(database, directory, now));
    SLUICE_TRY(before, load_one(database, id));
    SLUICE_TRY(standing, approvals::agree(std::move(before), std::move(vote), approver, now, people));
    SLUICE_CHECK(save_standing(database, standing));
    SLUICE_CHECK(enqueue(database, now, audit_of(standing, now, people)));
    SLUICE_CHECK(transaction.commit());
    return standing;
  });
}

Result<StandingApproval> ApproverStore::revoke_standing(const approvals::StandingId& id, const auth::Identity& caller, std::string why,
                                                        const Directory& directory, Timestamp now) {
  return store_.use([&](const Database& database) -> Result<StandingApproval> {
    SLUICE_TRY(transaction, Transaction::begin(database));
    SLUICE_TRY(people, load_people(database, directory, now));
    SLUICE_TRY(standing, load_one(database, id));
    SLUICE_CHECK(approvals::may_revoke(standing, caller, now, people));
    if (standing.revoked) return make_error(ErrorKind::conflict, "standing approval was revoked already");
    standing.revoked = now;
    standing.revoked_by = caller.id;
    standing.revoked_why = std::move(why);
    SLUICE_CHECK(save_standing(database, standing));
    SLUICE_CHECK(enqueue(database, now, audit::StandingApprovalRevoked{id.text, caller.id, standing.revoked_why}));
    SLUICE_CHECK(transaction.commit());
    return standing;
  });
}

Result<std::vector<StandingApproval>> ApproverStore::standing(bool live_only, Timestamp now) {
  return store_.use([&](const Database& database) {
    return live_only ? load_standing(database, "revoked IS NULL AND uses_left > 0 AND rows_left > 0 AND ends > ? ORDER BY id DESC", {}, number_of(now))
                     : load_standing(database, "TRUE ORDER BY id DESC LIMIT 500", {});
  });
}

}  // namespace sluice::store
