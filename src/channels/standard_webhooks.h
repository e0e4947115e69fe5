#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "approvals/request.h"
#include "base/secret.h"
#include "net/http.h"
#include "store/channel_store.h"

// What outgoing webhooks say and when, without any sending: https://www.standardwebhooks.com, symmetric signatures.
namespace sluice::channels {

/// The value of webhook-signature: one signature for each secret. `id` has no dot.
[[nodiscard]] std::string sign_webhook(const std::vector<Secret>& secrets, const std::string& id, std::int64_t unix_seconds, const std::string& body);

/// The request of one attempt.
[[nodiscard]] net::HttpRequest webhook_request(const std::vector<Secret>& secrets, const std::string& id, std::int64_t unix_seconds, std::string body);

/// The same for every attempt, and for no other event.
[[nodiscard]] std::string webhook_id(const store::ApprovalChange& change);

/// Ids, names of the configuration and counts: nothing that a statement says. Less than 20 KB.
[[nodiscard]] std::string webhook_body(const store::ApprovalChange& change, const approvals::ApprovalRequest& request, const std::string& public_url);

/// How long to wait after so many failed attempts, 1 or more; nothing: it is given up. `random` spreads receivers that failed
/// together: 0 to 65535.
[[nodiscard]] std::optional<std::chrono::seconds> retry_delay(std::uint32_t failed, std::uint16_t random);

}  // namespace sluice::channels
