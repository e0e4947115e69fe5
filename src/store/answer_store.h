#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"
#include "store/store.h"

namespace sluice::store {

/// How long the answer to a call with an idempotency key is kept.
inline constexpr std::chrono::hours kAnswersKept{24};
/// Keys of one identity within that time.
inline constexpr std::size_t kMaxAnswers = 10'000;

/// What became of asking for a key.
struct Claim {
  enum class Kind {
    fresh,       ///< the caller does the work, then calls settle() or release()
    answered,    ///< the same call was answered before: `status` and `answer`
    other_call,  ///< the key belongs to another call
    under_way,   ///< the same call has begun and not ended
    too_many,    ///< keys of this identity
  };
  Kind kind = Kind::fresh;
  int status = 0;
  std::string answer;
};

/// Idempotency keys of the REST API. All calls block; each is one transaction.
class AnswerStore {
 public:
  explicit AnswerStore(Store& store) : store_(store) {}

  [[nodiscard]] Result<Claim> claim(const IdentityId& identity, const std::string& key, const Digest& call, Timestamp now);
  [[nodiscard]] Status settle(const IdentityId& identity, const std::string& key, int status, const std::string& answer);
  /// The call came to nothing: it may be made again.
  [[nodiscard]] Status release(const IdentityId& identity, const std::string& key);
  /// What an earlier process had begun may be made again. For the start.
  [[nodiscard]] Status release_all();

 private:
  Store& store_;
};

}  // namespace sluice::store
