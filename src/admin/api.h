#pragma once

#include "admin/backend.h"
#include "net/http.h"

namespace sluice::admin {

/// The REST API: finds out who calls, and passes the request to its endpoint. Lives on one executor.
class Api {
 public:
  explicit Api(Backend backend) : backend_(std::move(backend)) {}

  [[nodiscard]] net::awaitable<net::HttpResponse> handle(net::HttpRequest request);

 private:
  Backend backend_;
};

}  // namespace sluice::admin
