// Accounts elsewhere, rights that are lent, standing approvals.
#include <nlohmann/json.hpp>

#include "cli/api_text.h"
#include "cli/approvals.h"

namespace sluice::cli {

using nlohmann::json;

namespace {
constexpr const char* kLinks = "/api/v1/channel-links";
constexpr const char* kDelegations = "/api/v1/delegations";
constexpr const char* kStanding = "/api/v1/standing-approvals";

int show_list(const ApiOptions& api, const char* path, const std::vector<const char*>& members, bool as_json) {
  const Result<json> list = call_api(api, request_for("GET", path));
  if (!list.ok()) return fail(list.error());
  if (as_json) {
    print_json(*list);
  } else {
    print_table(list->value("items", json::array()), members);
  }
  return 0;
}

int do_and_say(const ApiOptions& api, net::HttpRequest request, const std::vector<const char*>& members, bool as_json) {
  const Result<json> answer = call_api(api, std::move(request));
  if (!answer.ok()) return fail(answer.error());
  if (as_json) {
    print_json(*answer);
  } else if (answer->is_object()) {
    print_table(json::array({*answer}), members);
  }
  return 0;
}

const std::vector<const char*> kLinkMembers{"channel", "account", "identity", "linked"};
const std::vector<const char*> kDelegationMembers{"id", "from", "to", "groups", "starts", "ends", "revoked", "reason"};
const std::vector<const char*> kStandingMembers{"id", "requester", "database", "rule", "uses_left", "rows_left", "ends", "revoked", "statement"};
}  // namespace

int approvals_link(const ApprovalsLinkOptions& options) {
  return do_and_say(options.api, request_for("POST", kLinks, json{{"code", options.code}}), kLinkMembers, options.json);
}

int approvals_links(const ApprovalsLinkOptions& options) { return show_list(options.api, kLinks, kLinkMembers, options.json); }

int approvals_unlink(const ApprovalsLinkOptions& options) {
  net::HttpRequest request = request_for("DELETE", kLinks);
  request.query = {{"channel", options.channel}, {"account", options.account}};
  return do_and_say(options.api, std::move(request), kLinkMembers, options.json);
}

int approvals_delegate(const DelegateOptions& options) {
  json body{{"to", options.to}, {"ends", options.until}};
  if (!options.from.empty()) body["starts"] = options.from;
  std::string groups;
  for (const std::string& group : options.groups) groups += (groups.empty() ? "" : ",") + group;
  if (!groups.empty()) body["groups"] = groups;
  if (!options.reason.empty()) body["reason"] = options.reason;
  return do_and_say(options.api, request_for("POST", kDelegations, body), kDelegationMembers, options.json);
}

int approvals_delegations(const ApprovalsShowOptions& options) { return show_list(options.api, kDelegations, kDelegationMembers, options.json); }

int approvals_undelegate(const ApprovalsActOptions& options) {
  return do_and_say(options.api, request_for("DELETE", std::string(kDelegations) + "/" + options.id), kDelegationMembers, options.json);
}

int standing_list(const ApprovalsShowOptions& options) { return show_list(options.api, kStanding, kStandingMembers, options.json); }

int standing_make(const StandingOptions& options) {
  // The API takes numbers as texts: they may be larger than JSON's.
  const json body{{"uses", std::to_string(options.uses)}, {"rows", std::to_string(options.rows)}, {"hours", std::to_string(options.hours)},
                  {"reason", options.reason}};
  return do_and_say(options.api, request_for("POST", "/api/v1/approvals/" + options.id + "/standing", body), kStandingMembers, options.json);
}

int standing_agree(const ApprovalsActOptions& options) {
  const json body = options.reason.empty() ? json::object() : json{{"reason", options.reason}};
  return do_and_say(options.api, request_for("POST", std::string(kStanding) + "/" + options.id + "/agree", body), kStandingMembers, options.json);
}

int standing_revoke(const ApprovalsActOptions& options) {
  const json body = options.reason.empty() ? json::object() : json{{"reason", options.reason}};
  return do_and_say(options.api, request_for("POST", std::string(kStanding) + "/" + options.id + "/revoke", body), kStandingMembers, options.json);
}

}  // namespace sluice::cli
