#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwks.h"
#include "base/result.h"
#include "net/task.h"

namespace sluice::channels {

/// The keys of an issuer, found by its OpenID metadata: fetched anew every day, and once when a token names a key that is not
/// among them. While the issuer cannot be reached its keys of yesterday serve for one more day. Lives on one executor.
class KeySource {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Gets the body of a URL.
  using Fetch = std::function<net::awaitable<Result<std::string>>(std::string url)>;

  static constexpr std::chrono::hours kRefreshAfter{24};
  static constexpr std::chrono::hours kUselessAfter{48};
  static constexpr std::chrono::seconds kCoolDown{60};  ///< between attempts, so that junk keys make us hammer nobody

  KeySource(std::string metadata_url, std::string issuer, Fetch fetch);

  /// Keys among which `id` is, if the issuer has it. Errors: upstream_unavailable, while there are none.
  [[nodiscard]] net::awaitable<Result<std::shared_ptr<const auth::Jwks>>> keys(std::string id, Time now);

 private:
  [[nodiscard]] net::awaitable<Status> fetch_all(Time now);
  [[nodiscard]] net::awaitable<void> refresh(Time now);

  std::string metadata_url_;
  std::string issuer_;
  Fetch fetch_;
  std::shared_ptr<const auth::Jwks> keys_;
  Time fetched_{};
  Time tried_{};
  bool ever_tried_ = false;
  bool fetching_ = false;
  std::vector<std::shared_ptr<net::Event>> waiting_;  // for the fetch that is under way
};

}  // namespace sluice::channels
