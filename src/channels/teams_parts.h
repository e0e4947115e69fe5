#pragma once

#include <memory>
#include <string>

#include "channels/backend.h"
#include "channels/key_source.h"
#include "channels/teams_connector.h"
#include "channels/teams_places.h"
#include "config/channels.h"
#include "control/approver_desk.h"

namespace sluice::channels {

/// What the parts of the Teams channel share. Lives on one executor, as long as one of its coroutines.
struct TeamsParts {
  TeamsParts(Backend the_backend, control::ApproverDesk& the_approvers, const config::Channels& channels, const net::CallOptions& calls, KeySource::Fetch fetch)
      : backend(the_backend), approvers(the_approvers), config(channels), teams(*channels.teams), keys(teams.openid_metadata, teams.issuer, std::move(fetch)),
        connector(teams, calls, the_backend.executor), places(the_backend, teams) {}
  TeamsParts(const TeamsParts&) = delete;
  TeamsParts& operator=(const TeamsParts&) = delete;

  Backend backend;
  control::ApproverDesk& approvers;
  const config::Channels config;
  const config::TeamsChannel teams;
  KeySource keys;
  TeamsConnector connector;
  TeamsPlaces places;
};

}  // namespace sluice::channels
