// rewrite() against an oracle: with every column masked to NULL, the text for the upstream reads no column at all.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/catalog_from_ddl.h"
#include "support/mask_everything.h"

namespace sluice::test {
namespace {

const std::filesystem::path kTests = SLUICE_TESTS_DIR;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> golden_statements() {
  std::vector<std::string> result;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kTests / "sql_cases")) {
    if (entry.path().extension() != ".case") continue;
    std::istringstream lines(read(entry.path()));
    std::string statement;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
      if (line == "----" && inside) {
        result.push_back(statement);
        inside = false;
      } else if (line.starts_with("## ")) {
        inside = true;
        statement.clear();
      } else if (inside) {
        statement += line + "\n";
      }
    }
  }
  return result;
}

TEST(MaskEverything, TheGoldenStatementsReadNothing) {
  const auto catalog = catalog_from_ddl(read(kTests / "sql_cases" / "shop.sql"));
  const auto statements = golden_statements();
  EXPECT_GT(statements.size(), 150u);
  for (const std::string& statement : statements) EXPECT_EQ(first_unmasked_read(statement, catalog), "") << statement;
}

}  // namespace
}  // namespace sluice::test
