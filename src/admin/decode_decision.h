#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace sluice::admin {

/// The body: empty, or a JSON object of strings of type application/json, with no other members than `known`; each of
/// `required` must be there and not empty.
[[nodiscard]] Result<std::map<std::string, std::string>> texts_of(const net::HttpRequest& request, std::initializer_list<std::string_view> known,
                                                                  std::initializer_list<std::string_view> required = {});

/// The reason in the body of a decision, which is empty or {"reason": "…"} of type application/json and
/// nothing else. Cleaned by approvals::plain_text(); more than its limit is an error.
[[nodiscard]] Result<std::string> decode_decision(const net::HttpRequest& request);

/// A reason, cleaned likewise.
[[nodiscard]] Result<std::string> clean_reason(const std::string& text);

}  // namespace sluice::admin
