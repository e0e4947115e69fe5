#include "cli/report.h"

#include <cstdio>

#include "admin/rfc3339.h"
#include "control/config_file.h"
#include "store/audit_store.h"
#include "store/sqlite.h"
#include "usage/usage_report.h"

namespace sluice::cli {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "sluice report: %s\n", message.c_str());
  return 1;
}

Result<std::optional<Timestamp>> time_of(const std::string& text) {
  if (text.empty()) return std::optional<Timestamp>();
  const auto time = admin::timestamp_from_text(text);
  if (!time) return make_error(ErrorKind::bad_request, "not a time: \"" + text + "\"; write 2026-01-31 or 2026-01-31T12:00:00Z");
  return time;
}

Result<usage::UsageQuery> query_of(const ReportUsageOptions& options) {
  usage::UsageQuery query;
  SLUICE_TRY(from, time_of(options.from));
  SLUICE_TRY(to, time_of(options.to));
  query.from = from;
  query.to = to;
  if (!options.identity.empty()) query.identity = IdentityId{options.identity};
  if (!options.database.empty()) query.database = DatabaseAlias{options.database};
  if (!options.tag.empty()) query.tag = options.tag;
  query.group_by.clear();
  for (const std::string& name : options.group_by) {
    const auto dimension = usage::dimension_from_text(name);
    if (!dimension) {
      return make_error(ErrorKind::bad_request, "cannot group by \"" + name +
                                                    "\"; there are hour, day, identity, acts_for, database, table, column, tag, use, masked");
    }
    query.group_by.push_back(*dimension);
  }
  return query;
}

Result<usage::UsageReport> read_report(const ReportUsageOptions& options) {
  SLUICE_TRY(query, query_of(options));
  const config::Decoded decoded = control::read_config(options.config_path);
  if (!decoded.config) {
    return make_error(ErrorKind::configuration,
                      "the configuration has mistakes; `sluice check-config " + options.config_path + "` lists them");
  }
  SLUICE_TRY(database, store::Database::open(decoded.config->store_path, store::OpenMode::read_only));
  return store::read_usage(database, query);
}

}  // namespace

int report_usage(const ReportUsageOptions& options) {
  const auto report = read_report(options);
  if (!report.ok()) return fail(report.error().message);
  std::string text;
  if (options.format == "csv") text = usage::to_csv(*report);
  if (options.format == "json") text = usage::to_json(*report) + "\n";
  if (options.format == "table") text = usage::to_table(*report);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace sluice::cli
