#pragma once

#include <memory>

#include "base/clock.h"
#include "channels/key_source.h"
#include "channels/service_url.h"
#include "channels/teams_activity.h"
#include "config/channels.h"
#include "net/http.h"

namespace sluice::channels {

/// An activity that came from Teams, for our bot, from a tenant that counts. Nothing else makes one.
struct ProvenActivity {
  TeamsActivity activity;
  ServiceUrl service_url;
};

/// Bot Framework's authentication of what it tells a bot, in full: signature (RS256) by a key of its issuer that is endorsed for the
/// activity's channel, issuer, audience, times, the token's service URL equal to the activity's; then our own: channel, host of
/// the service URL, tenant. Errors are for the log alone.
[[nodiscard]] net::awaitable<Result<ProvenActivity>> prove(const net::HttpRequest& request, const config::TeamsChannel& teams, KeySource& keys,
                                                           Timestamp now);

}  // namespace sluice::channels
