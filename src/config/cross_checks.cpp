#include <algorithm>

#include "config/can_decide.h"
#include "config/sections.h"
#include "policy/approvers.h"
#include "policy/lint.h"
#include "policy/rule_match.h"

namespace sluice::config {
namespace {

bool is_local(const std::string& address) { return address.starts_with('/') || address.starts_with("127.") || address == "::1" || address == "localhost"; }

std::string joined(const std::set<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

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

std::vector<policy::Candidate> candidates_of(const Config& config) {
  std::vector<policy::Candidate> everybody;
  for (const auto& [id, entry] : config.identities) everybody.push_back({&entry.identity, can_decide(config, entry)});
  return everybody;
}

void check_approvers(const policy::Rule& rule, Decoding& decoding) {
  policy::Rule anywhere = rule;
  anywhere.databases.clear();
  const std::vector<policy::Candidate> everybody = candidates_of(decoding.config);
  std::set<std::string> without_access;
  for (const policy::Candidate& candidate : everybody) {
    const auth::Identity& person = *candidate.identity;
    if (!candidate.can_decide && person.kind == auth::IdentityKind::person && policy::may_approve(*rule.approval, person.groups, true)) {
      without_access.insert(person.id.text);
    }
  }
  for (const auto& [id, entry] : decoding.config.identities) {
    if (!policy::concerns(anywhere, entry.identity, DatabaseAlias{})) continue;
    const std::size_t people = policy::possible_approvers(*rule.approval, entry.identity, everybody);
    if (people >= rule.approval->approvals) continue;
    std::string why = entry.identity.kind == auth::IdentityKind::agent ? " (its owner may not" : " (nobody approves their own request";
    if (!without_access.empty()) why += "; without api_token_sha256: " + joined(without_access);
    decoding.findings.warning(decoding.rules.at(rule.id), "what this rule holds of \"" + id.text + "\" needs " +
                                                              std::to_string(rule.approval->approvals) + " approvals, but only " +
                                                              std::to_string(people) + " people can approve" + why + "): it will be denied at once");
  }
}

void check_break_glass(const policy::Rule& rule, Decoding& decoding) {
  const policy::RequireApproval& approval = *rule.approval;
  if (approval.break_glass_groups.empty()) return;
  std::size_t breakers = 0;
  std::set<std::string> reviewers;
  for (const policy::Candidate& candidate : candidates_of(decoding.config)) {
    if (!candidate.can_decide) continue;
    const auth::Identity& person = *candidate.identity;
    if (policy::may_break_glass(approval, person.groups)) ++breakers;
    if (policy::may_break_glass(approval, person.groups) || policy::may_approve(approval, person.groups, true)) reviewers.insert(person.id.text);
  }
  const Place place = decoding.rules.at(rule.id);
  if (breakers == 0) decoding.findings.warning(place, "nobody can break the glass");
  if (breakers > 0 && reviewers.size() < 2) decoding.findings.warning(place, "nobody else could review it when the glass was broken");
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

// Clicks, and the codes that link accounts, come over the admin listener.
void check_channels(Decoding& decoding) {
  const auto& slack = decoding.config.channels.slack;
  if (slack && !decoding.config.admin) {
    decoding.findings.warning(decoding.section("channels"), slack->app_token.empty() ? "without the section admin Slack's callbacks reach nobody"
                                                                                     : "without the section admin nobody can link an account of Slack");
  }
}

}  // namespace

void check_across(Decoding& decoding) {
  check_exposure(decoding);
  check_logins(decoding);
  check_group_limits(decoding);
  check_policy(decoding);
  check_channels(decoding);
  for (const policy::Rule& rule : decoding.config.policy.rules) {
    if (!rule.approval) continue;
    check_approvers(rule, decoding);
    check_break_glass(rule, decoding);
  }
}

}  // namespace sluice::config
