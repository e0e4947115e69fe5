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
    const bool is_unix = at.address.starts_with('/');
    if (is_unix && number > 0) continue;  // a Unix socket cannot be shared by several listeners
    SLUICE_TRY(listener, net::Listener::open(worker->thread_->executor(), {at.address, at.port, !is_unix, 0600}));
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
    if (worker->draining_) continue;
    const std::uint64_t id = new_session_id();
    auto session = std::make_shared<Session>(*worker->context_, std::move(*accepted), id);
    worker->sessions_.emplace(id, session);
    net::spawn(worker->thread_->executor(), run_session(worker, std::move(session), id));
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
