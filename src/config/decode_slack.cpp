#include <algorithm>

#include "config/sections.h"

namespace sluice::config {
namespace {

// Ids of Slack: capitals and digits, and the first letter says of what.
bool is_slack_id(std::string_view text, std::string_view first_letters) {
  return text.size() >= 2 && text.size() <= 40 && first_letters.find(text[0]) != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

bool is_domain(std::string_view text) {
  return text.find('.') != std::string_view::npos && !text.starts_with('.') && !text.ends_with('.') &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

// Without TLS a token goes nowhere but to this machine.
bool is_usable_service(const std::string& url) {
  return url.starts_with("https://") || url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
}

std::string checked_id(Fields& fields, const char* key, std::string_view first_letters, const char* example, Decoding& decoding) {
  const std::string id = fields.text(key, Need::required).value_or("");
  if (!id.empty() && !is_slack_id(id, first_letters)) decoding.findings.error(fields.place_of(key), std::string("expected an id of Slack, such as ") + example);
  return id;
}

void decode_slack_route(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "a route", decoding.findings);
  ChannelRoute route;
  for (const auto& group : fields.texts("approvers")) {
    if (!decoding.groups.contains(GroupId{group.value})) decoding.findings.warning(group.place, "nobody is in the group \"" + group.value + "\"");
    route.approver_groups.push_back(GroupId{group.value});
  }
  route.target = checked_id(fields, "channel", "CG", "C0123456789", decoding);
  fields.finish();
  decoding.config.channels.slack->routes.push_back(std::move(route));
}

void decode_slack_secrets(Fields& fields, Decoding& decoding) {
  SlackChannel& slack = *decoding.config.channels.slack;
  if (const auto file = fields.text("bot_token_file", Need::required)) {
    slack.bot_token = Secret(decoding.secret_from(*file, fields.place_of("bot_token_file")));
    if (!slack.bot_token.empty() && !slack.bot_token.reveal().starts_with("xoxb-")) {
      decoding.findings.error(fields.place_of("bot_token_file"), "not a bot token: these begin with xoxb-");
    }
  }
  for (const auto& file : fields.texts("signing_secret_files")) slack.signing_secrets.emplace_back(decoding.secret_from(file.value, file.place));
  if (slack.signing_secrets.size() > 2) {
    decoding.findings.error(fields.place_of("signing_secret_files"), "at most two signing secrets: the current one and the one before or after it");
  }
  if (const auto file = fields.text("app_token_file")) {
    slack.app_token = Secret(decoding.secret_from(*file, fields.place_of("app_token_file")));
    if (!slack.app_token.empty() && !slack.app_token.reveal().starts_with("xapp-")) {
      decoding.findings.error(fields.place_of("app_token_file"), "not an app-level token: these begin with xapp-");
    }
  }
  if (!fields.has("signing_secret_files") && !fields.has("app_token_file")) {
    decoding.findings.error(fields.place(), "clicks come either over HTTP (signing_secret_files) or by Socket Mode (app_token_file): name one");
  }
}

}  // namespace

void decode_slack(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "slack", decoding.findings);
  SlackChannel& slack = decoding.config.channels.slack.emplace();
  slack.app_id = checked_id(fields, "app_id", "A", "A0123456789", decoding);
  for (const auto& team : fields.texts("teams", Need::required)) {
    if (!is_slack_id(team.value, "T")) decoding.findings.error(team.place, "expected the id of a workspace, such as T0123456789");
    slack.teams.insert(team.value);
  }
  decode_slack_secrets(fields, decoding);
  if (const YamlNode* routes = fields.node("routes", Need::required)) {
    if (routes->kind != YamlNode::Kind::sequence || routes->items.empty()) {
      decoding.findings.error(routes->place, "expected a list of at least one route, such as [{channel: C0123456789}]");
    } else {
      for (const YamlNode& route : routes->items) decode_slack_route(route, decoding);
    }
  }
  read_disclosure(fields, slack.disclosure, decoding);
  for (const auto& domain : fields.texts("email_domains")) {
    if (!is_domain(domain.value)) decoding.findings.error(domain.place, "expected a domain in lower case, such as example.com");
    decoding.findings.warning(domain.place, "whoever can set an address of this domain in Slack can decide as the identity of that name: linked accounts are safer");
    slack.email_domains.insert(domain.value);
  }
  if (const auto url = fields.text("api_url")) {
    slack.api_url = *url;
    while (slack.api_url.ends_with('/')) slack.api_url.pop_back();
    if (!is_usable_service(*url)) decoding.findings.error(fields.place_of("api_url"), "expected a URL that starts with https://");
  }
  fields.finish();
}

}  // namespace sluice::config
