#include "support/sql_case.h"

#include <algorithm>
#include <sstream>

namespace sluice::test {
namespace {

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
  return text;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(trimmed(part));
  return parts;
}

Error mistake(int line, const std::string& what) {
  return make_error(ErrorKind::bad_request, "line " + std::to_string(line) + ": " + what);
}

Status read_setting(SqlCaseFile& file, const std::string& line, int number) {
  const std::string written = trimmed(line.substr(0, line.find(" #")));
  if (written.empty() || written.front() == '#') return Done{};
  const std::size_t colon = written.find(':');
  if (colon == std::string::npos) return mistake(number, "expected key: value");
  const std::string key = written.substr(0, colon);
  const std::string value = trimmed(written.substr(colon + 1));
  if (key == "catalog") {
    file.catalog = value;
  } else if (key == "policy") {
    file.policy = value;
  } else if (key == "identity") {
    file.identity = value;
  } else if (key == "search_path") {
    file.search_path = split_list(value);
  } else {
    return mistake(number, "unknown key \"" + key + "\"");
  }
  return Done{};
}

}  // namespace

Result<SqlCaseFile> parse_sql_cases(std::string_view text) {
  enum class Part { header, between, statement, plan };
  SqlCaseFile file;
  Part part = Part::header;
  std::istringstream stream{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.rfind("## ", 0) == 0 && part != Part::statement) {
      file.cases.push_back({line.substr(3), {}, {}, number});
      part = Part::statement;
    } else if (part == Part::header) {
      SLUICE_CHECK(read_setting(file, line, number));
      file.header += line + "\n";
    } else if (part == Part::statement && line == "----") {
      part = Part::plan;
    } else if (part == Part::statement) {
      file.cases.back().statement += (file.cases.back().statement.empty() ? "" : "\n") + line;
    } else if (part == Part::plan && line.empty()) {
      part = Part::between;
    } else if (part == Part::plan) {
      file.cases.back().expected += line + "\n";
    } else if (!line.empty() && line.front() != '#') {
      return mistake(number, "expected a case (## title)");
    }
  }
  if (part == Part::statement) return mistake(number, "a statement without ----");
  return file;
}

std::string write_sql_cases(const SqlCaseFile& file) {
  std::string text = file.header;
  for (std::size_t i = 0; i < file.cases.size(); ++i) {
    const SqlCase& each = file.cases[i];
    text += (i == 0 ? "## " : "\n## ") + each.title + "\n" + each.statement + "\n----\n" + each.expected;
  }
  return text;
}

}  // namespace sluice::test
