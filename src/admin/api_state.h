#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "approvals/request.h"
#include "base/ids.h"
#include "store/channel_store.h"

namespace sluice::admin {

/// A change as streams tell it, with the request as it was when the change was first told.
struct FeedEvent {
  store::ApprovalChange change;
  approvals::ApprovalRequest request;
};

/// What the API remembers between calls. Used on its executor only.
struct ApiState {
  static constexpr std::size_t kMaxStreams = 64;
  static constexpr std::size_t kMaxStreamsOfOne = 8;
  static constexpr std::size_t kFeedEvents = 1024;
  static constexpr std::size_t kWrongCodes = 10;
  static constexpr std::chrono::minutes kCodePause{10};

  std::size_t streams = 0;
  std::map<IdentityId, std::size_t> streams_of;
  std::map<std::uint64_t, std::shared_ptr<const FeedEvent>> feed;  ///< the latest ones: read once for all streams

  struct WrongCodes {
    std::size_t count = 0;
    std::chrono::steady_clock::time_point since;
  };
  std::map<IdentityId, WrongCodes> wrong_codes;  ///< of persons alone, so there are not many
};

}  // namespace sluice::admin
