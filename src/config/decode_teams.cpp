#include <algorithm>
#include <array>
#include <tuple>

#include "config/same_settings.h"
#include "config/sections.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxConversationBytes = 256;
// Where Power Automate serves its webhooks.
constexpr std::array<std::string_view, 3> kWorkflowHosts = {".logic.azure.com", ".environment.api.powerplatform.com", "api.powerautomate.com"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// "01234567-89ab-cdef-0123-456789abcdef"
bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

/// "host[:port]" of a URL; empty: it is none.
std::string authority(std::string_view url) {
  const std::size_t start = url.find("://");
  if (start == std::string_view::npos) return {};
  const std::string_view rest = url.substr(start + 3);
  return lower(std::string(rest.substr(0, rest.find_first_of("/?#"))));
}

bool is_loopback(std::string_view authority) {
  const auto is = [&](std::string_view host) { return authority == host || authority.starts_with(std::string(host) + ":"); };
  return is("127.0.0.1") || is("[::1]") || is("localhost");
}

/// Secrets go nowhere in clear, but within this machine.
bool is_service_url(const std::string& url) {
  const std::string where = authority(url);
  if (where.empty() || where.find('@') != std::string::npos) return false;
  return url.starts_with("https://") || (url.starts_with("http://") && is_loopback(where));
}

void read_id(Fields& fields, std::string_view key, std::string& into, Decoding& decoding) {
  const auto text = fields.text(key, Need::required);
  if (!text) return;
  into = lower(*text);
  if (!is_guid(into)) decoding.findings.error(fields.place_of(key), "expected an id like 01234567-89ab-cdef-0123-456789abcdef");
}

void read_url(Fields& fields, std::string_view key, std::string& into, Decoding& decoding) {
  const auto text = fields.text(key);
  if (!text) return;
  into = *text;
  if (!is_service_url(into)) decoding.findings.error(fields.place_of(key), "expected a URL that starts with https://");
}

ChannelRoute decode_route(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "a route", decoding.findings);
  ChannelRoute route;
  for (const auto& group : fields.texts("approvers")) {
    route.approver_groups.push_back({group.value});
    if (!decoding.groups.contains({group.value})) decoding.findings.warning(group.place, "nobody is in the group \"" + group.value + "\"");
  }
  if (const auto conversation = fields.text("conversation", Need::required)) {
    route.target = *conversation;
    const auto odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '?' || c == '#' || c == '\\' || c == 0x7F; };
    if (route.target.empty() || route.target.size() > kMaxConversationBytes || std::any_of(route.target.begin(), route.target.end(), odd)) {
      decoding.findings.error(fields.place_of("conversation"), "expected the id of a conversation, like 19:…@thread.tacv2");
    }
  }
  fields.finish();
  return route;
}

void read_routes(Fields& fields, std::vector<ChannelRoute>& routes, Decoding& decoding) {
  const YamlNode* node = fields.node("routes", Need::required);
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::sequence || node->items.empty()) {
    decoding.findings.error(node->place, "expected a list of routes");
    return;
  }
  for (const YamlNode& item : node->items) {
    if (!routes.empty() && routes.back().approver_groups.empty()) {
      decoding.findings.warning(item.place, "never used: the route before it takes all requests");
    }
    routes.push_back(decode_route(item, decoding));
  }
}

void read_service_hosts(Fields& fields, TeamsChannel& teams, Decoding& decoding) {
  if (fields.has("service_hosts")) teams.service_hosts.clear();
  for (const auto& host : fields.texts("service_hosts")) {
    if (host.value.find_first_of("/@ *?#") != std::string::npos || host.value != lower(host.value)) {
      decoding.findings.error(host.place, "expected a host, like smba.trafficmanager.net, or host:port");
    }
    teams.service_hosts.insert(host.value);
  }
}

bool fits(const ChannelRoute& route, const policy::RequireApproval& approval) {
  if (route.approver_groups.empty()) return true;
  const auto asked = [&](const GroupId& group) {
    const auto& first = approval.approver_groups;
    return std::find(first.begin(), first.end(), group) != first.end();
  };
  return std::any_of(route.approver_groups.begin(), route.approver_groups.end(), asked);
}

}  // namespace

bool same_settings(const TeamsChannel& a, const TeamsChannel& b) {
  const auto all = [](const TeamsChannel& teams) {
    return std::tie(teams.app_id, teams.tenant, teams.tenants, teams.openid_metadata, teams.issuer, teams.token_url, teams.token_scope, teams.service_hosts,
                    teams.service_url, teams.private_addresses, teams.disclosure.tags, teams.disclosure.statement);
  };
  const auto same_route = [](const ChannelRoute& x, const ChannelRoute& y) { return std::tie(x.approver_groups, x.target) == std::tie(y.approver_groups, y.target); };
  return all(a) == all(b) && a.client_secret.reveal() == b.client_secret.reveal() &&
         std::equal(a.routes.begin(), a.routes.end(), b.routes.begin(), b.routes.end(), same_route);
}

void decode_teams(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "teams", decoding.findings);
  TeamsChannel& teams = decoding.config.channels.teams.emplace();
  read_id(fields, "app_id", teams.app_id, decoding);
  read_id(fields, "tenant", teams.tenant, decoding);
  teams.tenants.insert(teams.tenant);
  for (const auto& tenant : fields.texts("further_tenants")) {
    if (!is_guid(lower(tenant.value))) decoding.findings.error(tenant.place, "expected an id like 01234567-89ab-cdef-0123-456789abcdef");
    teams.tenants.insert(lower(tenant.value));
  }
  if (const auto file = fields.text("client_secret_file", Need::required)) {
    teams.client_secret = Secret(decoding.secret_from(*file, fields.place_of("client_secret_file")));
  }
  teams.token_url = "https://login.microsoftonline.com/" + teams.tenant + "/oauth2/v2.0/token";
  read_url(fields, "openid_metadata", teams.openid_metadata, decoding);
  read_url(fields, "token_url", teams.token_url, decoding);
  read_url(fields, "service_url", teams.service_url, decoding);
  if (const auto issuer = fields.text("issuer")) teams.issuer = *issuer;
  if (const auto scope = fields.text("token_scope")) teams.token_scope = *scope;
  read_service_hosts(fields, teams, decoding);
  if (!teams.service_url.empty() && !teams.service_hosts.contains(authority(teams.service_url))) {
    decoding.findings.error(fields.place_of("service_url"), "its host is not among service_hosts");
  }
  teams.private_addresses = fields.flag("private_addresses").value_or(false);
  read_routes(fields, teams.routes, decoding);
  read_disclosure(fields, teams.disclosure, decoding);
  fields.finish();
  decoding.sections.emplace("channels.teams", node.place);
}

void decode_teams_workflow(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "teams_workflow", decoding.findings);
  TeamsWorkflow& workflow = decoding.config.channels.teams_workflow.emplace();
  workflow.private_addresses = fields.flag("private_addresses").value_or(false);
  if (const auto file = fields.text("url_file", Need::required)) {
    const Place place = fields.place_of("url_file");
    workflow.url = Secret(decoding.secret_from(*file, place));
    const std::string url(workflow.url.reveal());
    std::string host = authority(url);
    const bool port = host.ends_with(":443");
    if (port) host.resize(host.size() - 4);
    const bool known = std::any_of(kWorkflowHosts.begin(), kWorkflowHosts.end(), [&](std::string_view name) {
      return name.starts_with('.') ? host.ends_with(name) && host.size() > name.size() : host == name;
    });
    const bool local = workflow.private_addresses && is_loopback(host);
    if (!url.empty() && (!is_service_url(url) || !(known || local))) {
      decoding.findings.error(place, "expected a file with the https URL of a Power Automate webhook");
    }
  }
  fields.finish();
}

void check_teams(Decoding& decoding) {
  const Config& config = decoding.config;
  if (!config.channels.teams) return;
  const TeamsChannel& teams = *config.channels.teams;
  const Place place = decoding.section("channels.teams");
  if (!config.admin) decoding.findings.warning(place, "Teams cannot reach Sluice: set admin, and a TLS proxy before it that passes on /teams/messages");
  if (teams.private_addresses) decoding.findings.warning(place, "the bot's token may go to private addresses: for trying out only");
  for (const policy::Rule& rule : config.policy.rules) {
    if (!rule.approval) continue;
    if (std::none_of(teams.routes.begin(), teams.routes.end(), [&](const ChannelRoute& route) { return fits(route, *rule.approval); })) {
      decoding.findings.warning(decoding.rules.at(rule.id), "what this rule holds is shown in no conversation of Teams: no route is for its approvers");
    }
  }
}

}  // namespace sluice::config
