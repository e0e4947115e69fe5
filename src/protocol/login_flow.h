#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/scram_client.h"
#include "base/result.h"
#include "base/secret.h"
#include "protocol/message_reader.h"
#include "protocol/notice.h"
#include "protocol/session_messages.h"
#include "protocol/startup_messages.h"

namespace sluice::protocol {

struct LoginRequest {
  std::string user;
  std::string database;
  /// application_name, options and settings, as they shall stand in the start-up packet. Unless any_encoding is
  /// true, client_encoding is UTF8; "replication" here never passes.
  StartupParameters settings;
  std::string replication;    ///< "true" or "database": log in as a walsender's client
  bool any_encoding = false;  ///< whatever the settings, or else the upstream, say
  Secret password;
  /// Keys derived by an earlier login of the same user: saves 6 ms. May be null; filled in on success.
  /// Outlives the flow.
  auth::ScramClientKeys* keys = nullptr;
  bool tls = false;         ///< ask for TLS and refuse to go on without it
  bool direct_tls = false;  ///< with tls: begin with the handshake, as PostgreSQL 17 and later understand it
  bool use_channel_binding = true;
  bool require_channel_binding = false;  ///< refuse a server that does not prove itself by SCRAM-SHA-256-PLUS
  std::string scram_nonce;  ///< our part of it; empty: random. Given by tests only
};

/// What the caller does next: first write `send` (it may be empty), then this.
struct LoginStep {
  enum class Next {
    read_tls_answer,  ///< read exactly one byte, then on_tls_answer()
    upgrade_to_tls,   ///< do the TLS handshake, then on_tls()
    read_message,     ///< read a message, then on_message()
    ready,            ///< logged in and idle: take session()
    failed,           ///< close; error() and upstream_error() tell why
  };

  Next next = Next::failed;
  std::string send;
};

/// What the upstream said about the new session. A value.
struct UpstreamSession {
  std::vector<ParameterStatus> parameters;  ///< in the order they came; a name stands once, with its last value
  BackendKeyData key;
  [[nodiscard]] std::string_view parameter(std::string_view name) const;  ///< empty: not reported
};

/// Our side of a login at the upstream, as libpq plays it. No I/O; usage as StartupFlow:
///   step = flow.start(); write(step.send); read; step = flow.on_message(message); …
/// Passwords go out as SCRAM-SHA-256 (PLUS over TLS when a channel binding is given), MD5, or in clear
/// text over TLS alone.
class LoginFlow {
 public:
  using Next = LoginStep::Next;

  explicit LoginFlow(LoginRequest request) : request_(std::move(request)) {}

  [[nodiscard]] LoginStep start();
  [[nodiscard]] LoginStep on_tls_answer(char answer, bool bytes_follow);
  /// TLS stands. `channel_binding`: the tls-server-end-point digest of the upstream's certificate.
  [[nodiscard]] LoginStep on_tls(std::optional<std::string> channel_binding);
  [[nodiscard]] LoginStep on_message(const MessageView& message);

  /// After Next::ready.
  [[nodiscard]] const UpstreamSession& session() const noexcept { return session_; }
  /// After Next::failed: upstream_unavailable, in words fit for the agent.
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  /// After Next::failed: what the upstream itself said, for the log; null if it said nothing. A wrong
  /// setting of the agent's (class 22 or 42) may be passed on to it.
  [[nodiscard]] const NoticeFields* upstream_error() const noexcept { return upstream_error_ ? &*upstream_error_ : nullptr; }
  /// What went wrong, for the log, never for the agent.
  [[nodiscard]] const std::string& log_text() const noexcept { return log_text_; }
  /// True if the failure came after the upstream had accepted user and password.
  [[nodiscard]] bool authenticated() const noexcept { return authenticated_; }

 private:
  enum class State { start, tls_answer, tls, authentication, sasl_continue, sasl_final, sasl_done, settling, over };

  LoginStep send_startup();
  LoginStep on_authentication(std::string_view body);
  LoginStep on_settling(const MessageView& message);
  LoginStep begin_scram(const std::vector<std::string>& mechanisms);
  LoginStep send_password(std::string_view answer);
  LoginStep fail(std::string log_text);
  void remember(ParameterStatus status);

  LoginRequest request_;
  State state_ = State::start;
  bool encrypted_ = false;
  bool authenticated_ = false;
  bool bound_ = false;  ///< to the upstream's certificate
  std::optional<std::string> channel_binding_;
  std::optional<auth::ScramClient> scram_;
  UpstreamSession session_;
  std::optional<NoticeFields> upstream_error_;
  Error error_;
  std::string log_text_;
};

}  // namespace sluice::protocol
