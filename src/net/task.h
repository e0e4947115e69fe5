#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace sluice::net {

template <class T>
using awaitable = boost::asio::awaitable<T>;
using Executor = boost::asio::any_io_executor;
using Deadline = std::chrono::steady_clock::time_point;

inline constexpr Deadline kNever = Deadline::max();

/// Starts `task` on `executor`; nobody waits for it. An exception out of it ends the process. Whatever
/// its coroutine refers to must outlive it: pass owning values as parameters, never capture.
void spawn(const Executor& executor, awaitable<void> task);

/// Runs `work` on `executor` as soon as it gets to it. Callable from any thread.
void post(const Executor& executor, std::function<void()> work);

/// Runs both on the caller's executor and returns when both have returned.
[[nodiscard]] awaitable<void> both(awaitable<void> first, awaitable<void> second);

/// Returns at `when`; at once if that is past.
[[nodiscard]] awaitable<void> sleep_until(Deadline when);

/// Wakes one coroutine from another one of the same thread. A notify() that nobody waits for is kept:
/// the next wait() returns at once. Many are kept as one.
class Event {
 public:
  explicit Event(const Executor& executor);
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void notify();
  /// True: notified. False: the deadline passed. At most one coroutine waits at a time; the event
  /// must outlive it.
  [[nodiscard]] awaitable<bool> wait(Deadline deadline = kNever);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

namespace detail {
[[nodiscard]] awaitable<void> run_on(Executor there, std::function<awaitable<void>()> work);

template <class T>
struct AwaitedType {
  using type = T;
};
template <class T>
struct AwaitedType<awaitable<T>> {
  using type = T;
};
template <class F, class T>
awaitable<void> store_result(std::shared_ptr<F> work, std::shared_ptr<std::optional<T>> result) {
  if constexpr (std::is_same_v<std::invoke_result_t<F&>, awaitable<T>>) {
    result->emplace(co_await (*work)());
  } else {
    result->emplace((*work)());
    co_return;
  }
}
template <class F>
awaitable<void> run_void(std::shared_ptr<F> work) {
  if constexpr (std::is_same_v<std::invoke_result_t<F&>, awaitable<void>>) {
    co_await (*work)();
  } else {
    (*work)();
    co_return;
  }
}
template <class T>
awaitable<T> take_result(awaitable<void> running, std::shared_ptr<std::optional<T>> result) {
  co_await std::move(running);
  co_return std::move(**result);
}
}  // namespace detail

/// Runs `work`, a function or a coroutine function without parameters, on another executor and
/// resumes on the caller's with its result. `work` is moved from; what it captures lives until it has
/// ended, also if the caller is destroyed before. It must not throw; never give it references into the
/// caller. It has to be a variable: g++ 12 destroys a lambda that is written inside a co_await twice.
///     auto count = [store] { return store->count(); };
///     const int found = co_await net::on(control, count);
template <class F, class T = typename detail::AwaitedType<std::invoke_result_t<F&>>::type>
[[nodiscard]] awaitable<T> on(const Executor& there, F& work) {
  using Work = std::decay_t<F>;
  auto owned = std::make_shared<Work>(std::move(work));
  if constexpr (std::is_void_v<T>) {
    return detail::run_on(there, [owned] { return detail::run_void<Work>(owned); });
  } else {
    auto result = std::make_shared<std::optional<T>>();
    return detail::take_result(detail::run_on(there, [owned, result] { return detail::store_result<Work, T>(owned, result); }), result);
  }
}

}  // namespace sluice::net
