#include "auth/scram_server.h"

#include <algorithm>

#include "auth/scram_text.h"

namespace sluice::auth {
namespace {

Error malformed_scram(std::string reason) {
  Error error = make_error(ErrorKind::protocol_violation, "malformed SCRAM message");
  error.detail = std::move(reason);
  return error;
}

}  // namespace

ScramServer::ScramServer(Terms terms) : terms_(std::move(terms)) {
  if (terms_.nonce.empty()) terms_.nonce = make_nonce();
}

// gs2-header, then client-first-message-bare: RFC 5802, section 7.
Result<std::string> ScramServer::on_client_first(std::string_view message) {
  std::string_view rest = message;
  if (rest.empty()) return malformed_scram("the message is empty");
  switch (rest.front()) {
    case 'n':
      if (terms_.plus) return malformed_scram("SCRAM-SHA-256-PLUS was chosen, but no channel binding is used");
      rest.remove_prefix(1);
      break;
    case 'y':
      // The client could bind and thinks that we cannot: somebody took PLUS out of our offer.
      if (terms_.plus) return malformed_scram("SCRAM-SHA-256-PLUS was chosen, but no channel binding is used");
      if (terms_.channel_binding) return make_error(ErrorKind::invalid_authorization, "SCRAM channel binding negotiation error");
      rest.remove_prefix(1);
      break;
    case 'p':
      if (!terms_.plus) return malformed_scram("SCRAM-SHA-256 was chosen, but channel binding is used");
      if (take_attribute(rest, 'p') != kChannelBindingType) {
        return make_error(ErrorKind::protocol_violation, "unsupported SCRAM channel-binding type");
      }
      rest = message.substr(static_cast<std::size_t>(rest.data() - message.data()) - 1);  // back to the comma
      break;
    default: return malformed_scram("unexpected channel-binding flag");
  }
  if (!rest.starts_with(',')) return malformed_scram("a comma was expected behind the channel-binding flag");
  rest.remove_prefix(1);
  if (rest.starts_with('a')) {
    return make_error(ErrorKind::not_supported, "client uses authorization identity, but it is not supported");
  }
  if (!rest.starts_with(',')) return malformed_scram("an authorization identity or a comma was expected");
  rest.remove_prefix(1);
  gs2_header_ = message.substr(0, message.size() - rest.size());
  client_first_bare_ = rest;

  if (rest.starts_with('m')) return make_error(ErrorKind::not_supported, "client requires an unsupported SCRAM extension");
  const auto user = take_attribute(rest, 'n');  // known already from the start-up packet: not looked at, as in PostgreSQL
  const auto nonce = user ? take_attribute(rest, 'r') : std::nullopt;
  if (!nonce || !is_nonce(*nonce)) return malformed_scram("user name and nonce were expected");

  nonce_ = std::string(*nonce) + terms_.nonce;
  server_first_ = "r=" + nonce_ + ",s=" + base64_of(terms_.verifier.salt) + ",i=" + std::to_string(terms_.verifier.iterations);
  return server_first_;
}

Result<std::string> ScramServer::on_client_final(std::string_view message) {
  const std::size_t proof_at = message.rfind(",p=");
  if (proof_at == std::string_view::npos) return malformed_scram("the proof is missing");
  const std::string_view without_proof = message.substr(0, proof_at);
  std::string_view rest = without_proof;

  const auto binding = take_attribute(rest, 'c');
  const auto nonce = binding ? take_attribute(rest, 'r') : std::nullopt;
  if (!nonce) return malformed_scram("channel binding and nonce were expected");
  std::string expected_binding = gs2_header_;
  if (terms_.plus) expected_binding += terms_.channel_binding.value_or("");
  if (!equal_constant_time(*binding, base64_of(expected_binding))) {
    if (terms_.plus) return make_error(ErrorKind::invalid_authorization, "SCRAM channel binding check failed");
    return make_error(ErrorKind::protocol_violation, "unexpected SCRAM channel-binding attribute in client-final-message");
  }
  if (*nonce != nonce_) return make_error(ErrorKind::protocol_violation, "invalid SCRAM response");

  std::string proof_bytes;
  Digest proof{};
  if (!from_base64(message.substr(proof_at + 3), proof_bytes) || proof_bytes.size() != proof.size()) {
    return malformed_scram("malformed proof");
  }
  std::copy(proof_bytes.begin(), proof_bytes.end(), reinterpret_cast<char*>(proof.data()));

  const std::string auth_message = client_first_bare_ + "," + server_first_ + "," + std::string(without_proof);
  const Digest client_signature = hmac_sha256(as_bytes(terms_.verifier.stored_key), auth_message);
  const Digest client_key = exclusive_or(proof, client_signature);
  const bool proven = equal_constant_time(as_bytes(sha256(as_bytes(client_key))), as_bytes(terms_.verifier.stored_key));
  if (!proven || terms_.doomed) return make_error(ErrorKind::invalid_credentials, "password authentication failed");
  return "v=" + base64_of(as_bytes(hmac_sha256(as_bytes(terms_.verifier.server_key), auth_message)));
}

}  // namespace sluice::auth
