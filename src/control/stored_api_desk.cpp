#include "control/stored_api_desk.h"

#include <utility>

#include "store/evidence.h"

namespace sluice::control {

ApiDesk::awaitable<Result<store::Claim>> StoredApiDesk::claim(IdentityId identity, std::string key, Digest call) {
  auto work = [this, identity = std::move(identity), key = std::move(key), call] { return answers_.claim(identity, key, call, clock_.now()); };
  co_return co_await net::on(store_thread_, work);
}

ApiDesk::awaitable<Status> StoredApiDesk::settle(IdentityId identity, std::string key, int status, std::string answer) {
  auto work = [this, identity = std::move(identity), key = std::move(key), status, answer = std::move(answer)] {
    return answers_.settle(identity, key, status, answer);
  };
  co_return co_await net::on(store_thread_, work);
}

ApiDesk::awaitable<Status> StoredApiDesk::release(IdentityId identity, std::string key) {
  auto work = [this, identity = std::move(identity), key = std::move(key)] { return answers_.release(identity, key); };
  co_return co_await net::on(store_thread_, work);
}

ApiDesk::awaitable<Result<std::string>> StoredApiDesk::evidence(RequestId id) {
  auto look = [this, id = std::move(id)]() -> Result<store::StoredEvidence> {
    flush_();
    return store::stored_evidence(approvals_, id, clock_.now());
  };
  Result<store::StoredEvidence> stored = co_await net::on(store_thread_, look);
  if (!stored.ok()) co_return std::move(stored).error();
  auto prove = [this, stored = std::move(*stored)]() -> Result<std::string> {
    const approvals::ApprovalRequest& request = stored.request;
    SLUICE_TRY(lines, store::lines_about(audit_directory_, request.id, request.created, request.held.versions.policy));
    return store::make_evidence(stored, lines, clock_.now());
  };
  co_return co_await net::on(reading_thread_, prove);
}

}  // namespace sluice::control
