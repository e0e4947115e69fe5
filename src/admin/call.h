#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "admin/api_state.h"
#include "admin/backend.h"
#include "auth/identity.h"
#include "net/http.h"

namespace sluice::admin {

/// One request on its way to its endpoint.
struct Call {
  Backend& backend;
  std::shared_ptr<ApiState> state;
  net::HttpRequest request;
  auth::Identity caller;  ///< empty for the endpoints that need no token
  std::string id;         ///< what stands for {id} in the path
};

/// The query's parameters, each of which must be among `names` and occur once.
[[nodiscard]] Result<std::map<std::string, std::string>> query_of(const Call& call, std::initializer_list<std::string_view> names);

/// denied unless the caller is a person.
[[nodiscard]] Status require_person(const Call& call);

}  // namespace sluice::admin
