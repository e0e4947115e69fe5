#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "channels/backend.h"
#include "channels/service_url.h"
#include "channels/teams_proof.h"
#include "config/channels.h"

namespace sluice::channels {

/// What Teams has told of places and people, kept in the store: through which Bot Connector a conversation is reached, and by which
/// id the channel knows the person of a linked account. Lives on one executor.
class TeamsPlaces {
 public:
  /// Both outlive it.
  TeamsPlaces(Backend backend, const config::TeamsChannel& teams) : backend_(backend), teams_(teams) {}

  /// Learns from an activity. True: a conversation of a route is reached by another way than before.
  [[nodiscard]] net::awaitable<Result<bool>> note(const ProvenActivity& proven);
  /// Empty: nobody has told yet.
  [[nodiscard]] net::awaitable<Result<std::optional<ServiceUrl>>> service_of(std::string conversation);

  [[nodiscard]] net::awaitable<Status> note_person(std::string account, std::string member);
  /// Teams' ids of linked accounts of these people, as far as they are known.
  [[nodiscard]] net::awaitable<Result<std::vector<std::string>>> members_of(std::vector<IdentityId> people);

 private:
  [[nodiscard]] net::awaitable<Status> load();
  [[nodiscard]] net::awaitable<Status> keep(std::string kind, std::map<std::string, std::string>& known, std::string key, std::string value);

  Backend backend_;
  const config::TeamsChannel& teams_;
  bool loaded_ = false;
  std::map<std::string, std::string> services_;  // conversation, or "*" for the last that was heard of -> service URL
  std::map<std::string, std::string> members_;   // account -> id on the channel
};

}  // namespace sluice::channels
