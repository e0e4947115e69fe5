#pragma once

#include <string_view>

#include "gateway/worker_metrics.h"
#include "net/byte_stream.h"
#include "net/task.h"

namespace sluice::gateway {

/// Lets the two sides of a session write to the agent in turn: what is written stays whole, and comes in
/// the order of the calls.
class AgentWriter {
 public:
  /// `written` counts the bytes.
  AgentWriter(net::ByteStream& stream, const net::Executor& executor, Counter& written) : stream_(stream), freed_(executor), written_(written) {}

  [[nodiscard]] net::awaitable<Status> write(std::string_view bytes) {
    while (busy_) (void)co_await freed_.wait();
    busy_ = true;
    Status status = co_await stream_.write(bytes);
    busy_ = false;
    if (status.ok()) written_.add(bytes.size());
    freed_.notify();
    co_return status;
  }

 private:
  net::ByteStream& stream_;
  net::Event freed_;  // two writers at most: one waits while the other writes
  Counter& written_;
  bool busy_ = false;
};

}  // namespace sluice::gateway
