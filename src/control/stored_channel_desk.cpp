#include "control/stored_channel_desk.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

namespace sluice::control {
namespace {
// All who follow the changes wait under this name, which is no request's.
const RequestId kAnyRequest{"*"};
}  // namespace

StoredChannelDesk::StoredChannelDesk(store::Store& store, net::Executor store_thread, const Clock& clock, std::function<void()> on_record)
    : channels_(store), store_thread_(std::move(store_thread)), clock_(clock), on_record_(std::move(on_record)) {}

void StoredChannelDesk::notify() { waiters_.notify(kAnyRequest); }

ChannelDesk::awaitable<Result<std::vector<store::ApprovalChange>>> StoredChannelDesk::changes_after(std::uint64_t number, std::size_t limit) {
  auto read = [this, number, limit] { return channels_.changes_after(number, limit); };
  co_return co_await net::on(store_thread_, read);
}

ChannelDesk::awaitable<void> StoredChannelDesk::wait_for_change(std::uint64_t number, net::Deadline deadline) {
  const net::Executor here = co_await boost::asio::this_coro::executor;
  Waiters::Place place(waiters_, kAnyRequest, here);
  for (;;) {
    auto read = [this] { return channels_.last_change(); };
    const Result<std::uint64_t> last = co_await net::on(store_thread_, read);
    if (last.ok() && *last > number) co_return;
    const bool notified = co_await place.wait(deadline);
    if (!notified) co_return;
  }
}

ChannelDesk::awaitable<Result<std::uint64_t>> StoredChannelDesk::last_change() {
  auto read = [this] { return channels_.last_change(); };
  co_return co_await net::on(store_thread_, read);
}

ChannelDesk::awaitable<Result<std::uint64_t>> StoredChannelDesk::position(std::string channel) {
  auto read = [this, channel = std::move(channel)] { return channels_.position(channel); };
  co_return co_await net::on(store_thread_, read);
}

ChannelDesk::awaitable<Status> StoredChannelDesk::advance(std::string channel, std::uint64_t number) {
  auto write = [this, channel = std::move(channel), number] { return channels_.advance(channel, number); };
  co_return co_await net::on(store_thread_, write);
}

ChannelDesk::awaitable<Result<std::vector<store::ChannelMessage>>> StoredChannelDesk::messages(std::string channel, RequestId request) {
  auto read = [this, channel = std::move(channel), request = std::move(request)] { return channels_.messages(channel, request); };
  co_return co_await net::on(store_thread_, read);
}

ChannelDesk::awaitable<Status> StoredChannelDesk::keep(std::string channel, store::ChannelMessage message) {
  auto write = [this, channel = std::move(channel), message = std::move(message)] { return channels_.keep(channel, message); };
  co_return co_await net::on(store_thread_, write);
}

ChannelDesk::awaitable<Result<std::string>> StoredChannelDesk::make_link_code(std::string channel, std::string account) {
  auto write = [this, channel = std::move(channel), account = std::move(account)] { return channels_.make_link_code(channel, account, clock_.now()); };
  co_return co_await net::on(store_thread_, write);
}

ChannelDesk::awaitable<Result<store::ChannelAccount>> StoredChannelDesk::confirm_link(std::string code, IdentityId identity) {
  auto write = [this, code = std::move(code), identity = std::move(identity)] {
    auto linked = channels_.confirm_link(code, identity, clock_.now());
    on_record_();
    return linked;
  };
  co_return co_await net::on(store_thread_, write);
}

ChannelDesk::awaitable<Result<std::optional<IdentityId>>> StoredChannelDesk::person_of(std::string channel, std::string account) {
  auto read = [this, channel = std::move(channel), account = std::move(account)] { return channels_.person_of(channel, account); };
  co_return co_await net::on(store_thread_, read);
}

ChannelDesk::awaitable<Result<std::vector<store::ChannelAccount>>> StoredChannelDesk::accounts_of(IdentityId identity) {
  auto read = [this, identity = std::move(identity)] { return channels_.accounts_of(identity); };
  co_return co_await net::on(store_thread_, read);
}

ChannelDesk::awaitable<Status> StoredChannelDesk::unlink(std::string channel, std::string account, IdentityId identity) {
  auto write = [this, channel = std::move(channel), account = std::move(account), identity = std::move(identity)] {
    Status done = channels_.unlink(channel, account, identity, clock_.now());
    on_record_();
    return done;
  };
  co_return co_await net::on(store_thread_, write);
}

ChannelDesk::awaitable<Result<bool>> StoredChannelDesk::first_sight(std::string channel, std::string callback) {
  auto write = [this, channel = std::move(channel), callback = std::move(callback)] {
    return channels_.first_sight(channel, callback, clock_.now());
  };
  co_return co_await net::on(store_thread_, write);
}

}  // namespace sluice::control
