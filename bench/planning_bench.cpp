// What planning a statement costs that was never seen before, in CPU time of its thread: the parser's part, and ours. The five-join query of
// the golden cases' shop, with masks. Prints medians; run it from a release build.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/config.h"
#include "plan/plan_statement.h"
#include "sql/parse.h"
#include "support/catalog_from_ddl.h"

namespace sluice {
namespace {

constexpr int kRounds = 3000;
constexpr const char* kFiveJoins =
    "SELECT c.name, c.email, k.brand, k.number, p.name AS product, sum(o.total) AS spent, count(*) FILTER (WHERE o.status = 'paid') "
    "FROM customers c JOIN cards k ON k.customer_id = c.id JOIN accounts a ON a.customer_id = c.id JOIN orders o ON o.customer_id = c.id "
    "JOIN products p ON p.id = o.id LEFT JOIN hr.employees e ON e.id = c.id "
    "WHERE c.city = $1 AND o.placed_at >= now() - interval '30 days' AND lower(p.name) LIKE 'a%' AND a.iban IS NOT NULL "
    "GROUP BY c.name, c.email, k.brand, k.number, p.name HAVING sum(o.total) > 100 ORDER BY spent DESC LIMIT 20";

double microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

template <class F>
double median(F&& work) {
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    const double begin = microseconds();
    work();
    times.push_back(microseconds() - begin);
  }
  std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
  return times[kRounds / 2];
}

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

int run(const std::string& folder) {
  const auto no_secrets = [](const std::string&) -> Result<std::string> { return std::string("unused"); };
  const config::Decoded decoded = config::decode_config(read(folder + "/shop.yaml"), "shop.yaml", no_secrets);
  const DatabaseAlias database{"shop"};
  plan::Snapshot snapshot;
  snapshot.catalog = test::catalog_from_ddl(read(folder + "/shop.sql"));
  snapshot.policy = std::make_shared<policy::Policy>(decoded.config->policy);
  snapshot.tags = policy::TagMap::resolve(*snapshot.policy, database, *snapshot.catalog);
  const auth::Identity& identity = decoded.config->identities.at(IdentityId{"support-bot"}).identity;
  const sql::NameContext names;
  const std::string text = kFiveJoins;
  std::string upstream;
  const double whole = median([&] {
    const auto planned = plan::plan_statement({.text = text, .identity = identity, .database = database, .names = names, .snapshot = snapshot, .limits = {}});
    if (planned.ok() && planned.value()->upstream) upstream = planned.value()->upstream->text();
  });
  if (upstream.empty()) return std::fprintf(stderr, "the statement was not planned\n"), 1;
  const double agent_parse = median([&] { (void)sql::ParsedText::parse(text, {}).ok(); });
  const double own_parse = median([&] { (void)sql::ParsedText::parse(upstream, {}).ok(); });
  std::printf("five joins, first time: %.0f us of CPU; of that the parser %.0f (the statement %.0f, our own text again %.0f); the rest %.0f\n", whole,
              agent_parse + own_parse, agent_parse, own_parse, whole - agent_parse - own_parse);
  return 0;
}

}  // namespace
}  // namespace sluice

int main() { return sluice::run(SLUICE_TESTS_DIR "/sql_cases"); }
