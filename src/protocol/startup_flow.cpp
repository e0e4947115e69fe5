#include "protocol/startup_flow.h"

#include <algorithm>
#include <utility>

#include "auth/scram.h"
#include "base/bytes.h"
#include "protocol/authentication_messages.h"
#include "protocol/password_messages.h"
#include "protocol/session_messages.h"
#include "protocol/sqlstate.h"

namespace sluice::protocol {
namespace {

constexpr std::size_t kMaxSaslMessageBytes = 1024;  // as PostgreSQL

/// PostgreSQL's reading of a boolean that says no: any beginning of "false" or "no", "off" or "of", "0".
bool says_no(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto begins = [&lower](std::string_view word) { return !lower.empty() && word.starts_with(lower); };
  return begins("false") || begins("no") || (begins("off") && lower.size() >= 2) || lower == "0";
}

/// The value of the parameter "replication" as "", "true" or "database"; nullopt: it is none.
std::optional<std::string> replication_of(std::string_view text) {
  if (text == "database") return "database";
  if (says_no(text)) return "";
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto begins = [&lower](std::string_view word) { return !lower.empty() && word.starts_with(lower); };
  if (begins("true") || begins("yes") || lower == "on" || lower == "1") return "true";
  return std::nullopt;
}

std::string version_text(std::uint32_t version) { return std::to_string(version >> 16) + "." + std::to_string(version & 0xffff); }

}  // namespace

StartupStep StartupFlow::on_packet(std::string_view body, bool bytes_follow) {
  if (state_ != State::packet) return fail(make_error(ErrorKind::internal, "start-up packet out of turn"));
  auto packet = decode_startup_packet(body);
  if (!packet.ok()) {
    const bool cancel = body.size() >= 4 && load_u32(body.data()) == CancelRequest::kCode;  // who cancels never hears a word
    return cancel ? on_failure(std::move(packet).error()) : fail(std::move(packet).error());
  }

  if (std::holds_alternative<SSLRequest>(*packet) && !tls_asked_) {
    tls_asked_ = true;
    if (bytes_follow) return refuse_stuffing("received unencrypted data after SSL request", rules_.tls_available);
    if (!rules_.tls_available) return {Next::read_packet, "N"};
    state_ = State::tls;
    return {Next::upgrade_to_tls, "S"};
  }
  if (std::holds_alternative<GSSENCRequest>(*packet) && !gss_asked_) {
    gss_asked_ = true;
    if (bytes_follow) return refuse_stuffing("received unencrypted data after GSSAPI encryption request", false);
    return {Next::read_packet, "N"};
  }
  if (const auto* cancel = std::get_if<CancelRequest>(&*packet)) {
    cancel_request_ = *cancel;
    state_ = State::over;
    return {Next::cancel, {}};
  }
  if (const auto* message = std::get_if<StartupMessage>(&*packet)) return on_startup_message(*message);
  return on_startup_message(StartupMessage{load_u32(body.data()), {}});  // asked twice: PostgreSQL takes it for a version
}

StartupStep StartupFlow::on_startup_message(const StartupMessage& message) {
  if (message.version >> 16 != 3) return refuse_version(message.version);
  std::vector<std::string> unrecognized_options;
  for (const auto& [name, value] : message.parameters) {
    if (name == "user") {
      user_ = value;
    } else if (name == "database") {
      database_ = value;
    } else if (name == "replication") {
      auto replication = replication_of(value);
      if (!replication) {
        return fail(make_error(ErrorKind::invalid_parameter_value, "invalid value for parameter \"replication\": \"" + value + "\"",
                               "Valid values are: \"false\", 0, \"true\", 1, \"database\"."));
      }
      replication_ = std::move(*replication);
    } else if (name.starts_with("_pq_.")) {
      unrecognized_options.push_back(name);
    } else {
      settings_.emplace_back(name, value);
    }
  }
  negotiate(message.version, std::move(unrecognized_options));
  if (user_.empty()) {
    return fail(make_error(ErrorKind::invalid_authorization, "no PostgreSQL user name specified in startup packet"));
  }
  if (database_.empty()) database_ = user_;
  user_.resize(std::min(user_.size(), kMaxNameBytes));
  database_.resize(std::min(database_.size(), kMaxNameBytes));
  if (rules_.tls_required && !encrypted_) {
    return fail(make_error(ErrorKind::invalid_authorization, "connection requires TLS", "connect with sslmode=verify-full"));
  }
  state_ = State::verifier;
  return {Next::look_up_identity, {}};
}

// Where the request is declined, PostgreSQL says that first.
StartupStep StartupFlow::refuse_stuffing(std::string message, bool accepted) {
  StartupStep step = fail(make_error(ErrorKind::protocol_violation, std::move(message)));
  if (!accepted) step.send.insert(0, "N");
  return step;
}

StartupStep StartupFlow::refuse_version(std::uint32_t version) {
  StartupStep step = fail(make_error(ErrorKind::not_supported, "unsupported frontend protocol " + version_text(version) +
                                                                   ": server supports 3.0 to " + version_text(kProtocol32)));
  // Before 3.0 errors were text.
  if (version >> 16 < 3) step.send = "EFATAL:  " + error_.message + "\n" + std::string(1, '\0');
  return step;
}

// As PostgreSQL 18: the agent hears of it only if it does not get all that it asked for.
void StartupFlow::negotiate(std::uint32_t asked, std::vector<std::string> unrecognized_options) {
  version_ = std::min(asked, kProtocol32);
  if (asked == version_ && unrecognized_options.empty()) return;
  NegotiateProtocolVersion{version_, std::move(unrecognized_options)}.encode(negotiation_);
}

StartupStep StartupFlow::on_direct_tls() {
  if (state_ != State::packet || tls_asked_ || gss_asked_ || !rules_.tls_available) {
    return on_failure(make_error(ErrorKind::protocol_violation, "TLS without a request where there is none"));
  }
  tls_asked_ = direct_ = true;
  state_ = State::tls;
  return {Next::upgrade_to_tls, {}};
}

StartupStep StartupFlow::on_tls(std::optional<std::string> channel_binding, std::string_view application_protocol) {
  if (state_ != State::tls) return fail(make_error(ErrorKind::internal, "TLS out of turn"));
  if (direct_ && application_protocol != kAlpnProtocol) {
    return on_failure(make_error(ErrorKind::protocol_violation, "direct TLS without the application protocol \"postgresql\""));
  }
  encrypted_ = true;
  gss_asked_ = true;  // within TLS there is nothing left to ask for
  channel_binding_ = std::move(channel_binding);
  state_ = State::packet;
  return {Next::read_packet, {}};
}

StartupStep StartupFlow::on_verifier(const std::optional<auth::ScramVerifier>& verifier) {
  if (state_ != State::verifier) return fail(make_error(ErrorKind::internal, "verifier out of turn"));
  auth::ScramServer::Terms& terms = terms_.emplace();
  terms.doomed = !verifier.has_value();
  terms.verifier = verifier ? *verifier : auth::mock_verifier(user_, rules_.mock_secret.reveal(), rules_.mock_iterations);
  terms.channel_binding = channel_binding_;
  terms.nonce = rules_.scram_nonce;

  AuthenticationSASL request;
  if (channel_binding_) request.mechanisms.emplace_back(auth::kScramSha256Plus);
  request.mechanisms.emplace_back(auth::kScramSha256);
  StartupStep step{Next::read_message, std::exchange(negotiation_, {})};
  request.encode(step.send);
  state_ = State::sasl_initial;
  return step;
}

StartupStep StartupFlow::on_proven() {
  if (state_ != State::verifier) return fail(make_error(ErrorKind::internal, "proof out of turn"));
  state_ = State::over;
  StartupStep step{Next::authenticated, std::exchange(negotiation_, {})};
  AuthenticationOk{}.encode(step.send);
  return step;
}

StartupStep StartupFlow::on_message(const MessageView& message) {
  if (state_ != State::sasl_initial && state_ != State::sasl_first && state_ != State::sasl_final) {
    return fail(make_error(ErrorKind::internal, "message out of turn"));
  }
  if (message.type != SASLResponse::kType) {
    return fail(make_error(ErrorKind::protocol_violation,
                           "expected SASL response, got message type " + std::to_string(static_cast<unsigned char>(message.type))));
  }
  if (message.body.size() > kMaxSaslMessageBytes) return fail(make_error(ErrorKind::protocol_violation, "invalid message length"));
  if (state_ == State::sasl_initial) return on_sasl_initial(message);
  if (state_ == State::sasl_first) return on_client_first(message.body);
  return on_client_final(message.body);
}

StartupStep StartupFlow::on_sasl_initial(const MessageView& message) {
  auto initial = SASLInitialResponse::decode(message.body);
  if (!initial.ok()) return fail(std::move(initial).error());
  const bool plus = initial->mechanism == auth::kScramSha256Plus && channel_binding_;
  if (!plus && initial->mechanism != auth::kScramSha256) {
    return fail(make_error(ErrorKind::protocol_violation, "client selected an invalid SASL authentication mechanism"));
  }
  terms_->plus = plus;
  scram_.emplace(std::move(*terms_));
  terms_.reset();
  if (initial->response) return on_client_first(*initial->response);
  state_ = State::sasl_first;
  StartupStep step{Next::read_message, {}};
  AuthenticationSASLContinue{}.encode(step.send);
  return step;
}

StartupStep StartupFlow::on_client_first(std::string_view text) {
  auto challenge = scram_->on_client_first(text);
  if (!challenge.ok()) return fail(std::move(challenge).error());
  state_ = State::sasl_final;
  StartupStep step{Next::read_message, {}};
  AuthenticationSASLContinue{std::move(challenge).value()}.encode(step.send);
  return step;
}

StartupStep StartupFlow::on_client_final(std::string_view text) {
  auto outcome = scram_->on_client_final(text);
  if (!outcome.ok()) {
    Error error = std::move(outcome).error();
    if (error.kind == ErrorKind::invalid_credentials) error.message = "password authentication failed for user \"" + user_ + "\"";
    return fail(std::move(error));
  }
  state_ = State::over;
  StartupStep step{Next::authenticated, {}};
  AuthenticationSASLFinal{std::move(outcome).value()}.encode(step.send);
  AuthenticationOk{}.encode(step.send);
  return step;
}

StartupStep StartupFlow::on_failure(Error error) {
  const bool silent = state_ == State::packet || state_ == State::tls;  // nobody has spoken our protocol yet
  StartupStep step = fail(std::move(error));
  if (silent) step.send.clear();
  return step;
}

StartupStep StartupFlow::fail(Error error) {
  state_ = State::over;
  StartupStep step{Next::close, std::exchange(negotiation_, {})};
  fatal_response(error).encode(step.send);
  error_ = std::move(error);
  return step;
}

}  // namespace sluice::protocol
