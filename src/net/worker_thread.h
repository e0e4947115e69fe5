#pragma once

#include <memory>
#include <string>

#include "net/task.h"

namespace sluice::net {

/// One thread with one io_context and a 64 MiB stack (committed as it is used), so that bounded
/// recursion of the parser is safe on it. A handler that throws ends the process. Threads that wait for
/// each other with on(): stop() and join() all of them before the first is destroyed.
class WorkerThread {
 public:
  /// Starts at once. `name` shows in ps and gdb; at most 15 characters count.
  explicit WorkerThread(std::string name);
  /// stop(), join(); then destroys every coroutine that is still suspended there.
  ~WorkerThread();
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  [[nodiscard]] Executor executor() const;
  /// Makes the thread return from its loop, leaving suspended coroutines where they are. Any thread.
  void stop();
  /// Waits until the thread has ended; not from the thread itself.
  void join();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::net
