#include "gateway/worker.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

namespace {
constexpr std::chrono::seconds kLoginPatience{3};         // a login may take so long even when others wait for its place
constexpr std::chrono::milliseconds kRefusalTime{200};
constexpr std::uint32_t kMaxRefusals = 64;                // at a time; more are closed without a word

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
                                              const std::vector<config::Listen>& listen, const TcpOptions& tcp) {
  std::unique_ptr<Worker> worker(new Worker(number, gateway, std::move(recorder)));
  for (const config::Listen& at : listen) {
    if (at.address.starts_with('/')) continue;
    SLUICE_TRY(listener, net::Listener::open(worker->thread_->executor(), {at.address, at.port, true, 0600, tcp}));
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
  if (!has_room_for_login()) {
    context_->metrics.hit(Limit::max_logins);
    if (refusals_ < kMaxRefusals) net::spawn(thread_->executor(), refuse(this, std::move(agent)));
    return;
  }
  const std::uint64_t id = new_session_id();
  auto session = std::make_shared<Session>(*context_, std::move(agent), id);
  sessions_.emplace(id, session);
  logins_.push_back(session);
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

// Those who have proved who they are count no more. If all are busy, the one that takes longest has had its time.
bool Worker::has_room_for_login() {
  const auto waits = [](const std::weak_ptr<Session>& weak) {
    const std::shared_ptr<Session> session = weak.lock();
    return session != nullptr && session->logging_in();
  };
  while (!logins_.empty() && !waits(logins_.front())) logins_.pop_front();
  const std::uint32_t limit = std::max(1u, context_->gateway.board.config()->limits.max_logins / context_->gateway.workers);
  if (context_->logins < limit) return true;
  if (logins_.size() > 2 * std::size_t{limit}) std::erase_if(logins_, [&](const auto& weak) { return !waits(weak); });
  const std::shared_ptr<Session> oldest = logins_.empty() ? nullptr : logins_.front().lock();
  if (!oldest || std::chrono::steady_clock::now() - oldest->begun() < kLoginPatience) return false;
  oldest->end_login();
  logins_.pop_front();
  return true;
}

// Without asking who it is, and without waiting long. Libpq sees the error only behind an answer to its SSLRequest;
// and nobody would see it if their first packet were left unread.
net::awaitable<void> Worker::refuse(Worker* worker, std::unique_ptr<net::ByteStream> stream) {
  ++worker->refusals_;
  worker->context_->metrics.refused(ErrorKind::too_many_connections);
  stream->set_deadline(std::chrono::steady_clock::now() + kRefusalTime);
  std::array<char, 1024> packet{};
  const Result<std::size_t> size = co_await stream->read_some(packet);
  constexpr std::string_view kSslRequest("\0\0\0\x08\x04\xd2\x16\x2f", 8);
  if (size.ok() && std::string_view(packet.data(), *size) == kSslRequest && !worker->context_->gateway.board.tls()) {
    (void)co_await stream->write("N");
    (void)co_await stream->read_some(packet);
  }
  std::string fatal;
  protocol::fatal_response(make_error(ErrorKind::too_many_connections, "sorry, too many clients already")).encode(fatal);
  (void)co_await stream->write(fatal);
  stream->shutdown_send();
  stream->close();
  --worker->refusals_;
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

void Worker::end_sessions() {
  net::post(thread_->executor(), [this] {
    for (const auto& [id, weak] : sessions_) {
      const std::shared_ptr<Session> session = weak.lock();
      if (session) session->end_at_once(make_error(ErrorKind::shutting_down, "terminating connection due to administrator command"));
    }
  });
}

net::awaitable<std::vector<ClientRow>> Worker::clients() {
  auto look = [this] {
    std::vector<ClientRow> rows;
    for (const auto& [id, weak] : sessions_) {
      if (const std::shared_ptr<Session> session = weak.lock()) rows.push_back(session->describe());
    }
    return rows;
  };
  co_return co_await net::on(thread_->executor(), look);
}

std::uint64_t Worker::accept_shortages() const noexcept {
  std::uint64_t total = 0;
  for (const auto& listener : listeners_) total += listener->shortages();
  return total;
}

}  // namespace sluice::gateway
