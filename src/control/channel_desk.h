#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "net/task.h"
#include "store/channel_store.h"

namespace sluice::control {

/// What channels (chat services, webhooks, streams) keep and follow; store::ChannelStore says what each call means. May be
/// called from every thread; each call resumes on the executor it was awaited on.
class ChannelDesk {
 public:
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  virtual ~ChannelDesk() = default;

  [[nodiscard]] virtual awaitable<Result<std::vector<store::ApprovalChange>>> changes_after(std::uint64_t number, std::size_t limit) = 0;
  /// Returns when there may be changes after `number`, or at the deadline.
  [[nodiscard]] virtual awaitable<void> wait_for_change(std::uint64_t number, net::Deadline deadline) = 0;
  [[nodiscard]] virtual awaitable<Result<std::uint64_t>> last_change() = 0;
  [[nodiscard]] virtual awaitable<Result<std::uint64_t>> position(std::string channel) = 0;
  [[nodiscard]] virtual awaitable<Status> advance(std::string channel, std::uint64_t number) = 0;

  [[nodiscard]] virtual awaitable<Result<std::vector<store::ChannelMessage>>> messages(std::string channel, RequestId request) = 0;
  [[nodiscard]] virtual awaitable<Status> keep(std::string channel, store::ChannelMessage message) = 0;

  [[nodiscard]] virtual awaitable<Result<std::string>> make_link_code(std::string channel, std::string account) = 0;
  [[nodiscard]] virtual awaitable<Result<store::ChannelAccount>> confirm_link(std::string code, IdentityId identity) = 0;
  [[nodiscard]] virtual awaitable<Result<std::optional<IdentityId>>> person_of(std::string channel, std::string account) = 0;
  [[nodiscard]] virtual awaitable<Result<std::vector<store::ChannelAccount>>> accounts_of(IdentityId identity) = 0;
  [[nodiscard]] virtual awaitable<Status> unlink(std::string channel, std::string account, IdentityId identity) = 0;

  [[nodiscard]] virtual awaitable<Result<bool>> first_sight(std::string channel, std::string callback) = 0;
};

}  // namespace sluice::control
