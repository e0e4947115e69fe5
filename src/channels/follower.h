#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "channels/channel.h"
#include "control/channel_desk.h"
#include "net/task.h"

namespace sluice::channels {

/// Keeps what a channel shows of each approval request up to date: for every change, in every life of the process, the
/// request is refreshed at least once after it. The position in the store moves on only over changes that are dealt with,
/// so that a restart goes through the others again. Lives on one executor.
class Follower {
 public:
  /// Brings everything that the channel shows of the request up to date. Idempotent; never two at a time for one request,
  /// but for several requests. An error is tried again later, for ever: what can never succeed must be no error.
  using Refresh = std::function<net::awaitable<Status>(RequestId)>;

  /// `desk` must outlive it and its coroutines. `channel` is the name of its position.
  Follower(control::ChannelDesk& desk, net::Executor executor, std::string channel, Refresh refresh);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  /// Begins to follow. Any thread, once.
  void start();
  /// Begins no further refresh. On the executor.
  void stop();
  /// Refreshes a request out of turn, although nothing changed. On the executor.
  void refresh(const RequestId& request);
  [[nodiscard]] ChannelCounts counts() const;

 private:
  struct State;
  static net::awaitable<void> follow(std::shared_ptr<State> state);
  static net::awaitable<void> keep_up(std::shared_ptr<State> state, RequestId request);
  static net::awaitable<void> note_position(std::shared_ptr<State> state);
  static void touch(const std::shared_ptr<State>& state, const RequestId& request, std::uint64_t change);

  std::shared_ptr<State> state_;  // shared with the coroutines, which may outlive this object
};

}  // namespace sluice::channels
