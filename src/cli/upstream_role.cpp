#include "cli/upstream_role.h"

#include <algorithm>
#include <cstdio>

#include "cli/offline_snapshot.h"
#include "control/config_file.h"
#include "control/role_check.h"
#include "policy/upstream_role.h"
#include "store/role_facts.h"

namespace sluice::cli {
namespace {

Result<int> run(const UpstreamRoleOptions& options) {
  const config::Decoded decoded = control::read_config(options.config_path);
  if (!decoded.config) {
    return make_error(ErrorKind::configuration, "the configuration has mistakes; `sluice check-config " + options.config_path + "` lists them");
  }
  const config::Config& config = *decoded.config;
  if (options.database.empty() && config.databases.size() != 1) return make_error(ErrorKind::configuration, "say which database with --database");
  const DatabaseAlias database{options.database.empty() ? config.databases.begin()->first.text : options.database};
  SLUICE_TRY(snapshot, offline_snapshot(config, database));
  const auto& upstream = config.databases.at(database);

  store::RoleQuestion question;
  question.role = options.role.empty() ? upstream.user : options.role;
  // A role that nobody has yet is to take the place of the one that they have.
  std::vector<auth::Identity> identities = control::identities_of(config, upstream, question.role);
  if (identities.empty()) identities = control::identities_of(config, upstream, upstream.user);
  const policy::RoleNeeds needs = policy::needs_of_role(config.policy, identities, database, *snapshot.catalog, snapshot.tags);
  question.columns = policy::never_read(needs, *snapshot.catalog, snapshot.tags);
  const std::set<Oid> tagged = policy::tagged_relations(*snapshot.catalog, snapshot.tags);
  question.relations.assign(tagged.begin(), tagged.end());
  question.functions = config.policy.allowed_functions;
  store::CatalogSource source(upstream);
  auto facts = store::read_role_facts(source, question);
  if (!facts.ok()) return make_error(ErrorKind::upstream_unavailable, source.last_failure());
  if (options.print_sql) {
    std::fputs(policy::role_ddl(*facts, needs, config.policy, *snapshot.catalog).c_str(), stdout);
    return 0;
  }
  if (!facts->exists) return make_error(ErrorKind::configuration, "role \"" + question.role + "\" does not exist");
  bool grave = false;
  for (const policy::RoleFinding& finding : policy::judge_role(*facts, question.columns, config.policy, *snapshot.catalog)) {
    std::printf("%s: %s\n", finding.grave ? "error" : "warning", finding.text.c_str());
    grave = grave || finding.grave;
  }
  if (!grave) std::printf("role \"%s\" can read no value that every rule masks\n", question.role.c_str());
  return grave ? 2 : 0;
}

}  // namespace

int upstream_role(const UpstreamRoleOptions& options) {
  const Result<int> done = run(options);
  if (done.ok()) return *done;
  std::fprintf(stderr, "sluice upstream-role: %s\n", done.error().message.c_str());
  return 1;
}

}  // namespace sluice::cli
