#include "cli/api_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "approvals/visible_text.h"
#include "net/json.h"

namespace sluice::cli {

using nlohmann::json;

namespace {
constexpr std::size_t kCellCharacters = 60;
}

net::HttpRequest request_for(const std::string& method, const std::string& path) {
  net::HttpRequest request;
  request.method = method;
  request.path = path;
  return request;
}

net::HttpRequest request_for(const std::string& method, const std::string& path, const json& body) {
  net::HttpRequest request = request_for(method, path);
  request.body = body.dump(-1, ' ', true, json::error_handler_t::replace);
  return request;
}

Result<json> call_api(const ApiOptions& api, net::HttpRequest request) {
  SLUICE_TRY(response, http_call(api, std::move(request)));
  if (response.body.empty()) return json();
  return net::parse_untrusted(response.body);
}

int fail(const Error& error) {
  std::fprintf(stderr, "sluice: %s\n", approvals::visible_line(error.message, 1000).c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "HINT:  %s\n", approvals::visible_line(error.hint, 1000).c_str());
  return 1;
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_json(const json& value) { print(value.dump(2, ' ', true, json::error_handler_t::replace) + "\n"); }

std::string text_member(const json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) return "-";
  const json& value = object.at(name);
  if (value.is_string()) return approvals::visible_line(value.get_ref<const std::string&>(), kCellCharacters);
  if (value.is_number() || value.is_boolean()) return value.dump();
  std::string text;
  if (value.is_array()) {
    for (const json& item : value) {
      if (item.is_string()) text += (text.empty() ? "" : ", ") + approvals::visible_line(item.get_ref<const std::string&>(), kCellCharacters);
    }
  }
  return text.empty() ? "-" : text;
}

void print_table(const json& list, const std::vector<const char*>& members) {
  std::vector<std::vector<std::string>> rows(1);
  for (const char* member : members) {
    std::string heading = member;
    std::transform(heading.begin(), heading.end(), heading.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    rows.front().push_back(heading);
  }
  if (list.is_array()) {
    for (const json& item : list) {
      std::vector<std::string>& row = rows.emplace_back();
      for (const char* member : members) row.push_back(text_member(item, member));
    }
  }
  std::vector<std::size_t> widths(members.size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}", row[i], widths[i] + 2);
    print(line + "\n");
  }
}

int call_and_tell(const ApiOptions& api, net::HttpRequest request, const std::string& id, bool as_json) {
  const Result<json> answer = call_api(api, std::move(request));
  if (!answer.ok()) return fail(answer.error());
  if (as_json) {
    print_json(*answer);
  } else {
    print(approvals::visible_line(id, 100) + " is " + text_member(*answer, "state") + "\n");
  }
  return 0;
}

}  // namespace sluice::cli
