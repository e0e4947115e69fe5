#include "gateway/worker.h"

#include <spdlog/spdlog.h>

#include <array>
#include <cstring>
#include <utility>

#include "base/digest.h"

namespace sluice::gateway {

namespace {
// Unique over restarts too, so that the audit log never confuses two sessions.
std::uint64_t new_session_id() {
  std::array<std::uint8_t, 8> bytes{};
  fill_random(bytes);
  std::uint64_t id = 0;
  std::memcpy(&id, bytes.data(), bytes.size());
  return id >> 1 | 1;  // positive and not 0, for stores that know signed numbers only
}
}  // namespace

Worker::Worker(std::uint32_t number, GatewayContext& gateway, std::unique_ptr<control::StatementRecorder> recorder)
    : recorder_(std::move(recorder)), thread_(std::make_unique<net::WorkerThread>("worker-" + std::to_string(number))) {
  context_ = std::make_unique<WorkerContext>(gateway, thread_->executor(), *recorder_);
}

void Worker::stop() {
  thread_->stop();
  thread_->join();
}

Worker::~Worker() {
  stop();
  listeners_.clear();
  thread_.reset();  // destroys what is still suspended; needs the context
}

Result<std::unique_ptr<Worker>> Worker::start(std::uint32_t number, GatewayContext& gateway,
                                              std::unique_ptr<control::StatementRecorder> recorder,
                                              const std::vector<config::Listen>& listen) {
  std::unique_ptr<Worker> worker(new Worker(number, gateway, std::move(recorder)));
  for (const config::Listen& at : listen) {
    if (at.address.starts_with('/')) continue;
    SLUICE_TRY(listener, net::Listener::open(worker->thread_->executor(), {at.address, at.port, true, 0600}));
    if (number == 0) spdlog::info("listening at {}", listener->name());
    worker->listeners_.push_back(std::move(listener));
  }
  for (const auto& listener : worker->listeners_) {
    net::spawn(worker->thread_->executor(), accept_all(worker.get(), listener.get()));
  }
  return worker;
}

net::awaitable<void> Worker::accept_all(Worker* worker, net::Listener* listener) {
  for (;;) {
    auto accepted = co_await listener->accept();
    if (!accepted.ok()) co_return;
    worker->serve(std::move(*accepted));
  }
}

void Worker::serve(std::unique_ptr<net::ByteStream> agent) {
  if (draining_) return;
  const std::uint64_t id = new_session_id();
  auto session = std::make_shared<Session>(*context_, std::move(agent), id);
  sessions_.emplace(id, session);
  net::spawn(thread_->executor(), run_session(this, std::move(session), id));
}

Status Worker::share_unix_sockets(const std::vector<std::unique_ptr<Worker>>& workers, const std::vector<config::Listen>& listen) {
  std::vector<Worker*> all;
  for (const auto& worker : workers) all.push_back(worker.get());
  Worker& first = *all.front();
  for (const config::Listen& at : listen) {
    if (!at.address.starts_with('/')) continue;
    SLUICE_TRY(listener, net::Listener::open(first.thread_->executor(), {at.address, at.port, false, at.permissions}));
    spdlog::info("listening at {}", listener->name());
    net::Listener* const opened = listener.get();
    // Its other listeners are in use on its own thread by now.
    net::post(first.thread_->executor(), [&first, all, held = std::make_shared<std::unique_ptr<net::Listener>>(std::move(listener))] {
      first.listeners_.push_back(std::move(*held));
    });
    net::spawn(first.thread_->executor(), accept_for(all, opened));
  }
  return Done{};
}

net::awaitable<void> Worker::accept_for(std::vector<Worker*> workers, net::Listener* listener) {
  for (std::size_t turn = 0;; turn = (turn + 1) % workers.size()) {
    Worker* const worker = workers[turn];
    auto accepted = co_await listener->accept(worker->thread_->executor());
    if (!accepted.ok()) co_return;
    auto agent = std::make_shared<std::unique_ptr<net::ByteStream>>(std::move(*accepted));
    net::post(worker->thread_->executor(), [worker, agent] { worker->serve(std::move(*agent)); });
  }
}

net::awaitable<void> Worker::run_session(Worker* worker, std::shared_ptr<Session> session, std::uint64_t id) {
  co_await session->run();
  worker->sessions_.erase(id);
}

void Worker::drain() {
  net::post(thread_->executor(), [this] {
    draining_ = true;
    for (const auto& listener : listeners_) listener->close();
    for (const auto& [id, weak] : sessions_) {
      if (const std::shared_ptr<Session> session = weak.lock()) session->drain();
    }
  });
}

}  // namespace sluice::gateway
