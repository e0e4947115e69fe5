#pragma once

#include "control/api_desk.h"
#include "net/task.h"

namespace sluice::control {

/// Over the store. Its work is done on the store thread, which must be joined before it dies.
class StoredApiDesk final : public ApiDesk {
 public:
  StoredApiDesk(store::Store& store, net::Executor store_thread, const Clock& clock)
      : answers_(store), store_thread_(std::move(store_thread)), clock_(clock) {}

  awaitable<Result<store::Claim>> claim(IdentityId identity, std::string key, Digest call) override;
  awaitable<Status> settle(IdentityId identity, std::string key, int status, std::string answer) override;
  awaitable<Status> release(IdentityId identity, std::string key) override;

 private:
  store::AnswerStore answers_;
  net::Executor store_thread_;
  const Clock& clock_;
};

}  // namespace sluice::control
