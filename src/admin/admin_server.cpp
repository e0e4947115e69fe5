#include "admin/admin_server.h"

#include <set>

#include "admin/api.h"
#include "net/http_server.h"
#include "net/listener.h"

namespace sluice::admin {

namespace {
constexpr std::size_t kMaxConnections = 256;
}

struct AdminServer::State {
  State(Backend backend, net::Executor where) : executor(std::move(where)), api(std::move(backend)) {}

  net::Executor executor;
  Api api;
  net::HttpHandler handler = [this](net::HttpRequest request) { return api.handle(std::move(request)); };
  std::unique_ptr<net::Listener> listener;
  std::set<net::ByteStream*> connections;  // each is alive while it is in here
};

AdminServer::AdminServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<AdminServer>> AdminServer::start(control::Control& control, const config::Listen& where,
                                                               std::function<void(MetricsText&)> metrics,
                                                               std::map<std::string, net::HttpHandler> callbacks) {
  return start(backend_of(control, std::move(metrics), std::move(callbacks)), control.executor(), where);
}

Result<std::unique_ptr<AdminServer>> AdminServer::start(Backend backend, net::Executor executor, const config::Listen& where) {
  auto state = std::make_shared<State>(std::move(backend), executor);
  SLUICE_TRY(listener, net::Listener::open(executor, net::ListenAt{.address = where.address, .port = where.port}));
  state->listener = std::move(listener);
  net::spawn(executor, accept_all(state));
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
}

AdminServer::~AdminServer() {
  net::post(state_->executor, [state = state_] {
    state->listener->close();
    for (net::ByteStream* connection : state->connections) connection->close();
  });
}

std::uint16_t AdminServer::port() const noexcept { return state_->listener->port(); }

net::awaitable<void> AdminServer::accept_all(std::shared_ptr<State> state) {
  while (true) {
    Result<std::unique_ptr<net::ByteStream>> stream = co_await state->listener->accept();
    if (!stream.ok()) co_return;
    if (state->connections.size() < kMaxConnections) net::spawn(state->executor, serve(state, std::move(stream).value()));
  }
}

net::awaitable<void> AdminServer::serve(std::shared_ptr<State> state, std::unique_ptr<net::ByteStream> stream) {
  net::ByteStream* const key = stream.get();
  state->connections.insert(key);
  co_await net::serve_http(std::move(stream), state->handler, net::HttpLimits{});
  state->connections.erase(key);
}

}  // namespace sluice::admin
