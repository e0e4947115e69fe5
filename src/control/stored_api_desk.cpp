#include "control/stored_api_desk.h"

#include <utility>

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

}  // namespace sluice::control
