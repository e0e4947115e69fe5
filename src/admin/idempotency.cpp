#include "admin/idempotency.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "admin/http_status.h"

namespace sluice::admin {

using nlohmann::json;

namespace {
constexpr std::size_t kMaxKeyBytes = 255;
constexpr const char* kHeader = "idempotency-key";
}  // namespace

Result<std::string> idempotency_key_of(const net::HttpRequest& request) {
  if (request.method == "GET" || request.method == "HEAD") return std::string();
  const bool given = std::any_of(request.fields.begin(), request.fields.end(), [](const net::HttpField& field) { return field.first == kHeader; });
  if (!given) return std::string();
  const std::string* key = request.field(kHeader);
  const bool visible = key != nullptr && std::all_of(key->begin(), key->end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible || key->empty() || key->size() > kMaxKeyBytes) {
    return make_error(ErrorKind::bad_request, "Idempotency-Key must be one value of 1 to 255 visible ASCII characters");
  }
  return *key;
}

Digest digest_of(const net::HttpRequest& request) {
  FieldDigest digest;
  digest.add(request.method).add(request.path).add(std::to_string(request.query.size()));
  for (const auto& [name, value] : request.query) digest.add(name).add(value);
  const std::string* condition = request.field("if-match");
  digest.add(condition == nullptr ? std::string_view() : std::string_view(*condition)).add(request.body);
  return digest.finish();
}

net::HttpResponse answer_of(const store::Claim& claim) {
  using Kind = store::Claim::Kind;
  switch (claim.kind) {
    case Kind::other_call:
      return problem(422, "idempotency_key_reused", "this Idempotency-Key belongs to another call", "Use a new key for each call.");
    case Kind::under_way:
      return problem(409, "idempotency_key_in_use", "the first call with this Idempotency-Key is still under way", "Make the same call again later.");
    case Kind::too_many:
      return problem(429, "too_many_idempotency_keys", "too many idempotency keys within 24 hours", "Make the call without a key.");
    case Kind::fresh:
    case Kind::answered: break;
  }
  const json answer = json::parse(claim.answer, nullptr, false);
  net::HttpResponse response;
  response.status = claim.status;
  if (!answer.is_object()) return problem(make_error(ErrorKind::store_unavailable, "a stored answer is damaged"));
  response.content_type = answer.value("content_type", "application/json");
  response.body = answer.value("body", "");
  const std::string etag = answer.value("etag", "");
  if (!etag.empty()) response.fields.emplace_back("etag", etag);
  response.fields.emplace_back("idempotency-replayed", "true");
  return response;
}

bool is_final(const net::HttpResponse& response) {
  return response.status < 500 && response.status != 400 && response.status != 401 && response.status != 429 && !response.stream;
}

std::string encode_answer(const net::HttpResponse& response) {
  json answer{{"content_type", response.content_type}, {"body", response.body}};
  for (const auto& [name, value] : response.fields) {
    if (name == "etag") answer["etag"] = value;
  }
  return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::admin
