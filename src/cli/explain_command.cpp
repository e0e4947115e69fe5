#include "cli/explain_command.h"

#include <algorithm>
#include <cstdio>

#include "cli/offline_snapshot.h"
#include "control/config_file.h"
#include "plan/explain.h"
#include "plan/plan_statement.h"

namespace sluice::cli {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "sluice explain: %s\n", message.c_str());
  return 1;
}

int exit_code(plan::Explanation::Outcome outcome) {
  switch (outcome) {
    case plan::Explanation::Outcome::allow: return 0;
    case plan::Explanation::Outcome::mask: return 10;
    case plan::Explanation::Outcome::hold: return 20;
    case plan::Explanation::Outcome::deny: return 30;
    case plan::Explanation::Outcome::error: return 1;
  }
  return 1;
}

sql::NameContext names_of(const std::string& search_path) {
  sql::NameContext names;
  if (search_path.empty()) return names;
  names.search_path.clear();
  for (std::size_t begin = 0; begin <= search_path.size();) {
    const std::size_t end = std::min(search_path.find(',', begin), search_path.size());
    if (end > begin) names.search_path.push_back(search_path.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

plan::Explanation explain_with(const ExplainOptions& options, const config::Config& config, const auth::Identity& identity,
                               const DatabaseAlias& database, const plan::Snapshot& snapshot) {
  const sql::NameContext names = names_of(options.search_path);
  const sql::ParseLimits limits{config.limits.max_statement_bytes, config.limits.max_statement_depth};
  const auto plan = plan::plan_statement({options.statement, identity, database, names, snapshot, limits});
  return plan.ok() ? plan::explain(**plan, snapshot) : plan::explain(plan.error());
}

}  // namespace

int explain_statement(const ExplainOptions& options) {
  const config::Decoded decoded = control::read_config(options.config_path);
  if (!decoded.config) return fail("the configuration has mistakes; `sluice check-config " + options.config_path + "` lists them");
  const config::Config& config = *decoded.config;
  const IdentityId id{options.identity};
  const config::IdentityEntry* entry = config::entry_of(config, id);
  if (entry == nullptr) return fail("the configuration has no identity \"" + options.identity + "\"");
  if (options.database.empty() && config.databases.size() != 1) return fail("there are several databases: name one with --db");
  const DatabaseAlias database = options.database.empty() ? config.databases.begin()->first : DatabaseAlias{options.database};
  const auto snapshot = offline_snapshot(config, database);
  if (!snapshot.ok()) return fail(snapshot.error().message);
  const plan::Explanation explanation = explain_with(options, config, config::identity_of(*entry, id), database, *snapshot);
  std::printf("%s%s", options.json ? explanation.json.c_str() : explanation.text.c_str(), options.json ? "\n" : "");
  return exit_code(explanation.outcome);
}

}  // namespace sluice::cli
