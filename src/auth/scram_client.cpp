#include "auth/scram_client.h"

#include <charconv>

#include "auth/scram_text.h"

namespace sluice::auth {
namespace {

Error malformed_scram(std::string_view which) {
  return make_error(ErrorKind::protocol_violation, "malformed SCRAM " + std::string(which) + " message from the server");
}

Digest to_digest(std::string_view bytes) {
  Digest digest{};
  if (bytes.size() == digest.size()) std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(digest.data()));
  return digest;
}

void derive(ScramClientKeys& keys, const Secret& password, std::string_view salt, int iterations) {
  if (keys.iterations == iterations && keys.salt == salt && equal_constant_time(keys.password.reveal(), password.reveal())) return;
  const Digest salted = salted_password(password.reveal(), salt, iterations);
  keys.password = password;
  keys.salt = salt;
  keys.iterations = iterations;
  keys.client_key = Secret(std::string(as_bytes(scram_client_key(salted))));
  keys.server_key = Secret(std::string(as_bytes(scram_server_key(salted))));
}

}  // namespace

ScramClient::ScramClient(Terms terms) : terms_(std::move(terms)) {
  if (terms_.nonce.empty()) terms_.nonce = make_nonce();
  terms_.plus = terms_.plus && terms_.channel_binding.has_value();
}

std::string ScramClient::client_first() {
  // 'y' tells the server that we could bind: it then knows if its offer of PLUS was cut out on the way.
  gs2_header_ = terms_.plus ? "p=" + std::string(kChannelBindingType) + ",," : (terms_.channel_binding ? "y,," : "n,,");
  client_first_bare_ = "n=" + terms_.user + ",r=" + terms_.nonce;
  return gs2_header_ + client_first_bare_;
}

Result<std::string> ScramClient::on_server_first(std::string_view message) {
  std::string_view rest = message;
  const auto nonce = take_attribute(rest, 'r');
  const auto salt_text = nonce ? take_attribute(rest, 's') : std::nullopt;
  const auto iterations_text = salt_text ? take_attribute(rest, 'i') : std::nullopt;
  if (!iterations_text || !is_nonce(*nonce)) return malformed_scram("server-first");
  if (!nonce->starts_with(terms_.nonce) || nonce->size() == terms_.nonce.size()) return malformed_scram("server-first");

  std::string salt;
  int iterations = 0;
  const char* const digits_end = iterations_text->data() + iterations_text->size();
  const auto [end, error] = std::from_chars(iterations_text->data(), digits_end, iterations);
  if (error != std::errc() || end != digits_end || iterations < 1 || iterations > kMaxScramIterations) {
    return malformed_scram("server-first");
  }
  if (!from_base64(*salt_text, salt) || salt.empty()) return malformed_scram("server-first");

  ScramClientKeys& keys = terms_.keys;
  derive(keys, terms_.password, salt, iterations);

  const std::string binding = gs2_header_ + (terms_.plus ? *terms_.channel_binding : std::string());
  const std::string without_proof = "c=" + base64_of(binding) + ",r=" + std::string(*nonce);
  auth_message_ = client_first_bare_ + "," + std::string(message) + "," + without_proof;
  const Digest stored_key = sha256(keys.client_key.reveal());
  const Digest client_signature = hmac_sha256(as_bytes(stored_key), auth_message_);
  const Digest proof = exclusive_or(to_digest(keys.client_key.reveal()), client_signature);
  return without_proof + ",p=" + base64_of(as_bytes(proof));
}

Status ScramClient::on_server_final(std::string_view message) {
  if (message.starts_with("e=")) return make_error(ErrorKind::invalid_credentials, "the server refused the SCRAM exchange");
  std::string_view rest = message;
  const auto text = take_attribute(rest, 'v');
  std::string signature;
  if (!text || auth_message_.empty() || !from_base64(*text, signature)) return malformed_scram("server-final");
  const Digest expected = hmac_sha256(terms_.keys.server_key.reveal(), auth_message_);
  if (!equal_constant_time(signature, as_bytes(expected))) {
    return make_error(ErrorKind::invalid_credentials, "the server does not know the SCRAM verifier: wrong server signature");
  }
  return Done{};
}

}  // namespace sluice::auth
