#pragma once

#include <functional>

#include "base/clock.h"
#include "control/channel_desk.h"
#include "control/waiters.h"

namespace sluice::control {

/// The channel desk over the store. Its work is done on the store thread, which must be joined before it dies.
class StoredChannelDesk final : public ChannelDesk {
 public:
  /// `on_record` is called, on the store thread, after audit records were put into the outbox.
  StoredChannelDesk(store::Store& store, net::Executor store_thread, const Clock& clock, std::function<void()> on_record);

  awaitable<Result<std::vector<store::ApprovalChange>>> changes_after(std::uint64_t number, std::size_t limit) override;
  awaitable<void> wait_for_change(std::uint64_t number, net::Deadline deadline) override;
  awaitable<Result<std::uint64_t>> last_change() override;
  awaitable<Result<std::uint64_t>> position(std::string channel) override;
  awaitable<Status> advance(std::string channel, std::uint64_t number) override;
  awaitable<Result<std::vector<store::ChannelMessage>>> messages(std::string channel, RequestId request) override;
  awaitable<Status> keep(std::string channel, store::ChannelMessage message) override;
  awaitable<Result<std::string>> make_link_code(std::string channel, std::string account) override;
  awaitable<Result<store::ChannelAccount>> confirm_link(std::string code, IdentityId identity) override;
  awaitable<Result<std::optional<IdentityId>>> person_of(std::string channel, std::string account) override;
  awaitable<Result<std::vector<store::ChannelAccount>>> accounts_of(IdentityId identity) override;
  awaitable<Status> unlink(std::string channel, std::string account, IdentityId identity) override;
  awaitable<Result<bool>> first_sight(std::string channel, std::string callback) override;

  /// Something happened to a request: wakes who waits for changes. Any thread.
  void notify();

 private:
  store::ChannelStore channels_;
  net::Executor store_thread_;
  const Clock& clock_;
  std::function<void()> on_record_;
  Waiters waiters_;
};

}  // namespace sluice::control
