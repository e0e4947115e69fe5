#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "channels/service_url.h"
#include "channels/teams_text.h"
#include "config/channels.h"
#include "net/task.h"
#include "net/url_call.h"

namespace sluice::channels {

/// Speaks to the Bot Connector as the bot: its token (client credentials, kept until it ends) goes to service URLs that were proven, and
/// nowhere else. A few calls at a time; told to wait (429, Retry-After) it waits. Lives on one executor.
///
/// Errors: not_found (no such conversation or activity), bad_request (it will never take this), invalid_credentials and denied (the bot may
/// not), upstream_unavailable and timed_out (later perhaps).
class TeamsConnector {
 public:
  TeamsConnector(const config::TeamsChannel& teams, net::CallOptions options, net::Executor executor);
  ~TeamsConnector();

  /// Posts an activity and returns its id, which may be empty.
  [[nodiscard]] net::awaitable<Result<std::string>> post(ServiceUrl service, std::string conversation, CardJson activity);
  [[nodiscard]] net::awaitable<Status> update(ServiceUrl service, std::string conversation, std::string id, CardJson activity);
  /// The conversation of the bot with one person alone.
  [[nodiscard]] net::awaitable<Result<std::string>> personal_conversation(ServiceUrl service, std::string tenant, std::string member);

 private:
  class Turn;
  [[nodiscard]] net::awaitable<Result<net::HttpResponse>> call(const char* method, const ServiceUrl& service, std::vector<std::string> path, CardJson body);
  [[nodiscard]] net::awaitable<Result<net::HttpResponse>> call_once(const char* method, const std::string& url, const std::string& body);
  [[nodiscard]] net::awaitable<Result<Secret>> token();

  const config::TeamsChannel& teams_;
  net::CallOptions options_;
  net::Executor executor_;
  Secret token_;
  std::chrono::steady_clock::time_point token_ends_{};
  std::chrono::steady_clock::time_point not_before_{};  // Teams told us to wait until then
  std::size_t under_way_ = 0;
  std::vector<std::shared_ptr<net::Event>> waiting_;  // for their turn, in order
};

}  // namespace sluice::channels
