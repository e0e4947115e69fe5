// Every case of tests/sql_cases. SLUICE_REGENERATE=1 writes the plans that come out into the files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "config/config.h"
#include "plan/plan_statement.h"
#include "support/catalog_from_ddl.h"
#include "support/sql_case.h"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(SLUICE_TESTS_DIR) / "sql_cases";

std::string read(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> case_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

config::Config read_policy(const fs::path& path) {
  const auto no_secrets = [](const std::string&) -> Result<std::string> { return std::string("unused"); };
  config::Decoded decoded = config::decode_config(read(path), path.string(), no_secrets);
  for (const config::Finding& finding : decoded.findings) EXPECT_FALSE(finding.error) << finding.where << ": " << finding.message;
  return decoded.config.value_or(config::Config{});
}

/// What a case file is played against; made once for all files that name the same two.
struct Stage {
  config::Config config;
  plan::Snapshot snapshot;
};

const DatabaseAlias kDatabase{"shop"};

const Stage& stage_of(const SqlCaseFile& file) {
  static std::map<std::pair<std::string, std::string>, Stage> stages;
  const auto [found, fresh] = stages.try_emplace({file.catalog, file.policy});
  Stage& stage = found->second;
  if (!fresh) return stage;
  stage.config = read_policy(kFolder / file.policy);
  stage.snapshot.catalog = catalog_from_ddl(read(kFolder / file.catalog));
  stage.snapshot.policy = std::make_shared<policy::Policy>(stage.config.policy);
  stage.snapshot.tags = policy::TagMap::resolve(stage.config.policy, kDatabase, *stage.snapshot.catalog);
  EXPECT_TRUE(stage.snapshot.tags.notes().empty()) << file.policy << " tags what " << file.catalog << " does not have";
  return stage;
}

std::string plan_of(const SqlCase& each, const SqlCaseFile& file, const Stage& stage) {
  const auto identity = stage.config.identities.find(IdentityId{file.identity});
  if (identity == stage.config.identities.end()) return "no identity \"" + file.identity + "\"\n";
  sql::NameContext names;
  names.search_path = file.search_path;
  const auto planned = plan::plan_statement({each.statement, identity->second.identity, kDatabase, names, stage.snapshot, {}});
  return plan_as_text(planned, stage.snapshot);
}

class Golden : public testing::TestWithParam<fs::path> {};

TEST_P(Golden, PlansAreAsWritten) {
  auto parsed = parse_sql_cases(read(GetParam()));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  SqlCaseFile file = std::move(parsed).value();
  const Stage& stage = stage_of(file);
  const bool regenerate = std::getenv("SLUICE_REGENERATE") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  for (SqlCase& each : file.cases) {
    const std::string plan = plan_of(each, file, stage);
    if (!regenerate) {
      EXPECT_EQ(plan, each.expected) << GetParam().filename().string() << ":" << each.line << ": " << each.title << "\n" << each.statement;
    }
    each.expected = plan;
  }
  if (regenerate) std::ofstream(GetParam()) << write_sql_cases(file);
}

INSTANTIATE_TEST_SUITE_P(SqlCases, Golden, testing::ValuesIn(case_files()), [](const auto& test) {
  std::string name = fs::relative(test.param, kFolder).string();
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace sluice::test
