#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/scram_server.h"
#include "base/result.h"
#include "base/secret.h"
#include "protocol/message_reader.h"
#include "protocol/startup_messages.h"

namespace sluice::protocol {

inline constexpr char kTlsHandshakeByte = 0x16;
inline constexpr std::string_view kAlpnProtocol = "postgresql";
inline constexpr std::size_t kMaxNameBytes = 63;  ///< what PostgreSQL keeps of a name

struct StartupRules {
  bool tls_available = false;  ///< answer SSLRequest with 'S'
  bool tls_required = false;   ///< refuse a StartupMessage that came without TLS
  /// Makes the salts of identities that do not exist: at least 32 random bytes, the same for all
  /// workers and best over restarts too, else a prober sees salts change.
  Secret mock_secret;
  int mock_iterations = 4096;  ///< should equal what real verifiers have
  std::string scram_nonce;     ///< our part of it; empty: random. Given by tests only
};

/// What the caller does next: first write `send` (it may be empty), then this.
struct StartupStep {
  enum class Next {
    read_packet,       ///< read a start-up packet (MessageBuffer::next_startup), then on_packet()
    read_message,      ///< read a message (MessageBuffer::next), then on_message()
    upgrade_to_tls,    ///< do the TLS handshake, then on_tls()
    look_up_identity,  ///< decide how user() has to prove itself, then on_verifier(), on_proven() or on_refused()
    authenticated,     ///< AuthenticationOk is in `send`; go on with startup()
    cancel,            ///< hand on cancel_request() and close without a word
    close,             ///< `send` ends with a FATAL error, or is empty; error() is for the log
  };

  Next next = Next::close;
  std::string send;
};

/// Our side of the beginning of an agent's connection, as PostgreSQL plays it. No I/O:
///
///   StartupFlow flow(rules);
///   StartupStep step = flow.start();
///   for (;;) {
///     write(step.send);
///     switch (step.next) {
///       case read_packet:  step = flow.on_packet(body, !buffer.unread().empty()); break;
///       ...
///
/// After `close`, `cancel` or `authenticated` the flow is over and takes nothing more. Unknown
/// identities are led through the same exchange as known ones and fail where a wrong password fails.
class StartupFlow {
 public:
  using Next = StartupStep::Next;

  explicit StartupFlow(const StartupRules& rules) : rules_(rules) {}

  [[nodiscard]] StartupStep start() const { return {Next::read_packet, {}}; }
  /// `body` is a packet without its length. `bytes_follow`: more bytes were read behind it, which
  /// nobody may send before SSLRequest or GSSENCRequest has been answered.
  [[nodiscard]] StartupStep on_packet(std::string_view body, bool bytes_follow);
  /// In place of the first packet came the first byte of a TLS handshake (kTlsHandshakeByte): direct TLS, as
  /// PostgreSQL takes it from version 17 on. The bytes stay the caller's, for the handshake.
  [[nodiscard]] StartupStep on_direct_tls();
  /// TLS stands. `channel_binding`: the tls-server-end-point digest of our certificate; with it
  /// SCRAM-SHA-256-PLUS is offered. `application_protocol`: what ALPN agreed on; direct TLS needs kAlpnProtocol.
  [[nodiscard]] StartupStep on_tls(std::optional<std::string> channel_binding, std::string_view application_protocol = {});
  /// nullopt: no such identity, or one that cannot log in by password.
  [[nodiscard]] StartupStep on_verifier(const std::optional<auth::ScramVerifier>& verifier);
  /// The connection itself proves who this is: a certificate, or the operating system.
  [[nodiscard]] StartupStep on_proven();
  /// It proves that this is somebody else.
  [[nodiscard]] StartupStep on_refused(Error error) { return fail(std::move(error)); }
  [[nodiscard]] StartupStep on_message(const MessageView& message);
  /// The caller could not read on (a bad length, a message too large, time-out): FATAL and close; as in
  /// PostgreSQL without a word while no StartupMessage has come.
  [[nodiscard]] StartupStep on_failure(Error error);

  /// The agreed protocol version.
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
  /// Cut to kMaxNameBytes, like database(), as PostgreSQL cuts names.
  [[nodiscard]] const std::string& user() const noexcept { return user_; }
  /// "database" of the start-up packet, or else the user's name.
  [[nodiscard]] const std::string& database() const noexcept { return database_; }
  /// "true" (physical), "database" (logical), or empty: no replication connection.
  [[nodiscard]] const std::string& replication() const noexcept { return replication_; }
  /// As it came, for settings: without user, database, replication and "_pq_." parameters; "options" is
  /// still in one piece (startup_options.h).
  [[nodiscard]] const StartupParameters& settings() const noexcept { return settings_; }
  [[nodiscard]] const CancelRequest& cancel_request() const noexcept { return cancel_request_; }
  [[nodiscard]] bool encrypted() const noexcept { return encrypted_; }
  /// Why the flow closed; set after Next::close only.
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  enum class State { packet, tls, verifier, sasl_initial, sasl_first, sasl_final, over };

  StartupStep on_startup_message(const StartupMessage& message);
  StartupStep refuse_stuffing(std::string message, bool accepted);
  StartupStep refuse_version(std::uint32_t version);
  void negotiate(std::uint32_t asked, std::vector<std::string> unrecognized_options);
  StartupStep on_sasl_initial(const MessageView& message);
  StartupStep on_client_first(std::string_view text);
  StartupStep on_client_final(std::string_view text);
  StartupStep fail(Error error);

  StartupRules rules_;
  State state_ = State::packet;
  bool tls_asked_ = false;
  bool gss_asked_ = false;
  bool direct_ = false;
  bool encrypted_ = false;
  std::optional<std::string> channel_binding_;
  std::uint32_t version_ = kProtocol30;
  std::string user_;
  std::string database_;
  std::string replication_;
  StartupParameters settings_;
  std::string negotiation_;  ///< NegotiateProtocolVersion, to go out before the first request
  CancelRequest cancel_request_;
  std::optional<auth::ScramServer::Terms> terms_;  ///< until the agent has chosen its mechanism
  std::optional<auth::ScramServer> scram_;
  Error error_;
};

}  // namespace sluice::protocol
