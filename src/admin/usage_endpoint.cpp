#include <algorithm>

#include "admin/endpoints.h"
#include "admin/http_status.h"
#include "admin/rfc3339.h"

namespace sluice::admin {

namespace {
using Parameters = std::map<std::string, std::string>;

Result<std::optional<Timestamp>> time_of(const Parameters& parameters, const std::string& name) {
  const auto given = parameters.find(name);
  if (given == parameters.end()) return std::optional<Timestamp>();
  const std::optional<Timestamp> time = timestamp_from_text(given->second);
  if (!time) return make_error(ErrorKind::bad_request, name + " must be a date or time such as 2026-01-31 or 2026-01-31T12:00:00Z");
  return time;
}

Result<std::vector<usage::Dimension>> dimensions_of(std::string_view text) {
  std::vector<usage::Dimension> dimensions;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::optional<usage::Dimension> dimension = usage::dimension_from_text(text.substr(0, comma));
    if (!dimension) return make_error(ErrorKind::bad_request, "group_by has an unknown dimension");
    if (std::find(dimensions.begin(), dimensions.end(), *dimension) != dimensions.end()) {
      return make_error(ErrorKind::bad_request, "group_by names a dimension twice");
    }
    dimensions.push_back(*dimension);
    if (comma == std::string_view::npos) return dimensions;
    text.remove_prefix(comma + 1);
  }
}

Result<usage::UsageQuery> usage_query_of(const Parameters& parameters, const auth::Identity& caller) {
  usage::UsageQuery query;
  SLUICE_TRY(from, time_of(parameters, "from"));
  SLUICE_TRY(to, time_of(parameters, "to"));
  if (from && to && *from >= *to) return make_error(ErrorKind::bad_request, "from must be before to");
  query.from = from;
  query.to = to;
  if (const auto given = parameters.find("identity"); given != parameters.end()) query.identity = IdentityId{given->second};
  if (const auto given = parameters.find("database"); given != parameters.end()) query.database = DatabaseAlias{given->second};
  if (const auto given = parameters.find("tag"); given != parameters.end()) query.tag = given->second;
  if (const auto given = parameters.find("group_by"); given != parameters.end()) {
    SLUICE_TRY(dimensions, dimensions_of(given->second));
    query.group_by = std::move(dimensions);
  }
  // An agent learns of its own use and of nobody else's.
  if (caller.kind != auth::IdentityKind::person) {
    if (query.identity && *query.identity != caller.id) return make_error(ErrorKind::denied, "an agent may only ask for its own usage");
    query.identity = caller.id;
  }
  return query;
}

Result<bool> wants_csv(const Parameters& parameters) {
  const auto given = parameters.find("format");
  if (given == parameters.end() || given->second == "json") return false;
  if (given->second == "csv") return true;
  return make_error(ErrorKind::bad_request, "format must be json or csv");
}
}  // namespace

Answer report_usage(Call call) {
  SLUICE_CO_TRY(parameters, query_of(call, {"from", "to", "identity", "database", "tag", "group_by", "format"}));
  SLUICE_CO_TRY(csv, wants_csv(parameters));
  SLUICE_CO_TRY(query, usage_query_of(parameters, call.caller));
  net::awaitable<Result<usage::UsageReport>> reporting = call.backend.usage(std::move(query));
  Result<usage::UsageReport> report = co_await std::move(reporting);
  if (!report.ok()) co_return std::move(report).error();
  if (!csv) co_return json_response(usage::to_json(*report));
  net::HttpResponse response;
  response.content_type = "text/csv; charset=utf-8";
  response.fields.emplace_back("content-disposition", "attachment; filename=\"usage.csv\"");
  response.body = usage::to_csv(*report);
  co_return response;
}

}  // namespace sluice::admin
