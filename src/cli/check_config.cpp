#include "cli/check_config.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/offline_snapshot.h"
#include "control/config_file.h"
#include "control/mask_check.h"
#include "control/role_check.h"
#include "control/tls_files.h"
#include "policy/lint.h"

namespace sluice::cli {
namespace {

using config::Finding;

void add_findings_of_databases(const config::Config& config, const std::string& file, std::vector<Finding>& findings) {
  for (const auto& entry : config.databases) {
    const auto snapshot = offline_snapshot(config, entry.first);
    if (!snapshot.ok()) {
      findings.push_back({false, file + ":1:1", "database \"" + entry.first.text + "\": " + snapshot.error().message});
      continue;
    }
    for (const policy::Doubt& doubt : policy::lint(*snapshot->policy, entry.first, *snapshot->catalog, snapshot->tags)) {
      const std::string rule = doubt.rule.empty() ? "" : "rule \"" + doubt.rule.text + "\": ";
      findings.push_back({false, file + ":1:1", rule + doubt.message});
    }
    store::CatalogSource source(entry.second);
    for (const std::string& text : control::check_masks(source, *snapshot)) {
      findings.push_back({true, file + ":1:1", "database \"" + entry.first.text + "\": " + text});
    }
    const auto role = control::check_role(source, config, entry.first, *snapshot);
    if (!role.ok()) continue;
    for (const policy::RoleFinding& finding : role->findings) {
      findings.push_back({finding.grave && role->refused, file + ":1:1", "database \"" + entry.first.text + "\": " + finding.text});
    }
  }
}

void print_json(const std::vector<Finding>& findings, bool usable) {
  nlohmann::ordered_json json{{"usable", usable}, {"findings", nlohmann::ordered_json::array()}};
  for (const Finding& finding : findings) {
    json["findings"].push_back({{"severity", finding.error ? "error" : "warning"}, {"where", finding.where}, {"message", finding.message}});
  }
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void print_text(const std::vector<Finding>& findings, const std::string& file, bool usable) {
  for (const Finding& finding : findings) {
    std::printf("%s: %s: %s\n", finding.where.c_str(), finding.error ? "error" : "warning", finding.message.c_str());
  }
  if (usable) std::printf("%s: ok\n", file.c_str());
}

}  // namespace

int check_config(const CheckConfigOptions& options) {
  config::Decoded decoded = control::read_config(options.file);
  if (decoded.config) {
    const auto tls = control::load_tls_files(*decoded.config);
    if (!tls.ok()) decoded.findings.push_back({true, options.file + ":1:1", tls.error().message});
  }
  if (options.connect && decoded.config) add_findings_of_databases(*decoded.config, options.file, decoded.findings);
  const auto counts = [&](const Finding& finding) { return finding.error || options.strict; };
  const bool usable = std::none_of(decoded.findings.begin(), decoded.findings.end(), counts);
  if (options.json) {
    print_json(decoded.findings, usable);
  } else {
    print_text(decoded.findings, options.file, usable);
  }
  return usable ? 0 : 1;
}

}  // namespace sluice::cli
