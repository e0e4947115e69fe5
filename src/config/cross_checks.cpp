#include <algorithm>

#include "config/sections.h"
#include "policy/lint.h"
#include "policy/rule_match.h"

namespace sluice::config {
namespace {

bool is_local(const std::string& address) { return address.starts_with('/') || address.starts_with("127.") || address == "::1" || address == "localhost"; }

void check_listening(const std::string& name, const Upstream& upstream, Decoding& decoding) {
  const bool local = std::all_of(upstream.hosts.begin(), upstream.hosts.end(), [](const UpstreamHost& host) { return is_local(host.host); });
  if (local || upstream.tls == UpstreamTls::verify_full) return;
  decoding.findings.warning(decoding.section("databases"), "the connection to database \"" + name + "\" can be listened to: use tls: verify-full");
}

void check_exposure(Decoding& decoding) {
  const Config& config = decoding.config;
  for (const Listen& listen : config.listen) {
    if (!is_local(listen.address) && !config.tls_required) {
      decoding.findings.warning(decoding.section("listen"), "agents at " + listen.address + " may connect without TLS: set tls with required: true");
    }
  }
  if (config.admin && !is_local(config.admin->address)) {
    decoding.findings.warning(decoding.section("admin"), "the admin API at " + config.admin->address + " sends tokens in clear: put a TLS proxy in front of it");
  }
  for (const auto& [alias, upstream] : config.databases) {
    check_listening(alias.text, upstream, decoding);
  }
  if (config.any_database) check_listening(kAny, *config.any_database, decoding);
}

/// How many people could approve what `requester` asks for.
std::size_t possible_approvers(const policy::RequireApproval& approval, const auth::Identity& requester, const Config& config) {
  const auto can = [&](const auto& entry) {
    const auth::Identity& person = entry.second.identity;
    return person.kind == auth::IdentityKind::person && person.id != requester.id && person.id != requester.owner &&
           policy::may_approve(approval, person.groups);
  };
  return static_cast<std::size_t>(std::count_if(config.identities.begin(), config.identities.end(), can));
}

void check_approvers(const policy::Rule& rule, Decoding& decoding) {
  policy::Rule anywhere = rule;
  anywhere.databases.clear();
  for (const auto& [id, entry] : decoding.config.identities) {
    if (!policy::concerns(anywhere, entry.identity, DatabaseAlias{})) continue;
    const std::size_t people = possible_approvers(*rule.approval, entry.identity, decoding.config);
    if (people >= rule.approval->approvals) continue;
    const std::string who = entry.identity.kind == auth::IdentityKind::agent ? " (its owner may not)" : " (nobody approves their own request)";
    decoding.findings.warning(decoding.rules.at(rule.id), "what this rule holds of \"" + id.text + "\" needs " +
                                                              std::to_string(rule.approval->approvals) + " approvals, but only " +
                                                              std::to_string(people) + " people can approve" + who);
  }
}

void check_group_limits(Decoding& decoding) {
  for (const auto& [group, limits] : decoding.group_limits) {
    if (!decoding.groups.contains(group)) decoding.findings.warning(limits.place, "limits of the group \"" + group.text + "\", which nobody is in");
  }
}

void check_logins(Decoding& decoding) {
  for (const auto& [id, entry] : decoding.config.identities) {
    const bool can_connect = !entry.scram_verifier.empty() || entry.certificate || !entry.peers.empty();
    if (entry.identity.kind == auth::IdentityKind::agent && !can_connect) {
      decoding.findings.warning(decoding.identities.at(id), "\"" + id.text + "\" has neither scram_verifier nor certificate nor peer: it cannot connect");
    }
  }
}

void check_policy(Decoding& decoding) {
  std::vector<auth::Identity> identities;
  for (const auto& entry : decoding.config.identities) identities.push_back(entry.second.identity);
  for (const policy::Doubt& doubt : policy::lint(decoding.config.policy, identities)) {
    decoding.findings.warning(doubt.rule.empty() ? decoding.section("rules") : decoding.rules.at(doubt.rule), doubt.message);
  }
}

}  // namespace

void check_across(Decoding& decoding) {
  check_exposure(decoding);
  check_logins(decoding);
  check_group_limits(decoding);
  check_policy(decoding);
  check_teams(decoding);
  for (const policy::Rule& rule : decoding.config.policy.rules) {
    if (rule.approval) check_approvers(rule, decoding);
  }
}

}  // namespace sluice::config
