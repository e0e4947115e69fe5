#include "support/session_fakes.h"

#include <utility>

namespace sluice::test {

using approvals::RequestState;
using control::awaitable;
using control::HoldStatus;

FakeBoard::FakeBoard(std::shared_ptr<const config::Config> config, std::shared_ptr<const plan::Snapshot> snapshot)
    : config_(std::move(config)), snapshot_(std::move(snapshot)) {
  generation_ = 1;
}

boost::asio::awaitable<Result<std::shared_ptr<const plan::Snapshot>>> FakeBoard::refresh(DatabaseAlias) {
  ++refreshes_;
  co_return snapshot_;
}

boost::asio::awaitable<Result<control::DatabaseUse>> FakeBoard::open(DatabaseAlias database) {
  co_return std::make_shared<const DatabaseAlias>(database);
}

void FakeDesk::decide(RequestState state) {
  status_.state = state;
  decided_.notify();
}

awaitable<Result<HoldStatus>> FakeDesk::submit(approvals::HeldStatement held, policy::RequireApproval requirement) {
  log_.push_back("submitted " + held.statement);
  digest_ = approvals::digest_of(held, requirement);
  co_return status_;
}

awaitable<Result<HoldStatus>> FakeDesk::wait(RequestId) {
  while (status_.state == RequestState::pending) (void)co_await decided_.wait();
  co_return status_;
}

void FakeDesk::withdraw(RequestId, std::string) {
  log_.push_back("withdrawn");
  decide(RequestState::withdrawn);
}

awaitable<Status> FakeDesk::consume(RequestId, Digest digest) {
  if (status_.state != RequestState::approved || consumed_ || digest != digest_) {
    co_return make_error(ErrorKind::conflict, "the approval is used up");
  }
  consumed_ = true;
  log_.push_back("consumed");
  co_return Done{};
}

awaitable<Result<std::vector<approvals::ApprovalRequest>>> FakeDesk::list(bool) { co_return std::vector<approvals::ApprovalRequest>{}; }
awaitable<Result<approvals::ApprovalRequest>> FakeDesk::get(RequestId) { co_return make_error(ErrorKind::not_found, "no such request"); }
awaitable<Result<approvals::ApprovalRequest>> FakeDesk::decide(RequestId, auth::Identity, bool, std::string, std::string, control::Seen) {
  co_return make_error(ErrorKind::not_found, "no such request");
}

Status FakeRecorder::keep(std::string line) {
  if (broken_) return make_error(ErrorKind::audit_unavailable, "the audit log cannot be written");
  lines_.push_back(std::move(line));
  return Done{};
}

Result<control::FactsRef> FakeRecorder::describe(const audit::StatementFacts&) {
  if (broken_) return make_error(ErrorKind::audit_unavailable, "the audit log cannot be written");
  return control::FactsRef{1};
}

Status FakeRecorder::admitted(control::FactsRef, std::uint64_t, std::uint64_t statement, Timestamp, const RequestId& request) {
  return keep("admitted " + std::to_string(statement) + (request.empty() ? "" : " by " + request.text));
}

Status FakeRecorder::completed(control::FactsRef, std::uint64_t, std::uint64_t statement, Timestamp, control::Outcome outcome,
                               std::uint64_t rows, std::uint64_t, std::string_view sqlstate) {
  static constexpr const char* kOutcomes[] = {"completed", "failed", "unknown", "canceled"};
  std::string line = "ended " + std::to_string(statement) + ' ' + kOutcomes[static_cast<int>(outcome)];
  if (rows > 0) line += " rows=" + std::to_string(rows);
  if (outcome == control::Outcome::failed) line += ' ' + std::string(sqlstate);
  return keep(std::move(line));
}

Status FakeRecorder::refused(control::FactsRef, std::uint64_t, const auth::Identity&, const DatabaseAlias&, Timestamp, ErrorKind kind,
                             const Digest&) {
  return keep("refused " + std::string(to_text(kind)));
}

Status FakeRecorder::session_opened(std::uint64_t, const auth::Identity& identity, const DatabaseAlias&, const std::string&,
                                    std::uint32_t, Timestamp) {
  return keep("opened " + identity.id.text);
}
Status FakeRecorder::session_closed(std::uint64_t, Timestamp) { return keep("closed"); }
Status FakeRecorder::login_failed(std::string_view claimed_identity, const std::string&, Timestamp, ErrorKind) {
  return keep("login failed " + std::string(claimed_identity));
}
boost::asio::awaitable<Status> FakeRecorder::wait_for_room() {
  co_return make_error(ErrorKind::audit_unavailable, "the audit log cannot be written");
}

}  // namespace sluice::test
