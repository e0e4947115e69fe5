#include "admin/decode_decision.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "approvals/plain_text.h"
#include "net/json.h"

namespace sluice::admin {

namespace {
bool is_json(const std::string* content_type) {
  if (content_type == nullptr) return false;
  const std::string media = content_type->substr(0, content_type->find(';'));
  return media == "application/json" || media == "application/json ";
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}
}  // namespace

Result<std::string> decode_decision(const net::HttpRequest& request) {
  if (request.body.empty()) return std::string();
  if (!is_json(request.field("content-type"))) return make_error(ErrorKind::bad_request, "the body must be of type application/json");
  SLUICE_TRY(body, net::parse_untrusted(request.body));
  if (!body.is_object()) return make_error(ErrorKind::bad_request, "the body must be a JSON object");
  std::string reason;
  for (const auto& [key, value] : body.items()) {
    if (key != "reason") return make_error(ErrorKind::bad_request, "the body has an unknown member; only \"reason\" is known");
    if (!value.is_string()) return make_error(ErrorKind::bad_request, "\"reason\" must be a string");
    reason = value.get<std::string>();
  }
  if (characters(reason) > approvals::kMaxReasonCharacters) {
    return make_error(ErrorKind::bad_request, "\"reason\" is longer than 500 characters");
  }
  return approvals::plain_text(reason, approvals::kMaxReasonCharacters);
}

}  // namespace sluice::admin
