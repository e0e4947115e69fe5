#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>

#include "net/task.h"

namespace sluice::test {

/// Runs coroutines on the test's own thread.
class TestLoop {
 public:
  [[nodiscard]] net::Executor executor() { return context_.get_executor(); }

  /// Runs `task`, and whatever was spawned on executor() before, until `task` has returned; fails the
  /// test if that takes longer than 20 seconds.
  void run(net::awaitable<void> task) {
    finished_ = false;
    net::spawn(executor(), finish(std::move(task)));
    context_.restart();
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!finished_ && context_.run_one_until(limit) > 0) {
    }
    EXPECT_TRUE(finished_) << "the conversation is stuck";
  }

  template <class T>
  [[nodiscard]] T result_of(net::awaitable<T> task) {
    std::optional<T> result;
    run(store(std::move(task), &result));
    if (!result) std::abort();  // after the failure above
    return std::move(*result);
  }

  /// Runs what is ready, without waiting.
  void run_ready() {
    context_.restart();
    context_.poll();
  }

 private:
  net::awaitable<void> finish(net::awaitable<void> task) {
    co_await std::move(task);
    finished_ = true;
  }
  template <class T>
  static net::awaitable<void> store(net::awaitable<T> task, std::optional<T>* result) {
    result->emplace(co_await std::move(task));
  }

  bool finished_ = false;
  boost::asio::io_context context_{1};
};

}  // namespace sluice::test
