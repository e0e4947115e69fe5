#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace sluice::admin {

/// A strong entity tag: equal for equal bodies alone.
[[nodiscard]] std::string etag_of(std::string_view body);

/// The tags of If-Match; nullopt: there is none, or it is "*". Weak tags are left out, since they match nothing.
/// bad_request: malformed, or there twice.
[[nodiscard]] Result<std::optional<std::vector<std::string>>> if_match_of(const net::HttpRequest& request);

/// Whether If-None-Match says that the caller has this already.
[[nodiscard]] bool has_already(const net::HttpRequest& request, const std::string& etag);

}  // namespace sluice::admin
