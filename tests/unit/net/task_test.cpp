#include "net/task.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <future>
#include <thread>

#include "net/worker_thread.h"
#include "support/test_loop.h"

namespace sluice::net {
namespace {

Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

TEST(Event, KeepsANotificationUntilSomebodyWaits) {
  test::TestLoop loop;
  Event event(loop.executor());
  event.notify();
  event.notify();
  EXPECT_TRUE(loop.result_of(event.wait()));
  EXPECT_FALSE(loop.result_of(event.wait(in(std::chrono::milliseconds(1)))));
}

awaitable<void> wait_into(Event* event, int* woken) {
  const bool notified = co_await event->wait();
  *woken += notified ? 1 : 0;
}

TEST(Event, WakesTheCoroutineThatWaits) {
  test::TestLoop loop;
  Event event(loop.executor());
  int woken = 0;
  spawn(loop.executor(), wait_into(&event, &woken));
  loop.run_ready();
  EXPECT_EQ(woken, 0);
  event.notify();
  loop.run_ready();
  EXPECT_EQ(woken, 1);
}

awaitable<void> append_after(std::string* out, std::string text, Deadline when) {
  co_await sleep_until(when);
  *out += text;
}

TEST(Both, ReturnsWhenTheSlowerOneHasReturned) {
  test::TestLoop loop;
  std::string out;
  loop.run(both(append_after(&out, "first ", in(std::chrono::milliseconds(1))), append_after(&out, "second", in(std::chrono::milliseconds(20)))));
  EXPECT_EQ(out, "first second");
  out.clear();
  loop.run(both(append_after(&out, "first", in(std::chrono::milliseconds(20))), append_after(&out, "second ", in(std::chrono::milliseconds(1)))));
  EXPECT_EQ(out, "second first");
}

std::thread::id here() { return std::this_thread::get_id(); }

awaitable<std::string> answer() { co_return "from a coroutine"; }

struct Visit {
  std::thread::id there;
  std::thread::id back;
  std::string text;
  bool ran_void = false;
};

awaitable<void> visit(Executor other, Visit* seen) {
  seen->there = co_await on(other, here);
  seen->text = co_await on(other, answer);
  auto flag = std::make_shared<bool>(false);
  auto raise = [flag] { *flag = true; };
  co_await on(other, raise);
  seen->ran_void = *flag;
  seen->back = here();
}

TEST(On, RunsOnTheOtherThreadAndResumesOnTheCallers) {
  test::TestLoop loop;
  WorkerThread worker("sluice-test");
  Visit seen;
  loop.run(visit(worker.executor(), &seen));
  EXPECT_NE(seen.there, here());
  EXPECT_EQ(seen.back, here());
  EXPECT_EQ(seen.text, "from a coroutine");
  EXPECT_TRUE(seen.ran_void);
}

std::size_t use_stack(std::size_t levels) {
  volatile char frame[1024];
  frame[0] = static_cast<char>(levels);
  return levels == 0 ? 0 : use_stack(levels - 1) + (frame[0] == static_cast<char>(levels) ? 1u : 0u);
}

TEST(WorkerThread, HasANameAndAGenerousStack) {
  WorkerThread worker("sluice-worker-with-a-long-name");
  std::promise<std::string> name;
  std::promise<std::size_t> depth;
  post(worker.executor(), [&] {
    char text[32] = "";
    pthread_getname_np(pthread_self(), text, sizeof text);
    name.set_value(text);
    depth.set_value(use_stack(20000));  // at least 20 MiB
  });
  EXPECT_EQ(name.get_future().get(), "sluice-worker-w");
  EXPECT_EQ(depth.get_future().get(), 20000u);
}

awaitable<void> wait_for_ever(std::shared_ptr<int> owned, Executor executor) {
  Event never(executor);
  co_await never.wait();
  *owned = 1;
}

TEST(WorkerThread, DestroysWhatIsStillSuspended) {
  auto owned = std::make_shared<int>(0);
  {
    WorkerThread worker("sluice-test");
    spawn(worker.executor(), wait_for_ever(owned, worker.executor()));
    std::promise<void> started;
    post(worker.executor(), [&] { started.set_value(); });
    started.get_future().wait();
  }
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_EQ(*owned, 0);
}

awaitable<void> throws() {
  throw std::runtime_error("broken promise");
  co_return;
}

TEST(SpawnDeathTest, AnExceptionEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        test::TestLoop loop;
        loop.run(throws());
      },
      "broken promise");
}

}  // namespace
}  // namespace sluice::net
