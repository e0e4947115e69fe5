#include "control/role_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "control/log.h"
#include "store/role_facts.h"

namespace sluice::control {

std::vector<auth::Identity> identities_of(const config::Config& config, const config::Upstream& upstream, const std::string& role) {
  std::vector<auth::Identity> identities;
  for (const auto& entry : config.identities) {
    if (config::login_of(upstream, entry.second.identity).user == role) identities.push_back(entry.second.identity);
  }
  return identities;
}

namespace {

/// All that are known by name: whom "*" admits may come as anybody.
std::set<std::string> roles_of(const config::Config& config, const config::Upstream& upstream) {
  std::set<std::string> roles{upstream.user};
  for (const auto& entry : config.identities) roles.insert(config::login_of(upstream, entry.second.identity).user);
  return roles;
}

}  // namespace

Result<RoleState> check_role(store::CatalogSource& source, const config::Config& config, const DatabaseAlias& database,
                             const plan::Snapshot& snapshot) {
  RoleState state;
  const auto upstream = config::upstream_of(config, database);
  if (!snapshot.tags.any() || !upstream) return state;
  const DatabaseAlias ruled_as = config::is_passed_on(config, database) ? DatabaseAlias{config::kAny} : database;
  const std::set<Oid> tagged = policy::tagged_relations(*snapshot.catalog, snapshot.tags);
  for (const std::string& role : roles_of(config, *upstream)) {
    const policy::RoleNeeds needs =
        policy::needs_of_role(*snapshot.policy, identities_of(config, *upstream, role), ruled_as, *snapshot.catalog, snapshot.tags);
    if (!needs.masked) continue;  // whoever has this role sees everything anyway
    store::RoleQuestion question;
    question.role = role;
    question.columns = policy::never_read(needs, *snapshot.catalog, snapshot.tags);
    question.relations.assign(tagged.begin(), tagged.end());
    SLUICE_TRY(facts, store::read_role_facts(source, question));
    if (!facts.exists) continue;
    const auto findings = policy::judge_role(facts, question.columns, *snapshot.policy, *snapshot.catalog);
    state.findings.insert(state.findings.end(), findings.begin(), findings.end());
  }
  const bool grave = std::any_of(state.findings.begin(), state.findings.end(), [](const policy::RoleFinding& finding) { return finding.grave; });
  state.refused = grave && upstream->refuse_privileges;
  return state;
}

void tell_role(const DatabaseAlias& database, const RoleState& state, const RoleState& before) {
  for (const policy::RoleFinding& finding : state.findings) {
    if (std::find(before.findings.begin(), before.findings.end(), finding) != before.findings.end()) continue;
    const std::string text = "database \"" + database.text + "\": " + finding.text;
    finding.grave ? log_error(text) : log_warning(text);
  }
  if (state.refused && !before.refused) {
    log_error("database \"" + database.text + "\" is closed to agents until its upstream role has no such privileges: "
              "`sluice upstream-role --print-sql` says how, \"upstream_privileges: warn\" puts up with it");
  }
  if (!state.refused && before.refused) log_info("database \"" + database.text + "\" is open to agents again");
}

}  // namespace sluice::control
