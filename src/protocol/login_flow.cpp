#include "protocol/login_flow.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "protocol/authentication_messages.h"
#include "protocol/password_messages.h"

namespace sluice::protocol {
namespace {

/// Settings that we decide, whatever the request says and however it spells them.
bool is_ours(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower == "user" || lower == "database" || lower == "client_encoding" || lower == "replication" || lower.starts_with("_pq_.");
}

/// Empty if this OpenSSL has no MD5 (FIPS).
std::string md5_hex(std::string_view bytes) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_md5(), nullptr) != 1) return {};
  return to_hex({digest.data(), length});
}

std::string text_of(const NoticeFields& fields) {
  return fields.severity_unlocalized + " " + fields.code + ": " + fields.message +
         (fields.detail.empty() ? "" : " (" + fields.detail + ")");
}

}  // namespace

std::string_view UpstreamSession::parameter(std::string_view name) const {
  for (const ParameterStatus& status : parameters) {
    if (status.name == name) return status.value;
  }
  return {};
}

LoginStep LoginFlow::start() {
  if (state_ != State::start) return fail("login started twice");
  if (!request_.tls) return send_startup();
  if (request_.direct_tls) {
    state_ = State::tls;
    return {Next::upgrade_to_tls, {}};
  }
  state_ = State::tls_answer;
  LoginStep step{Next::read_tls_answer, {}};
  SSLRequest{}.encode(step.send);
  return step;
}

LoginStep LoginFlow::on_tls_answer(char answer, bool bytes_follow) {
  if (state_ != State::tls_answer) return fail("TLS answer out of turn");
  if (answer != 'S') return fail("the upstream does not speak TLS");
  if (bytes_follow) return fail("the upstream sent unencrypted bytes behind its answer to SSLRequest");
  state_ = State::tls;
  return {Next::upgrade_to_tls, {}};
}

LoginStep LoginFlow::on_tls(std::optional<std::string> channel_binding) {
  if (state_ != State::tls) return fail("TLS out of turn");
  encrypted_ = true;
  if (request_.use_channel_binding) channel_binding_ = std::move(channel_binding);
  return send_startup();
}

LoginStep LoginFlow::send_startup() {
  StartupMessage message;
  message.parameters = {{"user", request_.user}, {"database", request_.database}};
  if (!request_.replication.empty()) message.parameters.emplace_back("replication", request_.replication);
  if (!request_.any_encoding) message.parameters.emplace_back("client_encoding", "UTF8");
  for (const auto& setting : request_.settings) {
    if (!is_ours(setting.first) || (request_.any_encoding && setting.first == "client_encoding")) message.parameters.push_back(setting);
  }
  LoginStep step{Next::read_message, {}};
  message.encode(step.send);
  if (step.send.size() > kMaxStartupPacketBytes) return fail("the start-up packet is too large");
  state_ = State::authentication;
  return step;
}

LoginStep LoginFlow::on_message(const MessageView& message) {
  switch (state_) {
    case State::start:
    case State::tls_answer:
    case State::tls:
    case State::over: return fail("message out of turn");
    case State::authentication:
    case State::sasl_continue:
    case State::sasl_final:
    case State::sasl_done:
    case State::settling: break;
  }
  if (message.type == ErrorResponse::kType) {
    auto response = ErrorResponse::decode(message.body);
    if (!response.ok()) return fail("malformed ErrorResponse");
    upstream_error_ = std::move(response->fields);
    return fail(text_of(*upstream_error_));
  }
  if (message.type == NoticeResponse::kType) return {Next::read_message, {}};  // advice to people at a terminal
  if (state_ == State::settling) return on_settling(message);
  if (message.type == kAuthenticationType) return on_authentication(message.body);
  // Also NegotiateProtocolVersion: we ask for 3.0 without options, so there is nothing to negotiate.
  return fail("message of type " + std::to_string(static_cast<unsigned char>(message.type)) + " during authentication");
}

LoginStep LoginFlow::on_authentication(std::string_view body) {
  auto decoded = decode_authentication(body);
  if (!decoded.ok()) return fail(decoded.error().message);
  const Authentication& request = *decoded;

  if (std::holds_alternative<AuthenticationOk>(request)) {
    // In the middle of an exchange the server has not proven yet that it knows the password.
    if (state_ == State::sasl_continue || state_ == State::sasl_final) return fail("AuthenticationOk before the end of the SCRAM exchange");
    if (request_.require_channel_binding && !bound_) return fail("the upstream did not ask for a login with channel binding");
    authenticated_ = true;
    if (scram_ && request_.keys != nullptr) *request_.keys = scram_->keys();
    state_ = State::settling;
    return {Next::read_message, {}};
  }
  if (state_ == State::authentication) {
    if (request_.require_channel_binding && !std::holds_alternative<AuthenticationSASL>(request)) {
      return fail("the upstream did not ask for a login with channel binding");
    }
    if (const auto* sasl = std::get_if<AuthenticationSASL>(&request)) return begin_scram(sasl->mechanisms);
    if (const auto* md5 = std::get_if<AuthenticationMD5Password>(&request)) {
      const std::string inner = md5_hex(std::string(request_.password.reveal()) + request_.user);
      const std::string outer = md5_hex(inner + std::string(md5->salt.data(), md5->salt.size()));
      if (inner.empty() || outer.empty()) return fail("MD5 is not available");
      return send_password("md5" + outer);
    }
    if (std::holds_alternative<AuthenticationCleartextPassword>(request)) {
      if (!encrypted_) return fail("the upstream asks for the password in clear text without TLS");
      return send_password(request_.password.reveal());
    }
  }
  if (const auto* next = std::get_if<AuthenticationSASLContinue>(&request); next != nullptr && state_ == State::sasl_continue) {
    auto answer = scram_->on_server_first(next->challenge);
    if (!answer.ok()) return fail(answer.error().message);
    state_ = State::sasl_final;
    LoginStep step{Next::read_message, {}};
    SASLResponse{std::move(answer).value()}.encode(step.send);
    return step;
  }
  if (const auto* last = std::get_if<AuthenticationSASLFinal>(&request); last != nullptr && state_ == State::sasl_final) {
    const Status proof = scram_->on_server_final(last->outcome);
    if (!proof.ok()) return fail(proof.error().message);
    state_ = State::sasl_done;
    return {Next::read_message, {}};
  }
  return fail("authentication request that is not supported or out of turn");
}

LoginStep LoginFlow::begin_scram(const std::vector<std::string>& mechanisms) {
  const auto offered = [&mechanisms](std::string_view name) {
    return std::find(mechanisms.begin(), mechanisms.end(), name) != mechanisms.end();
  };
  auth::ScramClient::Terms terms;
  terms.plus = channel_binding_ && offered(auth::kScramSha256Plus);
  if (!terms.plus && request_.require_channel_binding) return fail("the upstream offers no channel binding");
  if (!terms.plus && !offered(auth::kScramSha256)) return fail("the upstream offers no SASL mechanism that is supported");
  bound_ = terms.plus;
  terms.password = request_.password;
  if (request_.keys != nullptr) terms.keys = *request_.keys;
  terms.channel_binding = channel_binding_;
  terms.nonce = request_.scram_nonce;
  scram_.emplace(std::move(terms));

  LoginStep step{Next::read_message, {}};
  SASLInitialResponse{std::string(scram_->mechanism()), scram_->client_first()}.encode(step.send);
  state_ = State::sasl_continue;
  return step;
}

LoginStep LoginFlow::send_password(std::string_view answer) {
  LoginStep step{Next::read_message, {}};
  PasswordMessage{std::string(answer)}.encode(step.send);
  state_ = State::sasl_done;  // nothing but AuthenticationOk may follow
  return step;
}

// From AuthenticationOk to ReadyForQuery.
LoginStep LoginFlow::on_settling(const MessageView& message) {
  switch (message.type) {
    case ParameterStatus::kType: {
      auto status = ParameterStatus::decode(message.body);
      if (!status.ok()) return fail(status.error().message);
      remember(std::move(status).value());
      return {Next::read_message, {}};
    }
    case BackendKeyData::kType: {
      auto key = BackendKeyData::decode(message.body);
      if (!key.ok()) return fail(key.error().message);
      session_.key = std::move(key).value();
      return {Next::read_message, {}};
    }
    case ReadyForQuery::kType: {
      auto ready = ReadyForQuery::decode(message.body);
      if (!ready.ok() || ready->status != TransactionStatus::idle) return fail("malformed ReadyForQuery after login");
      if (!request_.any_encoding && session_.parameter("client_encoding") != "UTF8") return fail("the upstream did not take client_encoding UTF8");
      state_ = State::over;
      return {Next::ready, {}};
    }
  }
  return fail("message of type " + std::to_string(static_cast<unsigned char>(message.type)) + " before ReadyForQuery");
}

void LoginFlow::remember(ParameterStatus status) {
  for (ParameterStatus& known : session_.parameters) {
    if (known.name == status.name) {
      known.value = std::move(status.value);
      return;
    }
  }
  session_.parameters.push_back(std::move(status));
}

LoginStep LoginFlow::fail(std::string log_text) {
  state_ = State::over;
  error_ = make_error(ErrorKind::upstream_unavailable, "the upstream database is not available");
  log_text_ = std::move(log_text);
  return {Next::failed, {}};
}

}  // namespace sluice::protocol
