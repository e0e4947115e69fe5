#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/secret.h"

namespace sluice::config {

/// Where approval requests are shown, in order: the first that fits.
struct ChannelRoute {
  std::vector<GroupId> approver_groups;  ///< empty: all requests
  std::string target;                    ///< Slack's channel id; Teams' conversation id
};

/// What a chat channel may show.
enum class StatementLevel { full, without_values, fingerprint, nothing };
struct Disclosure {
  std::set<std::string> tags;  ///< values in statements that compare or write columns with other tags are withheld
  StatementLevel statement = StatementLevel::full;  ///< at most
};

/// Approvals in Slack, docs/slack.md.
struct SlackChannel {
  std::string api_url = "https://slack.com/api";  ///< without a slash at the end
  std::string app_id;
  std::set<std::string> teams;          ///< workspaces whose accounts count
  Secret bot_token;
  std::vector<Secret> signing_secrets;  ///< two while one is being replaced; empty: callbacks come by Socket Mode alone
  Secret app_token;                     ///< of Socket Mode; empty: callbacks come over HTTP alone
  std::vector<ChannelRoute> routes;
  Disclosure disclosure;
  std::set<std::string> email_domains;  ///< accounts with an address here stand for the identity of that name; empty: only linked ones
};

/// Approvals in Microsoft Teams by a bot, docs/teams.md. The defaults are those of the public cloud.
struct TeamsChannel {
  std::string app_id;                   ///< lower case, as all ids here
  std::string tenant;                   ///< the bot's own
  std::set<std::string> tenants;        ///< whose accounts count, `tenant` among them
  Secret client_secret;
  std::string openid_metadata = "https://login.botframework.com/v1/.well-known/openidconfiguration";
  std::string issuer = "https://api.botframework.com";  ///< of the tokens that come with what Teams tells us
  std::string token_url;                ///< of Microsoft's login service; follows from `tenant` unless given
  std::string token_scope = "https://api.botframework.com/.default";
  std::set<std::string> service_hosts = {"smba.trafficmanager.net"};  ///< "host[:port]": to whom the bot's token may go
  std::string service_url;              ///< where to post until Teams has told us; empty: nowhere
  bool private_addresses = false;       ///< calls may go to addresses of our own network
  std::vector<ChannelRoute> routes;
  Disclosure disclosure;
};

/// A Workflows (Power Automate) webhook: tells, cannot decide.
struct TeamsWorkflow {
  Secret url;  ///< its signature is the credential
  bool private_addresses = false;
};

/// A signed outgoing webhook (Standard Webhooks), docs/webhooks.md.
struct Webhook {
  std::string id;
  std::string url;
  std::vector<Secret> secrets;   ///< raw keys; the first is the current one
  std::set<std::string> events;  ///< kinds of changes; empty: all
  bool private_destination = false;  ///< addresses of our own network are allowed
};

struct Channels {
  std::string public_url;  ///< where people reach the REST API or console, for links; empty: no links
  std::string ca_file;     ///< whom outgoing calls believe besides the system's authorities; empty: those alone
  std::optional<SlackChannel> slack;
  std::optional<TeamsChannel> teams;
  std::optional<TeamsWorkflow> teams_workflow;
  std::vector<Webhook> webhooks;
};

}  // namespace sluice::config
