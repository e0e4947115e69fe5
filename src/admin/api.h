#pragma once

#include <memory>

#include "admin/api_state.h"
#include "admin/backend.h"
#include "auth/identity.h"
#include "net/http.h"

namespace sluice::admin {

/// The REST API: finds out who calls, and passes the request to its endpoint. Lives on one executor.
class Api {
 public:
  explicit Api(Backend backend) : backend_(std::move(backend)), state_(std::make_shared<ApiState>()) {}

  [[nodiscard]] net::awaitable<net::HttpResponse> handle(net::HttpRequest request);

 private:
  net::awaitable<net::HttpResponse> route(net::HttpRequest request, auth::Identity caller);
  net::awaitable<net::HttpResponse> once(net::HttpRequest request, auth::Identity caller, std::string key);

  Backend backend_;
  std::shared_ptr<ApiState> state_;  // shared with streams
};

}  // namespace sluice::admin
