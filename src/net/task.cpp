#include "net/task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace sluice::net {

namespace asio = boost::asio;

namespace {
// Expected failures are values, so an exception that gets here is a broken promise of our own code.
[[noreturn]] void end_process(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice: fatal: unexpected exception: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "sluice: fatal: unexpected exception\n");
  }
  std::abort();
}

awaitable<void> run_and_notify(awaitable<void> task, Event* finished) {
  co_await std::move(task);
  finished->notify();
}

awaitable<void> run_guarded(std::function<awaitable<void>()> work) {
  std::exception_ptr exception;
  try {
    co_await work();
  } catch (...) {
    exception = std::current_exception();
  }
  if (exception) end_process(exception);
}
}  // namespace

void spawn(const Executor& executor, awaitable<void> task) {
  asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& exception) {
    if (exception) end_process(exception);
  });
}

void post(const Executor& executor, std::function<void()> work) { asio::post(executor, std::move(work)); }

awaitable<void> both(awaitable<void> first, awaitable<void> second) {
  const Executor executor = co_await asio::this_coro::executor;
  Event finished(executor);
  spawn(executor, run_and_notify(std::move(second), &finished));
  co_await std::move(first);
  co_await finished.wait();
}

awaitable<void> sleep_until(Deadline when) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, when);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

struct Event::State {
  explicit State(const Executor& executor) : timer(executor) {}

  asio::steady_timer timer;
  bool notified = false;
  bool waiting = false;
};

Event::Event(const Executor& executor) : state_(std::make_unique<State>(executor)) {}
Event::~Event() = default;

void Event::notify() {
  state_->notified = true;
  if (state_->waiting) state_->timer.cancel();
}

awaitable<bool> Event::wait(Deadline deadline) {
  if (!state_->notified) {
    state_->timer.expires_at(deadline);
    state_->waiting = true;
    co_await state_->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    state_->waiting = false;
  }
  co_return std::exchange(state_->notified, false);
}

namespace detail {
awaitable<void> run_on(Executor there, std::function<awaitable<void>()> work) {
  // No cancellation slot: a cancel from the caller's thread must not reach into the other one.
  co_await asio::co_spawn(there, run_guarded(std::move(work)), asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
}
}  // namespace detail

}  // namespace sluice::net
