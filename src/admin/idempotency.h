#pragma once

#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "net/http.h"
#include "store/answer_store.h"

// Idempotency-Key: a call that changes something, made again with the same key, gets the first one's answer.
namespace sluice::admin {

/// Empty: none, or a call that changes nothing. bad_request: not 1 to 255 visible ASCII characters, or there twice.
[[nodiscard]] Result<std::string> idempotency_key_of(const net::HttpRequest& request);
/// Over all that makes it the same call.
[[nodiscard]] Digest digest_of(const net::HttpRequest& request);
/// Of a claim that is not fresh.
[[nodiscard]] net::HttpResponse answer_of(const store::Claim& claim);
/// Whether asking again can give no other answer; malformed calls and troubles of ours may be repeated with the same key.
[[nodiscard]] bool is_final(const net::HttpResponse& response);
[[nodiscard]] std::string encode_answer(const net::HttpResponse& response);

}  // namespace sluice::admin
