#include "net/worker_thread.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace sluice::net {

namespace {
constexpr std::size_t kStackBytes = 64u << 20;
}

struct WorkerThread::State {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy = boost::asio::make_work_guard(context);
  std::string name;
  pthread_t thread{};
  bool joinable = false;

  static void* run(void* self) {
    try {
      static_cast<State*>(self)->context.run();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "sluice: fatal: unexpected exception in thread %s: %s\n", static_cast<State*>(self)->name.c_str(), error.what());
      std::abort();
    }
    return nullptr;
  }
};

WorkerThread::WorkerThread(std::string name) : state_(std::make_unique<State>()) {
  state_->name = name.substr(0, 15);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, kStackBytes) != 0 ||
      pthread_create(&state_->thread, &attributes, State::run, state_.get()) != 0) {
    std::fprintf(stderr, "sluice: fatal: cannot start thread %s\n", state_->name.c_str());
    std::abort();
  }
  pthread_attr_destroy(&attributes);
  state_->joinable = true;
  pthread_setname_np(state_->thread, state_->name.c_str());
}

WorkerThread::~WorkerThread() {
  stop();
  join();
}

Executor WorkerThread::executor() const { return state_->context.get_executor(); }

void WorkerThread::stop() { state_->context.stop(); }

void WorkerThread::join() {
  if (!state_->joinable) return;
  pthread_join(state_->thread, nullptr);
  state_->joinable = false;
}

}  // namespace sluice::net
