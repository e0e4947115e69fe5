#include "store/approver_rows.h"

#include <chrono>
#include <set>
#include <utility>

#include "approvals/request_json.h"
#include "store/approval_rows.h"

namespace sluice::store {
namespace {

using approvals::Delegation;
using approvals::StandingApproval;

// Votes rest on delegations for as long as an approval may wait for its statement; a lent right is longer than that at most.
constexpr std::chrono::hours kRemembered{31 * 24};

std::optional<Timestamp> time_at(const Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return time_of(row.number(column));
}

void bind_time(Query& query, const std::optional<Timestamp>& at) { at ? query.bind(number_of(*at)) : query.bind_null(); }

Result<StandingApproval> read_standing(const Query& row) {
  StandingApproval standing;
  standing.id.text = row.text(0);
  const std::string scope = row.text(1);
  standing.from.text = row.text(2);
  approvals::ApprovalRequest from;
  SLUICE_CHECK(approvals::decode_request_document(row.text(3), from));
  standing.held = std::move(from.held);
  standing.requirement = std::move(from.requirement);
  standing.scope = approvals::scope_of(standing.held, standing.requirement);
  // What people agreed to must be what passes.
  if (scope != bytes_of(standing.scope)) return make_error(ErrorKind::store_unavailable, "stored standing approval is damaged");
  SLUICE_TRY(votes, approvals::decode_votes(row.text(4)));
  standing.votes = std::move(votes);
  standing.created = time_of(row.number(5));
  standing.ends = time_of(row.number(6));
  standing.uses_left = row.unsigned_number(7);
  standing.uses = row.unsigned_number(8);
  standing.rows_left = row.unsigned_number(9);
  standing.last_used = time_at(row, 10);
  standing.revoked = time_at(row, 11);
  standing.revoked_by.text = row.text(12);
  standing.revoked_why = row.text(13);
  return standing;
}

}  // namespace

Result<approvals::People> load_people(const Database& database, const std::shared_ptr<const approvals::Directory>& directory, Timestamp now) {
  approvals::People people;
  if (directory == nullptr) return people;
  people.directory = directory;
  SLUICE_TRY(delegations, load_delegations(database, "revoked IS NULL AND ends > ?", {}, number_of(now - kRemembered)));
  people.delegations = std::move(delegations);
  return people;
}

Result<std::vector<policy::Candidate>> load_candidates(const Database& database, const approvals::People& people) {
  std::set<std::string> with_account;
  SLUICE_TRY(accounts, database.prepare("SELECT DISTINCT identity FROM channel_accounts"));
  for (;;) {
    SLUICE_TRY(row, accounts.step());
    if (!row) break;
    with_account.insert(accounts.text(0));
  }
  std::vector<policy::Candidate> candidates = people.candidates();
  for (policy::Candidate& candidate : candidates) candidate.can_decide = candidate.can_decide || with_account.contains(candidate.identity->id.text);
  return candidates;
}

Result<std::vector<Delegation>> load_delegations(const Database& database, std::string_view condition, const std::vector<std::string>& texts,
                                                 std::optional<std::int64_t> number) {
  std::string sql = "SELECT id, lender, delegate, groups, starts, ends, reason, created, revoked, revoked_by FROM delegations WHERE ";
  sql += condition;
  SLUICE_TRY(select, database.prepare(sql));
  for (const std::string& text : texts) select.bind(text);
  if (number) select.bind(*number);
  std::vector<Delegation> delegations;
  for (;;) {
    SLUICE_TRY(row, select.step());
    if (!row) return delegations;
    delegations.push_back({approvals::DelegationId{select.text(0)}, IdentityId{select.text(1)}, IdentityId{select.text(2)}, groups_of(select.text(3)),
                           time_of(select.number(4)), time_of(select.number(5)), select.text(6), time_of(select.number(7)), time_at(select, 8),
                           IdentityId{select.text(9)}});
  }
}

Status insert_delegation(const Database& database, const Delegation& delegation) {
  SLUICE_TRY(insert, database.prepare("INSERT INTO delegations (id, lender, delegate, groups, starts, ends, reason, created, revoked_by) "
                                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')"));
  insert.bind(delegation.id.text).bind(delegation.lender.text).bind(delegation.delegate.text).bind(text_of(delegation.groups));
  insert.bind(number_of(delegation.starts)).bind(number_of(delegation.ends)).bind(delegation.reason).bind(number_of(delegation.created));
  return insert.run();
}

Result<std::vector<StandingApproval>> load_standing(const Database& database, std::string_view condition, const std::vector<std::string>& texts,
                                                    std::optional<std::int64_t> number) {
  std::string sql = "SELECT id, scope, request, document, votes, created, ends, uses_left, uses, rows_left, last_used, revoked, revoked_by, "
                    "revoked_why FROM standing_approvals WHERE ";
  sql += condition;
  SLUICE_TRY(select, database.prepare(sql));
  for (const std::string& text : texts) select.bind_blob(text);
  if (number) select.bind(*number);
  std::vector<StandingApproval> standing;
  for (;;) {
    SLUICE_TRY(row, select.step());
    if (!row) return standing;
    SLUICE_TRY(one, read_standing(select));
    standing.push_back(std::move(one));
  }
}

Status save_standing(const Database& database, const StandingApproval& standing) {
  SLUICE_TRY(document, approvals::encode_request_document(standing.held, standing.requirement));
  SLUICE_TRY(save, database.prepare("INSERT INTO standing_approvals (id, scope, request, document, created, ends, votes, uses_left, uses, rows_left, "
                                    "last_used, revoked, revoked_by, revoked_why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
                                    "ON CONFLICT (id) DO UPDATE SET votes = ?7, uses_left = ?8, uses = ?9, rows_left = ?10, last_used = ?11, "
                                    "revoked = ?12, revoked_by = ?13, revoked_why = ?14"));
  save.bind(standing.id.text).bind_blob(bytes_of(standing.scope)).bind(standing.from.text).bind(document).bind(number_of(standing.created));
  save.bind(number_of(standing.ends)).bind(approvals::encode_votes(standing.votes)).bind(standing.uses_left).bind(standing.uses);
  save.bind(standing.rows_left);
  bind_time(save, standing.last_used);
  bind_time(save, standing.revoked);
  return save.bind(standing.revoked_by.text).bind(standing.revoked_why).run();
}

}  // namespace sluice::store
