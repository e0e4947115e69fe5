#pragma once

#include <functional>
#include <string>

#include "control/api_desk.h"
#include "net/task.h"
#include "store/approval_store.h"

namespace sluice::control {

/// Over the store. Its work is done on the store thread, which must be joined before it dies.
class StoredApiDesk final : public ApiDesk {
 public:
  /// `flush` brings the audit log up to date, on the store thread; `audit_directory` is read on `reading_thread`.
  StoredApiDesk(store::Store& store, net::Executor store_thread, net::Executor reading_thread, const Clock& clock, std::function<void()> flush,
                std::string audit_directory)
      : answers_(store),
        approvals_(store),
        store_thread_(std::move(store_thread)),
        reading_thread_(std::move(reading_thread)),
        clock_(clock),
        flush_(std::move(flush)),
        audit_directory_(std::move(audit_directory)) {}

  awaitable<Result<store::Claim>> claim(IdentityId identity, std::string key, Digest call) override;
  awaitable<Status> settle(IdentityId identity, std::string key, int status, std::string answer) override;
  awaitable<Status> release(IdentityId identity, std::string key) override;
  awaitable<Result<std::string>> evidence(RequestId id) override;

 private:
  store::AnswerStore answers_;
  store::ApprovalStore approvals_;
  net::Executor store_thread_;
  net::Executor reading_thread_;
  const Clock& clock_;
  std::function<void()> flush_;
  std::string audit_directory_;
};

}  // namespace sluice::control
