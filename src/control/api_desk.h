#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/digest.h"
#include "base/ids.h"
#include "store/answer_store.h"

namespace sluice::control {

/// What the REST API keeps (store::AnswerStore) and what it proves by. Each call resumes on the executor it was awaited on.
class ApiDesk {
 public:
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  virtual ~ApiDesk() = default;
  [[nodiscard]] virtual awaitable<Result<store::Claim>> claim(IdentityId identity, std::string key, Digest call) = 0;
  [[nodiscard]] virtual awaitable<Status> settle(IdentityId identity, std::string key, int status, std::string answer) = 0;
  [[nodiscard]] virtual awaitable<Status> release(IdentityId identity, std::string key) = 0;
  /// The evidence of a request, store/evidence.h. Reads the audit log, on a thread of its own.
  [[nodiscard]] virtual awaitable<Result<std::string>> evidence(RequestId id) = 0;
};

}  // namespace sluice::control
