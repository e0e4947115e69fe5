#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "channels/backend.h"
#include "net/url_call.h"

namespace sluice::channels {

/// What Slack answered to a call.
struct SlackAnswer {
  nlohmann::json body;
  std::string error;  ///< Slack's word, "channel_not_found"; empty: it did it
};

/// Calls of Slack's Web API, with the tokens and addresses of the configuration as it is now. Lives on the control thread.
class SlackApi {
 public:
  enum class Token { bot, app };

  explicit SlackApi(Backend backend) : backend_(backend) {}

  /// The configuration of Slack; null: a reload took it away.
  [[nodiscard]] std::shared_ptr<const config::SlackChannel> settings() const;
  /// The authorities that are believed when calling out.
  [[nodiscard]] Result<std::shared_ptr<net::TlsClientContext>> tls();

  /// One call. Errors: nobody answered, or not Slack; timed_out: Slack has asked (429) to wait before the next call of this method,
  /// and until then none is made, so that nobody who decides has to wait for it.
  [[nodiscard]] net::awaitable<Result<SlackAnswer>> call(std::string method, nlohmann::json arguments, Token token = Token::bot);
  /// Returns when it is the caller's turn to write to this place: one message a second, in the order of asking.
  [[nodiscard]] net::awaitable<void> turn(std::string place);

 private:
  void note_pause(const std::string& method, const net::HttpResponse& response);

  const Backend backend_;
  std::map<std::string, net::Deadline> next_turn_;   ///< by place
  std::map<std::string, net::Deadline> paused_;      ///< by method: until when
  std::shared_ptr<net::TlsClientContext> tls_;
  std::uint64_t tls_generation_ = 0;
};

}  // namespace sluice::channels
